import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Logger } from "@/base/log";
import { ProviderLogins } from "@/provider/provider-logins";
import { FakeClock } from "@test/support/clock";
import { tempTree } from "@test/support/temp";
import { begin, callback, CODE, DEVICE, live, loginHome, thrownBy } from "./login-home";
import { CATALOG, providerHome } from "./support";

const MINUTE_MS = 60_000;

test("logins are listed before the key, providers that are switched off are not", async () => {
  await using home = await loginHome({ config: { provider: {} } });
  expect(await home.logins.methods()).toMatchObject({
    acme: [{ type: "api", label: "API key" }],
    beta: [{ type: "api" }],
  });
  await using both = await loginHome();
  expect((await both.logins.methods())["acme"]).toMatchObject([
    { type: "oauth", label: "Log in with the browser", prompts: [{ key: "browser" }] },
    { type: "oauth", label: "Log in with a code on any device" },
    { type: "api" },
  ]);
  await using off = await loginHome({ config: { disabled_providers: ["acme"] } });
  expect(Object.keys(await off.logins.methods())).toEqual(["beta"]);
});

test("a browser brings the code, and tokens bound to where they came from are stored", async () => {
  await using home = await loginHome();
  const { url, method, instructions } = await begin(home);
  expect([method, instructions]).toEqual(["auto", expect.stringContaining("on this machine")]);
  const waiting = callback(home);
  const page = await home.server.allow(url);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("Logged in")]);
  expect(await waiting).toBe(true);
  expect(home.server.problems).toEqual([]);
  const now = home.clock.now();
  expect(await home.home.auth.get("acme")).toMatchObject({
    type: "oauth",
    expires: now + 3_600_000,
    issued: {
      tokenURL: `${home.server.url}/token`,
      apiOrigins: ["https://acme.example"],
      at: now,
    },
  });
  expect(await thrownBy(callback(home))).toMatchObject({ name: "ProviderAuthOauthMissing" });
  // Nothing listens any more.
  expect(await fetch(new URL(url).searchParams.get("redirect_uri") ?? "").catch(() => "gone")).toBe(
    "gone",
  );
  expect(home.clock.pending).toBe(0);
});

test("a login that is done before it is asked for is told once", async () => {
  await using home = await loginHome();
  await home.server.allow((await begin(home)).url);
  expect(await callback(home)).toBe(true);
  expect(await thrownBy(callback(home))).toMatchObject({ name: "ProviderAuthOauthMissing" });
});

test("a login ends after five minutes, at the next one, and with its owner", async () => {
  await using home = await loginHome();
  const redirectOf = async () => new URL((await begin(home)).url).searchParams.get("redirect_uri");
  const late = await redirectOf();
  const first = thrownBy(callback(home));
  await home.clock.advance(5 * MINUTE_MS);
  expect((await first).text).toContain("within 5 minutes");
  expect(await fetch(late ?? "").catch(() => "gone")).toBe("gone");
  await begin(home);
  const second = thrownBy(callback(home));
  await begin(home);
  expect((await second).text).toContain("another login");
  const third = thrownBy(callback(home));
  home.logins.close();
  expect((await third).text).toContain("the server ends");
  expect(home.clock.pending).toBe(0);
});

test("a client that leaves does not end the login", async () => {
  await using home = await loginHome();
  const { url } = await begin(home);
  const leaving = new AbortController();
  const waiting = thrownBy(home.logins.callback("acme", { method: CODE }, leaving.signal));
  leaving.abort(new DOMException("left", "AbortError"));
  expect((await waiting).name).toBe("AbortError");
  await home.server.allow(url);
  expect(await callback(home)).toBe(true);
});

test("a method that is none, or not set up, is named; a key is no page", async () => {
  await using home = await loginHome({ oauth: { tokenURL: "http://evil.example/token" } });
  const authorize = (id: string, method: number, inputs = {}) =>
    thrownBy(home.logins.authorize(id, { method, inputs }));
  expect(await home.logins.authorize("acme", { method: 2 })).toBeNull();
  expect(await authorize("acme", 7)).toMatchObject({
    name: "ProviderAuthValidationFailed",
    text: "method must be one of 0, 1, 2 for acme",
  });
  expect(await authorize("acme", 0, { browser: "moon" })).toMatchObject({
    name: "ProviderAuthValidationFailed",
  });
  expect((await authorize("acme", 0)).text).toContain("provider.acme.options.oauth.tokenURL must");
  expect((await authorize("acmee", 0)).text).toBe("There is no login to acmee. Did you mean acme?");
});

test("a login that two files put together is refused, naming them", async () => {
  await using home = await loginHome();
  const user = join(home.home.root, "home/.config/opencode/opencode.json");
  const clientSecret = "of-the-user";
  await Bun.write(
    user,
    JSON.stringify({ provider: { acme: { options: { oauth: { clientSecret } } } } }),
  );
  await home.home.config.reload();
  const { text } = await thrownBy(home.logins.authorize("acme", { method: CODE }));
  expect(text).toContain("is put together from");
  expect(text).toContain(user);
  expect(text).not.toContain(clientSecret);
});

test("another host that gets the login is named before", async () => {
  await using home = await loginHome({
    oauth: { authorizationURL: "https://accounts.example/authorize" },
  });
  const { instructions } = await begin(home);
  expect(instructions).toContain(`handed to ${new URL(home.server.url).host}, as`);
  expect(instructions).toContain("project/opencode.json says");
});

test("an authorization server that is not there is told", async () => {
  await using home = await loginHome({
    oauth: { deviceAuthorizationURL: "http://127.0.0.1:1/device" },
  });
  const { text } = await thrownBy(home.logins.authorize("acme", { method: DEVICE }));
  expect(text).toContain("127.0.0.1:1 cannot be used");
});

test("nothing secret is in the log", async () => {
  await using logs = await tempTree({});
  const clock = new FakeClock();
  const log = Logger.open({ clock, level: "DEBUG", print: false, directory: logs.path });
  await using home = await loginHome({ clientSecret: "the-client-secret" });
  const { auth, config, providers } = home.home;
  const logins = new ProviderLogins({ catalog: CATALOG, config, auth, providers, clock, log });
  const authorization = await logins.authorize("acme", { method: CODE });
  await home.server.allow(authorization?.url ?? "");
  await logins.callback("acme", { method: CODE }, live);
  await logins.authorize("acme", { method: CODE });
  logins.close();
  await log.close();
  const files = [...new Bun.Glob("**/*").scanSync({ cwd: logs.path })];
  const texts = await Promise.all(files.map((file) => readFile(join(logs.path, file), "utf8")));
  expect(texts.join()).toContain("a login was stored");
  expect(texts.join()).not.toMatch(/the-client-secret|access-\d|refresh-\d|code-\d/);
});

test("a login is not begun when it could not be stored", async () => {
  await using home = await providerHome({ env: { OPENCODE_AUTH_CONTENT: "{}" } });
  await using login = await loginHome();
  const { providers, auth, clock } = home;
  const log = Logger.silent();
  const { config } = login.home;
  const logins = new ProviderLogins({ catalog: CATALOG, config, auth, providers, clock, log });
  expect((await thrownBy(logins.authorize("acme", { method: CODE }))).name).toBe("ConflictError");
});
