import { expect, test } from "bun:test";
import { join } from "node:path";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("after a dispose the configuration is read anew", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await contract.call("config.get");
  const before = await t.instance();
  await Bun.write(join(t.directory, "opencode.json"), JSON.stringify({ username: "changed" }));
  expect((await contract.call("instance.dispose")).body).toBe(true);
  expect((await contract.call("config.get")).body).toMatchObject({ username: "changed" });
  expect(await t.instance()).not.toBe(before);
});
