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
