import { expect, setDefaultTimeout, test } from "bun:test";
import { published, scripted, testServers } from "@test/mcp/support";
import { toolBench } from "@test/support/tool-context";
import { McpTools } from "@/tool/mcp";

/** For a machine that has other things to do. */
const PATIENCE_MS = 30_000;

setDefaultTimeout(6 * PATIENCE_MS);

test("what servers offer to read is listed and read, with permission for each", async () => {
  await using t = await testServers({ mcp: { all: published("everything", "stdio") } });
  await t.servers.ready(undefined, PATIENCE_MS);
  await using bench = await toolBench();
  const tool = (await new McpTools(t.servers).list()).find(({ id }) => id === "mcp_resource");
  if (!tool) throw new Error("not offered");
  const uri = "demo://resource/static/document/features.md";
  const listed = await bench.run(tool, {});
  expect(listed.output).toContain(`all ${uri} | features.md | text/markdown | Static document`);
  const dynamic = "demo://resource/dynamic/text/";
  expect(listed.output).toContain(`all ${dynamic}{resourceId} | Dynamic Text Resource | `);
  const seventh = await bench.run(tool, { server: "all", uri: `${dynamic}7` });
  expect(seventh.output).toContain("Resource 7: ");
  expect(bench.asks.splice(0)).toMatchObject([{ patterns: [`all:${dynamic}7`] }]);
  expect((await bench.run(tool, { server: "none" })).output).toBe("There is nothing to read");
  expect(bench.asks).toEqual([]);
  expect((await bench.run(tool, { server: "all", uri })).output).toContain("Everything Server");
  expect(bench.asks).toMatchObject([
    { permission: "mcp_resource", patterns: [`all:${uri}`], always: ["all:*"] },
  ]);
  expect(await bench.failure(tool, { uri })).toBe("Name the server of the uri as well");
  expect(await bench.failure(tool, { server: "al", uri })).toContain("Did you mean all?");
});

test("the tool is offered only where there is something to read", async () => {
  await using t = await testServers({ mcp: { s: scripted() } });
  await t.servers.ready(undefined, PATIENCE_MS);
  const tools = await new McpTools(t.servers).list();
  expect(tools.map(({ id }) => id)).not.toContain("mcp_resource");
});
