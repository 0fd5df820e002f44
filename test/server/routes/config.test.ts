import { expect, test } from "bun:test";
import { join } from "node:path";
import { scripted } from "@test/mcp/support";
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

test("a change keeps what people wrote, and the running instance follows it", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const path = join(t.directory, "opencode.json");
  const text = await Bun.file(path).text();
  await Bun.write(path, text.replace("{", "{\n  // mine, and to stay\n"));
  await contract.call("instance.dispose");
  await contract.call("mcp.status");
  const body = { mcp: { new: scripted() }, command: { greet: { template: "Hi $1" } } };
  await contract.call("config.update", { body });
  expect(await Bun.file(path).text()).toContain("// mine, and to stay");
  await contract.call("mcp.connect", { params: { name: "new" } });
  expect((await contract.call("mcp.status")).body).toEqual({ new: { status: "connected" } });
  const { body: commands } = await contract.call("command.list");
  expect(commands).toContainEqual(expect.objectContaining({ name: "greet" }));
});

test("the connected providers are listed with their best models", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("config.providers");
  expect(body).toMatchObject({ providers: [{ id: "scripted" }], default: { scripted: "main" } });
});
