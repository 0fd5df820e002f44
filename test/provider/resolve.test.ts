import { expect, test } from "bun:test";
import { findIssues } from "@/base/schema";
import { resolveAll, resolveConnected, type ResolveInput } from "@/provider/resolve";
import { Provider } from "@/schema/provider";
import { CATALOG, catalogModel, catalogOf } from "./support";

const key = (text: string) => ({ type: "api" as const, key: text });

function input(changes: Partial<ResolveInput>): ResolveInput {
  return { catalog: CATALOG, config: {}, env: {}, auth: {}, alpha: false, ...changes };
}

function connected(changes: Partial<ResolveInput>) {
  return resolveConnected(input(changes));
}

const ids = (changes: Partial<ResolveInput>) =>
  connected(changes).map(({ provider }) => provider.id);
const first = (changes: Partial<ResolveInput>) => connected(changes)[0]?.provider;

test("nothing is connected that nobody gave anything for", () => {
  expect(ids({})).toEqual([]);
});

test("a variable connects, with its value as key", () => {
  const found = first({ env: { ACME_API_KEY: "k" } });
  expect(found).toMatchObject({ id: "acme", source: "env", env: ["ACME_API_KEY"], key: "k" });
  expect(Object.keys(found?.models ?? {})).toEqual(["acme-1", "acme-1-mini"]);
});

test("a variable bounds what models answer", () => {
  const output = (most: string) => {
    const env = { ACME_API_KEY: "k", OPENCODE_EXPERIMENTAL_OUTPUT_TOKEN_MAX: most };
    return first({ env })?.models["acme-1"]?.limit.output;
  };
  expect(output("500")).toBe(500);
  expect(output("999999")).toBe(10_000);
  for (const odd of ["", "0", "-5", "many"]) expect(output(odd)).toBe(10_000);
});

test("a stored key counts more than a variable", () => {
  const found = first({ env: { ACME_API_KEY: "k" }, auth: { acme: key("stored") } });
  expect(found).toMatchObject({ source: "api", key: "stored" });
});

test("other kinds of stored credentials do not connect by themselves", () => {
  const auth = { acme: { type: "wellknown" as const, key: "K", token: "t" } };
  expect(ids({ auth })).toEqual([]);
});

test("an entry of the configuration connects when it says how, not when it only tunes", () => {
  expect(ids({ config: { provider: { acme: { options: { timeout: 5 } } } } })).toEqual([]);
  expect(ids({ config: { provider: { acme: { models: { "acme-1": { name: "A" } } } } } })).toEqual(
    [],
  );
  for (const options of [{ apiKey: "k" }, { baseURL: "http://proxy" }, { headers: { a: "b" } }]) {
    expect(first({ config: { provider: { acme: { options } } } })?.source).toBe("config");
  }
});

test("a provider of one's own is connected when it has models", () => {
  const mine = { options: { baseURL: "http://127.0.0.1:1/v1" }, models: { m: {} } };
  const found = first({ config: { provider: { mine } } });
  expect(found).toMatchObject({
    id: "mine",
    name: "mine",
    source: "config",
    options: mine.options,
  });
  expect(found?.models["m"]?.api).toEqual({
    id: "m",
    url: "http://127.0.0.1:1/v1",
    npm: "@ai-sdk/openai-compatible",
  });
  expect(ids({ config: { provider: { mine: { options: mine.options } } } })).toEqual([]);
});

test("first what is configured, then what is stored, then what the environment has", () => {
  const config = { provider: { mine: { models: { m: {} } } } };
  const env = { ACME_API_KEY: "k" };
  expect(ids({ config, auth: { beta: key("b") }, env })).toEqual(["mine", "beta", "acme"]);
});

test("providers can be switched off, and on alone", () => {
  const env = { ACME_API_KEY: "k", BETA_API_KEY: "k" };
  expect(ids({ env, config: { disabled_providers: ["acme"] } })).toEqual(["beta"]);
  expect(ids({ env, config: { enabled_providers: ["acme"] } })).toEqual(["acme"]);
  const both = { enabled_providers: ["acme"], disabled_providers: ["acme"] };
  expect(ids({ env, config: both })).toEqual([]);
  const all = resolveAll(input({ config: { disabled_providers: ["acme"] } }));
  expect(all.map(({ id }) => id)).toEqual(["beta"]);
});

test("models: lists of the configuration, alpha only when wanted, deprecated never", () => {
  const env = { ACME_API_KEY: "k" };
  const names = (changes: Partial<ResolveInput>) =>
    Object.keys(first({ env, ...changes })?.models ?? {});
  expect(names({ alpha: true })).toEqual(["acme-1", "acme-1-mini", "acme-2-alpha"]);
  expect(names({ config: { provider: { acme: { whitelist: ["acme-1"] } } } })).toEqual(["acme-1"]);
  expect(names({ config: { provider: { acme: { blacklist: ["acme-1"] } } } })).toEqual([
    "acme-1-mini",
  ]);
  const revived = { provider: { acme: { models: { "acme-0": { status: "active" as const } } } } };
  expect(names({ config: revived })).toContain("acme-0");
});

test("an alias has what the catalog says of the model it stands for", () => {
  const config = {
    provider: { acme: { options: { apiKey: "k" }, models: { nick: { id: "acme-1-mini" } } } },
  };
  expect(first({ config })?.models["nick"]).toMatchObject({
    name: "nick",
    api: { id: "acme-1-mini" },
    cost: { input: 0.1 },
  });
});

test("addresses take variables, and what a login asked for", () => {
  const catalog = catalogOf({
    acc: {
      api: "https://x/${ACC_ACCOUNT_ID}/v1",
      env: ["ACC_ACCOUNT_ID", "ACC_API_KEY"],
      models: { m: catalogModel() },
    },
  });
  const url = (changes: Partial<ResolveInput>) =>
    first({ catalog, ...changes })?.models["m"]?.api.url;
  const env = { ACC_API_KEY: "k", ACC_ACCOUNT_ID: "7" };
  expect(url({ env })).toBe("https://x/7/v1");
  expect(url({ env: { ACC_API_KEY: "k" } })).toBe("https://x/${ACC_ACCOUNT_ID}/v1");
  const auth = { acc: { ...key("k"), metadata: { ACC_ACCOUNT_ID: "8" } } };
  expect(url({ auth })).toBe("https://x/8/v1");
  const config = { provider: { acc: { options: { baseURL: "http://${ACC_ACCOUNT_ID}.y" } } } };
  expect(first({ catalog, env, config })?.options["baseURL"]).toBe("http://7.y");
});

test("the whole catalog is listed, without keys for what is not connected", () => {
  const all = resolveAll(input({ env: { ACME_API_KEY: "k" } }));
  expect(all.map(({ id, source, key: secret }) => [id, source, secret])).toEqual([
    ["acme", "env", "k"],
    ["beta", "custom", undefined],
  ]);
  for (const provider of all) expect(findIssues(Provider, provider)).toEqual([]);
});

test("names that every object has are no providers and no models", () => {
  expect(ids({ auth: {}, config: { provider: {} }, env: { constructor: "x" } })).toEqual([]);
});
