import { expect, test } from "bun:test";
import { readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { Logger } from "@/base/log";
import { OfferMemory, type ServerIdentity } from "@/mcp/offer-memory";
import { tempDirectory } from "@test/support/temp";

const log = Logger.silent();
const server = (name: string, directory = "/here"): ServerIdentity => ({
  name,
  config: { type: "local", command: ["run", "s3cret"] },
  directory,
});
const inputSchema = { type: "object", properties: { z: {}, a: {} }, required: ["z"] };
const offer = {
  tools: [{ name: "echo", description: "Says it again", inputSchema }],
  prompts: [{ name: "p", arguments: [{ name: "city", required: true }] }],
  resources: [{ name: "r", uri: "x://r", client: "s" }],
  templates: [{ name: "t", uriTemplate: "x://{id}", client: "s" }],
  instructions: "Be brief.",
};

test("what is kept of a server is there for the next process, byte for byte", async () => {
  await using temp = await tempDirectory();
  const directory = join(temp.path, "state/offers");
  const memory = new OfferMemory(directory, log);
  expect(await memory.recall(server("a"))).toEqual({});
  await Promise.all([
    memory.keep(server("a"), { lateTimes: 1 }),
    memory.keep(server("a"), { offer }),
    memory.keep(server("b"), { lateTimes: 1 }),
  ]);
  const later = new OfferMemory(directory, log);
  expect(JSON.stringify(await later.recall(server("a")))).toBe(JSON.stringify({ offer }));
  expect(await later.recall(server("b"))).toEqual({ lateTimes: 1 });
  await later.forget(server("a"));
  expect(await later.recall(server("a"))).toEqual({});
  // In another directory a program may offer something else, a server far away does not.
  expect(await later.recall(server("b", "/elsewhere"))).toEqual({});
  const remote = { name: "c", config: { type: "remote" as const, url: "http://127.0.0.1/" } };
  await later.keep({ ...remote, directory: "/here" }, { lateTimes: 1 });
  expect(await later.recall({ ...remote, directory: "/elsewhere" })).toEqual({ lateTimes: 1 });
});

test("the files say nothing of configurations, and are nobody else's", async () => {
  await using temp = await tempDirectory();
  const memory = new OfferMemory(temp.path, log);
  await memory.keep(server("a"), { offer });
  const [name = ""] = await readdir(temp.path);
  expect(name).toMatch(/^[0-9a-f]{32}\.json$/);
  expect(await readFile(join(temp.path, name), "utf8")).not.toContain("s3cret");
  expect((await stat(join(temp.path, name))).mode & 0o777).toBe(0o600);
});

test("a file that makes no sense is no memory, nor is an offer that is too large", async () => {
  await using temp = await tempDirectory();
  const memory = new OfferMemory(temp.path, log);
  await memory.keep(server("a"), { offer });
  const [name = ""] = await readdir(temp.path);
  for (const text of ["", "{", "[1]", '{"offer":{"tools":[{"name":7}]}}', '{"lateTimes":-1}']) {
    await Bun.write(join(temp.path, name), text);
    expect(await memory.recall(server("a"))).toEqual({});
  }
  const large = { ...offer, instructions: "x".repeat(1024 * 1024) };
  await memory.keep(server("a"), { offer: large });
  expect(await readdir(temp.path)).toEqual([]);
});

test("those that were written longest ago are dropped", async () => {
  await using temp = await tempDirectory();
  const memory = new OfferMemory(temp.path, log);
  await memory.keep(server("first"), { lateTimes: 1 });
  const [name = ""] = await readdir(temp.path);
  await utimes(join(temp.path, name), 1, 1);
  for (let at = 0; at < 200; at++) await memory.keep(server(`${at}`), { lateTimes: 1 });
  expect(await readdir(temp.path)).toHaveLength(200);
  expect(await memory.recall(server("first"))).toEqual({});
  expect(await memory.recall(server("0"))).toEqual({ lateTimes: 1 });
});

test("nothing is written after the close, which waits for what was kept before", async () => {
  await using temp = await tempDirectory();
  const directory = join(temp.path, "offers");
  const memory = new OfferMemory(directory, log);
  const kept = memory.keep(server("a"), { offer });
  await memory.close();
  await kept;
  expect(await memory.recall(server("a"))).toEqual({ offer });
  await rm(directory, { recursive: true });
  await memory.keep(server("b"), { offer });
  expect(await readdir(temp.path)).toEqual([]);
});

test("a place that cannot be written to costs the memory only", async () => {
  const memory = new OfferMemory("/dev/null/offers", log);
  await memory.keep(server("a"), { offer });
  expect(await memory.recall(server("a"))).toEqual({});
});
