import { expect, test } from "bun:test";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Logger } from "@/base/log";
import { StartMemory } from "@/mcp/start-memory";
import type { McpServerConfig } from "@/schema/mcp";
import { tempDirectory } from "@test/support/temp";

const log = Logger.silent();
const server = (name: string): McpServerConfig => ({ type: "local", command: [name, "s3cret"] });

test("a pace is kept across processes, in a file that says nothing of the server", async () => {
  await using temp = await tempDirectory();
  const path = join(temp.path, "state/mcp-starts.json");
  const memory = new StartMemory(path, log);
  expect(await memory.paceOf(server("a"))).toBe("unknown");
  const slow = ["a", "b", "b"].map((name) => memory.note(server(name), "slow"));
  await Promise.all([...slow, memory.note(server("c"), "quick")]);
  const later = new StartMemory(path, log);
  // Once may have been the download.
  expect(await later.paceOf(server("a"))).toBe("unknown");
  expect(await later.paceOf({ command: ["b", "s3cret"], type: "local" })).toBe("slow");
  expect(await later.paceOf(server("c"))).toBe("quick");
  await later.note(server("b"), "quick");
  expect(await later.paceOf(server("b"))).toBe("quick");
  // Another configuration is another server.
  expect(await later.paceOf({ ...server("c"), timeout: 5 })).toBe("unknown");
  expect(await readFile(path, "utf8")).not.toContain("s3cret");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a file that makes no sense is no memory; those noted longest ago are dropped", async () => {
  await using temp = await tempDirectory();
  const path = join(temp.path, "mcp-starts.json");
  for (const text of ["", "{", "[1]", '[["a","late"]]', '[["a",-1]]', "{}"]) {
    await Bun.write(path, text);
    expect(await new StartMemory(path, log).paceOf(server("a"))).toBe("unknown");
  }
  const memory = new StartMemory(path, log);
  for (let at = 0; at < 201; at++) await memory.note(server(`${at}`), "quick");
  const later = new StartMemory(path, log);
  expect(await later.paceOf(server("0"))).toBe("unknown");
  expect(await later.paceOf(server("1"))).toBe("quick");
});

test("nothing is written after the close, which waits for what was noted before", async () => {
  await using temp = await tempDirectory();
  const directory = join(temp.path, "state");
  const path = join(directory, "mcp-starts.json");
  const memory = new StartMemory(path, log);
  await memory.paceOf(server("a"));
  const noted = memory.note(server("a"), "quick");
  const late = memory.note(server("b"), "quick");
  await Promise.resolve();
  await memory.close();
  await Promise.all([noted, late]);
  expect(await new StartMemory(path, log).paceOf(server("a"))).toBe("quick");
  await rm(directory, { recursive: true });
  await memory.note(server("c"), "quick");
  expect(await readdir(temp.path)).toEqual([]);
});

test("a place that cannot be written to costs the memory only", async () => {
  const memory = new StartMemory("/dev/null/mcp-starts.json", log);
  await memory.note(server("a"), "quick");
  expect(await memory.paceOf(server("a"))).toBe("quick");
});
