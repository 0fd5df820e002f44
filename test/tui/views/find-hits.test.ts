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
  expect(findHits(blocks, "needle", 80)).toEqual([
    { index: 1, row: 0 },
    { index: 2, row: 2 },
    { index: 2, row: 2 },
    { index: 3, row: 0 },
  ]);
});

test("nothing is looked for without a word", () => {
  expect(findHits(blocks, "", 80)).toEqual([]);
  expect(findHits(blocks, "  ", 80)).toEqual([]);
});

test("each place is told by its row, wrapped lines counted", () => {
  const text = `needle\n${"x".repeat(25)} needle\n\nneedle needle`;
  const found = findHits([{ key: "a", kind: "text", text } as unknown as Block], "needle", 10);
  expect(found.map(({ row }) => row)).toEqual([0, 3, 6, 6]);
});
