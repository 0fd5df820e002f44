import { expect, test } from "bun:test";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("the configuration is shown and changed", async () => {
  await using t = await testApp({ config: { username: "first" } });
  const contract = await Contract.of(t);
  expect((await contract.call("config.get")).body).toMatchObject({ username: "first" });
  const body = { username: "second" };
  expect((await contract.call("config.update", { body })).body).toMatchObject(body);
  expect((await contract.call("config.get")).body).toMatchObject(body);
  await contract.call("config.update", { body: { username: 2 }, status: 400 });
});

test("the connected providers are listed with their best models", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("config.providers");
  expect(body).toMatchObject({ providers: [{ id: "scripted" }], default: { scripted: "main" } });
});
