import { expect, test } from "bun:test";
import { findLines, foldLine, similarity } from "@/tool/line-folding";

test("finds all places, overlapping ones too", () => {
  expect(findLines(["a", "a", "a", "b"], ["a", "a"])).toEqual([0, 1]);
  expect(findLines(["a", "b", "a", "b", "c"], ["a", "b", "c"])).toEqual([2]);
  expect(findLines(["a"], [])).toEqual([]);
  expect(findLines(["a"], ["a", "a"])).toEqual([]);
});

test("folds blanks and spellings of one character", () => {
  expect(foldLine("\t “x”\u00a0 – y… ")).toBe('"x" - y...');
  expect(foldLine("cafe\u0301")).toBe(foldLine("café"));
});

test("similarity goes from nothing in common to the same", () => {
  expect(similarity("abc", "abc")).toBe(1);
  expect(similarity("abc", "xyz")).toBe(0);
  expect(similarity("value = 10;", "value = 11;")).toBeGreaterThan(0.7);
});
