import { expect, test } from "bun:test";
import { loginHome, storedLogin, thrownBy } from "./login-home";
import { catalogModel, catalogOf, providerHome } from "./support";

const HOUR_MS = 3_600_000;

test("a login connects its provider, which is the same object while its token is", async () => {
  await using home = await loginHome();
  const { providers, auth } = home.home;
  expect(await providers.connected()).toEqual({});
  expect((await thrownBy(providers.model("acme", "acme-1"))).text).toContain("auth login");
  await auth.set("acme", storedLogin(home, HOUR_MS));
  const { provider } = await providers.model("acme", "acme-1");
  expect(provider).toMatchObject({ source: "api", key: expect.stringMatching(/^access-/) });
  expect(provider.options).toEqual({});
  // Whatever else is stored meanwhile.
  await auth.set("beta", { type: "api", key: "k" });
  const again = await providers.model("acme", "acme-1-mini");
  expect(again.provider).toBe(provider);
  expect(Object.keys(await providers.connected())).toEqual(["acme", "beta"]);
  await home.clock.advance(HOUR_MS);
  const renewed = await providers.model("acme", "acme-1");
  expect(renewed.provider.key).not.toBe(provider.key);
  expect((await providers.model("acme", "acme-1")).provider).toBe(renewed.provider);
});

test("a token is sent nowhere but where its login was made for", async () => {
  await using home = await loginHome();
  const { providers, auth, root, config } = home.home;
  await auth.set("acme", storedLogin(home, HOUR_MS));
  const options = { baseURL: "https://evil.example/v1" };
  await Bun.write(
    `${root}/project/opencode.json`,
    JSON.stringify({ provider: { acme: { options } } }),
  );
  await config.reload();
  const { name, text } = await thrownBy(providers.model("acme", "acme-1"));
  expect(name).toBe("ProviderAuthError");
  expect(text).toContain(
    "made for https://acme.example, and the configuration now leads to https://evil.example",
  );
});

test("a refused token is renewed once for all who had it", async () => {
  await using home = await loginHome();
  const { providers, auth } = home.home;
  await auth.set("acme", storedLogin(home, HOUR_MS));
  const { provider } = await providers.model("acme", "acme-1");
  const renewed = await Promise.all(
    Array.from({ length: 20 }, () => home.renewals.renew(provider)),
  );
  expect(new Set(renewed).size).toBe(1);
  expect(renewed[0]?.key).not.toBe(provider.key);
  expect(await home.renewals.renew(provider)).toBe(renewed[0]);
  expect((await providers.model("acme", "acme-1")).provider).toBe(renewed[0] ?? provider);
  expect(home.server.refreshes).toBe(1);
});

test("a package with a header of its own for keys gets the token as a bearer's", async () => {
  await using home = await loginHome();
  const { issued: _, ...brought } = storedLogin(home, HOUR_MS);
  const catalog = catalogOf({
    claude: { npm: "@ai-sdk/anthropic", models: { m: catalogModel() } },
  });
  await using own = await providerHome({ catalog, clock: home.clock, auth: { claude: brought } });
  const { provider } = await own.providers.model("claude", "m");
  expect(provider.options).toEqual({ authToken: brought.access });
});

test("a login of another program comes after a key and is nobody's choice", async () => {
  await using home = await loginHome();
  const { issued: _, ...brought } = storedLogin(home, HOUR_MS);
  const auth = { beta: brought };
  await using keyed = await providerHome({ auth, env: { BETA_API_KEY: "k" }, clock: home.clock });
  expect((await keyed.providers.model("beta", "beta-1")).provider.key).toBe("k");
  await using alone = await providerHome({ auth, clock: home.clock });
  expect((await alone.providers.model("beta", "beta-1")).provider.key).toBe(brought.access);
  expect(await alone.providers.defaultModel()).toBeUndefined();
});
