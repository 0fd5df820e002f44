import { expect, setDefaultTimeout, test } from "bun:test";
import { testServers, published, scripted } from "@test/mcp/support";
import { toolBench } from "@test/support/tool-context";
import { McpTools } from "@/tool/mcp";

/** For a machine that has other things to do. */
const PATIENCE_MS = 30_000;

setDefaultTimeout(6 * PATIENCE_MS);

const find = async (tools: McpTools, id: string) => {
  const tool = (await tools.list()).find((one) => one.id === id);
  if (!tool) throw new Error(`no tool ${id}`);
  return tool;
};

test("a tool of a server asks for its own permission, runs there, and shows progress", async () => {
  await using t = await testServers({ mcp: { s: scripted() } });
  await t.servers.ready(undefined, PATIENCE_MS);
  await using bench = await toolBench();
  const tools = new McpTools(t.servers);
  const echo = await find(tools, "s_echo");
  expect(await bench.run(echo, { text: "hello" })).toMatchObject({ output: "hello" });
  expect(bench.asks).toEqual([
    { permission: "s_echo", patterns: ["*"], always: ["*"], metadata: {} },
  ]);
  await bench.run(await find(tools, "s_progress"), {});
  expect(bench.reports).toEqual([{ title: "1/3" }, { title: "2/3" }, { title: "3/3" }]);
  expect(await bench.failure(await find(tools, "s_fail"), {})).toBe("no such luck");
  expect(await find(tools, "s_echo")).toBe(echo);
});

test("what is refused never reaches the server", async () => {
  await using t = await testServers({ mcp: { s: scripted() } });
  await t.servers.ready(undefined, PATIENCE_MS);
  const onAsk = () => {
    throw new Error("no");
  };
  await using bench = await toolBench({}, { onAsk });
  const tools = new McpTools(t.servers);
  expect(await bench.failure(await find(tools, "s_crash"), {})).toBe("no");
  expect(await t.servers.status()).toEqual({ s: { status: "connected" } });
});

test("images and values of a server come with its answer", async () => {
  await using t = await testServers({ mcp: { all: published("everything", "stdio") } });
  await t.servers.ready(undefined, PATIENCE_MS);
  await using bench = await toolBench();
  const tools = new McpTools(t.servers);
  const image = await bench.run(await find(tools, "all_get-tiny-image"), {});
  expect(image.attachments).toMatchObject([{ mime: "image/png" }]);
  const weather = await find(tools, "all_get-structured-content");
  expect(await bench.run(weather, { location: "Chicago" })).toMatchObject({
    metadata: { server: "all", structured: { temperature: expect.any(Number) } },
  });
  expect(await bench.failure(weather, { location: "Nowhere" })).toContain("location");
});
