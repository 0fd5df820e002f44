import { expect, test } from "bun:test";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("credentials are set and removed, and connect their provider", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const connected = async () => {
    const { body } = await contract.call("config.providers");
    return (body as { providers: { id: string }[] }).providers.map(({ id }) => id);
  };
  const params = { providerID: "openai" };
  const body = { type: "api", key: "sk-test" };
  expect((await contract.call("auth.set", { params, body })).body).toBe(true);
  expect(await connected()).toContain("openai");
  expect((await contract.call("auth.remove", { params })).body).toBe(true);
  expect(await connected()).not.toContain("openai");
  expect((await contract.call("auth.remove", { params })).body).toBe(true);
});

test("credentials of another form are refused", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const params = { providerID: "openai" };
  await contract.call("auth.set", { params, body: { type: "key", key: "x" }, status: 400 });
  await contract.call("auth.set", { params, body: { type: "api" }, status: 400 });
});

test("where the environment stands in for the stored credentials, none are stored", async () => {
  const OPENCODE_AUTH_CONTENT = JSON.stringify({ openai: { type: "api", key: "sk-env" } });
  const at = (path: string) => `http://127.0.0.1:9/${path}`;
  const oauth = { authorizationURL: at("authorize"), tokenURL: at("token"), clientID: "c" };
  const acme = { options: { baseURL: at("v1"), oauth }, models: { m: {} } };
  const env = { OPENCODE_AUTH_CONTENT };
  await using t = await testApp({ env, config: { provider: { acme } } });
  const contract = await Contract.of(t);
  const refused = { params: { providerID: "acme" }, status: 409 };
  const message = expect.stringContaining("OPENCODE_AUTH_CONTENT");
  const api = { type: "api", key: "k" };
  for (const [id, call] of [
    ["auth.set", { ...refused, body: api }],
    ["auth.remove", refused],
    ["provider.oauth.authorize", { ...refused, body: { method: 0 } }],
  ] as const) {
    expect((await contract.call(id, call)).body, id).toMatchObject({ data: { message } });
  }
});
