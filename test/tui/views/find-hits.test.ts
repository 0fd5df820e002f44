// Where in a transcript a text stands.
import { expect, test } from "bun:test";
import type { Part } from "@/schema/part";
import type { Block } from "@/tui/views/blocks";
import { findHits } from "@/tui/views/find-hits";

function part(value: object): Block {
  return { key: "k", kind: "part", part: value as Part, message: {} } as unknown as Block;
}

const state = { status: "completed", input: { command: "ls" }, output: "A needle, two NEEDLES" };
const blocks = [
  { key: "a", kind: "text", text: "No hit here" },
  { key: "b", kind: "text", text: "A Needle" },
  part({ type: "tool", tool: "bash", state }),
  part({ type: "reasoning", text: "thinking of needles" }),
  { key: "c", kind: "user", entry: { parts: [{ type: "text", text: "needle", synthetic: true }] } },
] as unknown as Block[];

test("letters of any case, in folded output, too; not in what the program added", () => {
  expect(findHits(blocks, "needle")).toEqual([
    { index: 1, count: 1 },
    { index: 2, count: 2 },
    { index: 3, count: 1 },
  ]);
});

test("nothing is looked for without a word", () => {
  expect(findHits(blocks, "")).toEqual([]);
  expect(findHits(blocks, "  ")).toEqual([]);
});
