import { expect, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Memory, putFirst } from "@/tui/memory";
import { FakeClock } from "@test/support/clock";
import { tempDirectory } from "@test/support/temp";

function open(directory: string | undefined) {
  const faults: string[] = [];
  const clock = new FakeClock();
  const memory = new Memory({ directory, clock, onFault: (text) => faults.push(text) });
  return { memory, faults, clock };
}

const NORD = { name: "nord", instead: "" };
const MODEL = { providerID: "anthropic", modelID: "sonnet-5" };

test("what is set is there in the next life, in the file that it belongs to", async () => {
  await using directory = await tempDirectory();
  const first = open(directory.path);
  await first.memory.load();
  first.memory.set("recent", [MODEL]);
  first.memory.set("theme", NORD);
  await first.memory.flush();
  const models: unknown = JSON.parse(await readFile(join(directory.path, "model.json"), "utf8"));
  expect(models).toEqual({ recent: [MODEL] });
  const second = open(directory.path);
  await second.memory.load();
  expect([second.memory.get("theme"), second.memory.get("recent")]).toEqual([NORD, [MODEL]]);
});

test("two programs lose nothing of each other, nor of what a file holds besides", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "model.json");
  await writeFile(path, JSON.stringify({ other: 1, recent: [MODEL] }));
  const one = open(directory.path);
  const two = open(directory.path);
  await Promise.all([one.memory.load(), two.memory.load()]);
  one.memory.set("favorite", [MODEL]);
  two.memory.set("variant", { "anthropic/sonnet-5": "high" });
  await one.memory.flush();
  await two.memory.flush();
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
    other: 1,
    recent: [MODEL],
    favorite: [MODEL],
    variant: { "anthropic/sonnet-5": "high" },
  });
});

test("what makes no sense is as if it were not there", async () => {
  await using directory = await tempDirectory();
  await writeFile(join(directory.path, "model.json"), '{"recent": "x", "favorite": []}');
  await writeFile(join(directory.path, "tui.json"), "{");
  const { memory, faults } = open(directory.path);
  await memory.load();
  expect([memory.get("recent"), memory.get("favorite"), memory.get("theme")]).toEqual([
    undefined,
    [],
    undefined,
  ]);
  expect(faults).toEqual([]);
});

test("the directory is made when it is not there", async () => {
  await using directory = await tempDirectory();
  const inner = join(directory.path, "state", "opencode");
  const { memory, faults } = open(inner);
  memory.set("theme", NORD);
  await memory.flush();
  expect(faults).toEqual([]);
  expect(await readFile(join(inner, "tui.json"), "utf8")).toContain("nord");
});

test("what cannot be written is told, and kept for this life", async () => {
  const { memory, faults } = open("/proc/nowhere");
  memory.set("theme", NORD);
  await memory.flush();
  expect(memory.get("theme")).toEqual(NORD);
  expect(faults).toEqual([expect.stringContaining("/proc/nowhere")]);
});

test("without a directory nothing is written and no timer runs", async () => {
  const { memory, clock } = open(undefined);
  memory.set("theme", NORD);
  expect([memory.get("theme"), clock.pending]).toEqual([NORD, 0]);
});

test("what is put first stands once", () => {
  expect(putFirst(["a", "b"], "b", Object.is)).toEqual(["b", "a"]);
});
