import { expect, test } from "bun:test";
import { join } from "node:path";
import { isRunning } from "@/base/process";
import { Contract } from "@test/support/contract";
import { scripted } from "@test/mcp/support";
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

test("a dispose ends runs, terminals and MCP servers; the next request begins anew", async () => {
  await using t = await testApp({
    config: { mcp: { s: scripted() } },
    turns: [{ text: ["half", new Promise<string>(() => {})] }],
  });
  const contract = await Contract.of(t);
  const before = await t.instance();
  await contract.call("mcp.connect", { params: { name: "s" } });
  const tool = before.mcp.tools().find(({ id }) => id === "s_pids");
  const pids = JSON.parse((await tool?.call({}, new AbortController().signal))?.text ?? "[]");
  const { body: pty } = await contract.call("pty.create", { body: { command: "cat" } });
  const { body: session } = await contract.call("session.create", { body: {} });
  const params = { sessionID: (session as { id: string }).id };
  const parts = [{ type: "text", text: "hi" }];
  const answered = contract.call("session.prompt", { params, body: { parts } });
  await t.model.waitForRequest(0);
  await contract.call("instance.dispose");
  expect((await answered).body).toMatchObject({ info: { error: { name: expect.any(String) } } });
  const running = [pids[0], (pty as { pid: number }).pid].map(isRunning);
  expect(await Promise.all(running)).toEqual([false, false]);
  expect((await contract.call("session.status")).body).toEqual({});
  expect((await contract.call("pty.list")).body).toEqual([]);
  expect(await t.instance()).not.toBe(before);
  await contract.call("mcp.connect", { params: { name: "s" } });
  expect((await contract.call("mcp.status")).body).toEqual({ s: { status: "connected" } });
});
