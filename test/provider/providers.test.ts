import { expect, test } from "bun:test";
import { Catalog } from "@/llm/catalog";
import { AppError } from "@/base/error";
import { writeTree } from "@test/support/temp";
import { catalogModel, catalogOf, providerHome, type ProviderHome } from "./support";

const ACME = { env: { ACME_API_KEY: "k" } };
const LOCAL = { provider: "ollama", model: "qwen3:8b" };

function localServer(): Disposable & { port: number; requests: number } {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => {
      found.requests++;
      return Response.json({ data: [{ id: LOCAL.model }] });
    },
  });
  const found = {
    port: server.port ?? 0,
    requests: 0,
    [Symbol.dispose]: () => void server.stop(true),
  };
  return found;
}

const servers = (port: number) => [{ id: LOCAL.provider, name: "Ollama", port }];

async function failure(home: ProviderHome, providerID: string, modelID: string): Promise<AppError> {
  const error = await home.providers.model(providerID, modelID).catch((thrown: unknown) => thrown);
  if (error instanceof AppError) return error;
  throw new Error(`${providerID}/${modelID} was found`);
}

test("a model is found with its provider", async () => {
  await using home = await providerHome(ACME);
  const { provider, model } = await home.providers.model("acme", "acme-1");
  expect(provider).toMatchObject({ id: "acme", key: "k" });
  expect(model.id).toBe("acme-1");
});

test("models that are not ready yet are shown when a variable says so", async () => {
  const OPENCODE_ENABLE_EXPERIMENTAL_MODELS = "1";
  await using home = await providerHome({
    env: { ...ACME.env, OPENCODE_ENABLE_EXPERIMENTAL_MODELS },
  });
  expect((await home.providers.model("acme", "acme-2-alpha")).model.status).toBe("alpha");
  await using usual = await providerHome(ACME);
  expect((await failure(usual, "acme", "acme-2-alpha")).message).toContain("no such model");
});

test("a model that is not there is not found, with what was likely meant", async () => {
  await using home = await providerHome(ACME);
  const error = await failure(home, "acme", "acme-11");
  expect(error).toMatchObject({ kind: "not-found", name: "ProviderModelNotFoundError" });
  expect(error.message).toContain("Did you mean acme/acme-1");
  expect(error.data).toMatchObject({ providerID: "acme", modelID: "acme-11" });
  expect(error.data["suggestions"]).toContain("acme-1");
});

test("each reason why a model cannot be used is told apart", async () => {
  await using home = await providerHome({ ...ACME, config: { disabled_providers: ["off"] } });
  const messages = [
    await failure(home, "beta", "beta-1"),
    await failure(home, "acmee", "x"),
    await failure(home, "off", "x"),
    await failure(home, "acme", "acme-0"),
    await failure(home, "acme", "constructor"),
    await failure(home, "constructor", "x"),
  ].map(({ message }) => message);
  expect(messages[0]).toContain("provider beta is not connected. Set BETA_API_KEY, or run");
  expect(messages[1]).toContain("there is no provider acmee. Did you mean acme?");
  expect(messages[2]).toContain("disabled_providers");
  expect(messages[3]).toContain("withdrawn");
  expect(messages[4]).toContain("acme has no such model");
  expect(messages[5]).toContain("there is no provider constructor");
});

test("a provider whose package is not built in is listed, and says what is missing", async () => {
  const catalog = catalogOf({
    odd: { npm: "odd-ai-provider", models: { "odd-1": catalogModel() } },
    spare: { models: { "spare-1": catalogModel() } },
  });
  const env = { ODD_API_KEY: "k", SPARE_API_KEY: "k" };
  await using home = await providerHome({ catalog, env });
  expect((await home.providers.all()).map(({ id }) => id)).toEqual(["odd", "spare"]);
  const error = await failure(home, "odd", "odd-1");
  expect(error.kind).toBe("unavailable");
  expect(error.message).toContain("odd/odd-1 needs the package odd-ai-provider");
  expect(await home.providers.defaultModel()).toEqual({
    providerID: "spare",
    modelID: "spare-1",
  });
});

test("an address that lacks a variable says which", async () => {
  const models = { m: catalogModel() };
  const catalog = catalogOf({ acc: { api: "https://x/${ACC_ACCOUNT_ID}", models } });
  await using home = await providerHome({ catalog, env: { ACC_API_KEY: "k" } });
  const error = await failure(home, "acc", "m");
  expect(error).toMatchObject({ kind: "unavailable", data: { variables: ["ACC_ACCOUNT_ID"] } });
});

test("the house provider of the catalog is not connected without a key", async () => {
  await using home = await providerHome({ catalog: new Catalog() });
  expect(await home.providers.connected()).toEqual({});
  expect(await home.providers.defaultModel()).toBeUndefined();
});

test("default model: the configured one, else the one used last, else the best", async () => {
  const state = {
    recent: [
      { providerID: "beta", modelID: "beta-1" },
      { providerID: "acme", modelID: "acme-0" },
      { providerID: "acme", modelID: "acme-1-mini" },
    ],
  };
  await using configured = await providerHome({ ...ACME, state, config: { model: "x/y/z" } });
  expect(await configured.providers.defaultModel()).toEqual({ providerID: "x", modelID: "y/z" });
  await using used = await providerHome({ ...ACME, state });
  expect(await used.providers.defaultModel()).toEqual({
    providerID: "acme",
    modelID: "acme-1-mini",
  });
  await using fresh = await providerHome(ACME);
  expect(await fresh.providers.defaultModel()).toEqual({ providerID: "acme", modelID: "acme-1" });
});

test("a configured model that is no model names the key", async () => {
  await using home = await providerHome({ ...ACME, config: { model: "gpt" } });
  await expect(home.providers.defaultModel()).rejects.toThrow('model in the configuration: "gpt"');
});

test("a credential for other purposes connects its provider and makes it no default", async () => {
  const catalog = catalogOf({ hub: { env: ["GITHUB_TOKEN"], models: { h: catalogModel() } } });
  await using home = await providerHome({ catalog, env: { GITHUB_TOKEN: "t" } });
  expect(Object.keys(await home.providers.connected())).toEqual(["hub"]);
  expect((await home.providers.model("hub", "h")).model.id).toBe("h");
  expect(await home.providers.defaultModel()).toBeUndefined();
});

test("small model: the configured one, else a small one of the same provider", async () => {
  await using plain = await providerHome(ACME);
  expect(await plain.providers.smallModel("acme", "acme-1")).toEqual({
    providerID: "acme",
    modelID: "acme-1-mini",
  });
  expect(await plain.providers.smallModel("none", "x")).toEqual({
    providerID: "none",
    modelID: "x",
  });
  const env = { ...ACME.env, BETA_API_KEY: "k" };
  await using configured = await providerHome({ env, config: { small_model: "beta/beta-1" } });
  expect(await configured.providers.smallModel("acme", "acme-1")).toEqual({
    providerID: "beta",
    modelID: "beta-1",
  });
  await using useless = await providerHome({ ...ACME, config: { small_model: "beta/beta-1" } });
  expect(await useless.providers.smallModel("acme", "acme-1")).toEqual({
    providerID: "acme",
    modelID: "acme-1-mini",
  });
});

test("defaults name the best model of each provider", async () => {
  await using home = await providerHome(ACME);
  expect(await home.providers.defaults()).toEqual({ acme: "acme-1" });
  expect(await home.providers.defaults(await home.providers.all())).toEqual({
    acme: "acme-1",
    beta: "beta-1",
  });
});

test("changes of configuration and credentials show, nothing is worked out twice", async () => {
  await using home = await providerHome();
  expect(await home.providers.connected()).toEqual({});
  await home.auth.set("acme", { type: "api", key: "k" });
  const before = await home.providers.connected();
  expect(Object.keys(before)).toEqual(["acme"]);
  expect((await home.providers.connected())["acme"]).toBe(before["acme"]);
  await writeTree(home.root, { "project/opencode.json": '{"disabled_providers":["acme"]}' });
  await home.config.reload();
  expect(await home.providers.connected()).toEqual({});
});

test("a model server of this machine is used when nothing else is connected", async () => {
  using server = localServer();
  await using home = await providerHome({ localServers: servers(server.port) });
  expect(await home.providers.defaultModel()).toEqual({
    providerID: LOCAL.provider,
    modelID: LOCAL.model,
  });
  expect(Object.keys(await home.providers.connected())).toEqual([LOCAL.provider]);
  const { model } = await home.providers.model(LOCAL.provider, LOCAL.model);
  expect(model.api.url).toBe(`http://127.0.0.1:${server.port}/v1`);
  expect(await home.providers.smallModel(LOCAL.provider, LOCAL.model)).toEqual({
    providerID: LOCAL.provider,
    modelID: LOCAL.model,
  });
  expect(server.requests).toBe(1);
});

test("it is not asked when something else is connected or configured", async () => {
  using server = localServer();
  const localServers = servers(server.port);
  await using connected = await providerHome({ ...ACME, localServers });
  await connected.providers.connected();
  await connected.providers.defaultModel();
  await connected.providers.model("acme", "acme-1");
  await using configured = await providerHome({ config: { model: "acme/acme-1" }, localServers });
  await configured.providers.connected();
  await configured.providers.defaultModel();
  await using off = await providerHome({
    config: { disabled_providers: [LOCAL.provider] },
    localServers,
  });
  await failure(off, LOCAL.provider, LOCAL.model);
  expect(server.requests).toBe(0);
});

test("it is asked when it was used before, whatever else is connected", async () => {
  using server = localServer();
  const state = { recent: [{ providerID: LOCAL.provider, modelID: LOCAL.model }] };
  const localServers = servers(server.port);
  await using home = await providerHome({ ...ACME, state, localServers });
  expect(Object.keys(await home.providers.connected())).toEqual(["acme", LOCAL.provider]);
});

test("what this machine has is found, whatever is connected, and without its key", async () => {
  using server = localServer();
  await using home = await providerHome({ ...ACME, localServers: servers(server.port) });
  const found = await home.providers.found();
  expect(found.map(({ provider, modelID, variable }) => [provider.id, modelID, variable])).toEqual([
    ["acme", "acme-1", "ACME_API_KEY"],
    [LOCAL.provider, LOCAL.model, undefined],
  ]);
  expect(JSON.stringify(found)).not.toContain('"k"');
  await home.auth.set("acme", { type: "api", key: "stored" });
  const chosen = await home.providers.found();
  expect(chosen.map(({ provider }) => provider.id)).toEqual([LOCAL.provider]);
});

test("it is asked when it is named, whatever else is connected", async () => {
  using server = localServer();
  const localServers = servers(server.port);
  await using home = await providerHome({ ...ACME, localServers });
  const { provider } = await home.providers.model(LOCAL.provider, LOCAL.model);
  expect(provider.id).toBe(LOCAL.provider);
});

test("a server that is named and not there says so", async () => {
  const server = localServer();
  server[Symbol.dispose]();
  await using home = await providerHome({ ...ACME, localServers: servers(server.port) });
  const error = await failure(home, LOCAL.provider, "x");
  expect(error.message).toContain("no ollama server answers on this machine");
});

test("the version of the list stays until the list is another", async () => {
  using server = localServer();
  await using home = await providerHome({ localServers: servers(server.port) });
  const first = await home.providers.version();
  home.clock.advance(60_000);
  expect(await home.providers.version()).toBe(first);
  expect(server.requests).toBe(2);
  await home.config.update({ provider: { acme: { name: "Acme & Sons" } } });
  const second = await home.providers.version();
  expect(second).not.toBe(first);
  await home.auth.set("acme", { type: "api", key: "k" });
  const third = await home.providers.version();
  expect(third).not.toBe(second);
  expect(await home.providers.version()).toBe(third);
});
