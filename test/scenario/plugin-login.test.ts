// Logins and models that plugins bring: begun and ended as any login, used by the plugin's own
// loader, over a real wire.
import { expect, test } from "bun:test";
import { sessionApp, type SessionAppOptions } from "@test/support/session-app";

const PLUGIN = `
export const Login = async () => ({
  auth: {
    provider: "scripted",
    async loader(getAuth, provider) {
      const auth = await getAuth();
      if (auth.type !== "oauth") return {};
      for (const model of Object.values(provider.models)) {
        model.cost = { input: 0, output: 0, cache: { read: 0, write: 0 } };
      }
      return {
        apiKey: "",
        async fetch(input, init) {
          const { access } = await getAuth();
          const headers = new Headers(init.headers);
          headers.set("authorization", "Bearer scripted-key");
          headers.set("x-login", access);
          return fetch(input, { ...init, headers });
        },
      };
    },
    methods: [
      {
        type: "oauth",
        label: "Account",
        prompts: [{
          type: "text", key: "team", message: "Team",
          validate: (value) => (value ? undefined : "say which"),
        }],
        async authorize({ team }) {
          return {
            url: "https://login.example/" + team,
            instructions: "Paste the code",
            method: "code",
            async callback(code) {
              if (code !== "good") return { type: "failed" };
              return { type: "success", refresh: "r", access: "a-" + team, expires: 0 };
            },
          };
        },
      },
      { type: "oauth", label: "Automatic", async authorize() {
        return { url: "https://login.example/", instructions: "", method: "auto",
          callback: async () => ({ type: "success", key: "scripted-key", provider: "other" }) };
      } },
      { type: "api", label: "Make a key", async authorize() {
        return { type: "success", key: "made" };
      } },
      { type: "oauth", label: "Broken", async authorize() { throw new Error("down") } },
    ],
  },
  provider: {
    id: "scripted",
    async models(provider) {
      const [main] = Object.values(provider.models);
      return { ...provider.models, extra: { ...main, id: "extra", name: "Extra" } };
    },
  },
});`;

function open(options: SessionAppOptions = {}) {
  return sessionApp({
    files: { ".opencode/plugin/login.js": PLUGIN },
    turns: [{ text: "Done" }],
    ...options,
  });
}

test("a login is begun with its prompts, ended with a code, and used by its loader", async () => {
  await using t = await open();
  const { logins } = t.instance;
  const methods = (await logins.methods())["scripted"];
  expect(methods?.map(({ label, type }) => `${type} ${label}`)).toEqual([
    "oauth Account",
    "oauth Automatic",
    "api Make a key",
    "oauth Broken",
  ]);
  expect(methods?.[0]?.prompts).toEqual([{ type: "text", key: "team", message: "Team" }]);
  await expect(logins.authorize("scripted", { method: 0 })).rejects.toMatchObject({
    kind: "invalid",
    message: "inputs.team: say which",
  });
  const begun = await logins.authorize("scripted", { method: 0, inputs: { team: "red" } });
  expect(begun).toMatchObject({ url: "https://login.example/red", method: "code" });
  const { signal } = new AbortController();
  await expect(
    logins.callback("scripted", { method: 0, code: "bad" }, signal),
  ).rejects.toMatchObject({ name: "ProviderAuthOauthCallbackFailed" });
  expect(await logins.callback("scripted", { method: 0, code: " good " }, signal)).toBe(true);
  expect(await t.app.services.auth.get("scripted")).toEqual({
    type: "oauth",
    refresh: "r",
    access: "a-red",
    expires: 0,
  });
  await t.prompt(t.create(), "Hello");
  expect(t.model.requests[0]?.headers["x-login"] ?? "").toBe("a-red");
  const { model } = await t.instance.providers.model("scripted", "extra");
  expect(model.cost.input).toBe(0);
});

test("a login that needs no code, and a key that is made, are stored", async () => {
  await using t = await open();
  const { logins } = t.instance;
  const { signal } = new AbortController();
  await logins.authorize("scripted", { method: 1 });
  expect(await logins.callback("scripted", { method: 1 }, signal)).toBe(true);
  expect(await t.app.services.auth.get("other")).toEqual({ type: "api", key: "scripted-key" });
  expect(await logins.authorize("scripted", { method: 2 })).toBeNull();
  expect(await t.app.services.auth.get("scripted")).toEqual({ type: "api", key: "made" });
});

test("a login that fails says so", async () => {
  await using t = await open();
  await expect(t.instance.logins.authorize("scripted", { method: 3 })).rejects.toMatchObject({
    name: "ProviderAuthOauthCallbackFailed",
    message: expect.stringContaining("down"),
  });
});

test("a plugin chooses the model for small work, among those there are", async () => {
  const plugin = (model: string) => `export default async () => ({
    "experimental.provider.small_model": async (input, output) => {
      output.model = ${JSON.stringify(model)};
    },
  });`;
  for (const [wanted, chosen] of [
    ["scripted/tiny", "tiny"],
    ["tiny", "tiny"],
    ["nowhere", "main"],
  ] as const) {
    await using t = await sessionApp({
      models: ["main", "tiny"],
      // What the person has configured would count more.
      config: { small_model: undefined },
      files: { ".opencode/plugin/small.js": plugin(wanted) },
    });
    const { modelID } = await t.instance.providers.smallModel("scripted", "main");
    expect(modelID).toBe(chosen);
  }
});
