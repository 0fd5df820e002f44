// Which words of a replaced line are others.
import { expect, test } from "bun:test";
import { findChangedWords } from "@/tui/diff/changed-words";
import type { DiffRow } from "@/tui/diff/patch-rows";

function changed(removed: readonly string[], added: readonly string[]): string[][] {
  const rows: DiffRow[] = [
    ...removed.map((text, before) => ({ kind: "removed" as const, before, text })),
    ...added.map((text, after) => ({ kind: "added" as const, after, text })),
  ];
  const found = findChangedWords(rows);
  return rows.map((row) =>
    (found.get(row) ?? []).map(({ start, end }) => row.text.slice(start, end)),
  );
}

test("the one word that changed is found on both sides", () => {
  expect(changed(["  return old(a, b);"], ["  return fresh(a, b);"])).toEqual([["old"], ["fresh"]]);
});

test("what was put in has nothing on the other side", () => {
  expect(changed(["const a = 1;"], ["export const a = 1;"])).toEqual([[], ["export "]]);
});

test("letters outside of ASCII are words, too", () => {
  expect(changed(["größe = breite"], ["größe = höhe"])).toEqual([["breite"], ["höhe"]]);
});

test("lines with little in common are simply others", () => {
  expect(changed(["return x + y;"], ["throw new Error('no');"])).toEqual([[], []]);
});

test("lines are paired only where it is clear which became which", () => {
  expect(changed(["let a = 1;", "let b = 2;"], ["let a = 3;", "let b = 4;"])).toEqual([
    ["1"],
    ["2"],
    ["3"],
    ["4"],
  ]);
  expect(changed(["let a = 1;"], ["let a = 3;", "let b = 4;"])).toEqual([[], [], []]);
});

test("very long lines are not compared", () => {
  const long = "word ".repeat(1_000);
  expect(changed([`${long}a`], [`${long}b`])).toEqual([[], []]);
});
