import { expect, test } from "bun:test";
import { begin, callback, CODE, loginHome, thrownBy } from "./login-home";

test("a page that does not know the state ends nothing and gets nothing", async () => {
  await using home = await loginHome();
  const { url } = await begin(home);
  const redirect = new URL(await home.server.redirectOf(url));
  const forged = new URL(redirect);
  forged.searchParams.set("state", "guessed");
  forged.searchParams.set("code", "of-an-attacker");
  expect((await fetch(forged)).status).toBe(400);
  expect((await fetch(new URL("/elsewhere", redirect))).status).toBe(404);
  expect(home.server.grants).toEqual([]);
  expect(await thrownBy(callback(home, forged.href))).toMatchObject({
    name: "ProviderAuthValidationFailed",
    text: expect.stringContaining("another login"),
  });
  expect((await fetch(redirect)).status).toBe(200);
  expect(await callback(home)).toBe(true);
});

test("what the person refuses is told in words, on the page and to the client", async () => {
  await using home = await loginHome();
  const redirect = new URL(await home.server.redirectOf((await begin(home)).url));
  redirect.searchParams.delete("code");
  redirect.searchParams.set("error", "access_denied");
  redirect.searchParams.set("error_description", "<b>No</b>");
  const waiting = thrownBy(callback(home));
  const page = await fetch(redirect);
  expect(await page.text()).toContain("the login was refused: &lt;b&gt;No&lt;/b&gt;");
  expect(await waiting).toEqual({
    name: "ProviderAuthOauthCallbackFailed",
    text: "The login to acme has failed: the login was refused: <b>No</b> (access_denied)",
  });
});

test("from another machine the code or its address is pasted, a wrong one again", async () => {
  for (const isAddress of [true, false]) {
    await using home = await loginHome();
    const { url, method, instructions } = await begin(home, CODE, { browser: "elsewhere" });
    expect([method, instructions]).toEqual(["code", expect.stringContaining("paste")]);
    expect(await thrownBy(callback(home))).toMatchObject({ name: "ProviderAuthOauthCodeMissing" });
    const { name, text } = await thrownBy(callback(home, "mistyped-code"));
    expect(name).toBe("ProviderAuthOauthCallbackFailed");
    // The server echoes it; nobody else does.
    expect(text).toContain("there is no code [hidden]");
    const address = await home.server.redirectOf(url);
    const code = new URL(address).searchParams.get("code") ?? "";
    expect(await callback(home, isAddress ? ` ${address}\n` : code)).toBe(true);
    expect(home.server.problems).toEqual([]);
  }
});

test("a configured port is used, and when it is taken the code is pasted", async () => {
  using taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const redirectPort = taken.port ?? 0;
  await using home = await loginHome({ oauth: { redirectPort } });
  const { url, method } = await begin(home);
  expect(method).toBe("code");
  expect(new URL(url).searchParams.get("redirect_uri")).toBe(
    `http://127.0.0.1:${redirectPort}/oauth/callback`,
  );
  expect(await callback(home, await home.server.redirectOf(url))).toBe(true);
});
