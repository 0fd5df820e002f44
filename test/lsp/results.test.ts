import { expect, test } from "bun:test";
import { readHover, readLocations, readOutline, readSymbols } from "@/lsp/results";
import { isNamedThing, symbolKindName } from "@/lsp/symbol-kinds";

const RANGE = { start: { line: 1, character: 0 }, end: { line: 2, character: 3 } };
const LOCATION = { uri: "file:///a", range: RANGE };

test("one place, several, links, and nothing", () => {
  expect(readLocations(LOCATION)).toEqual([LOCATION]);
  const link = { targetUri: "file:///b", targetRange: RANGE, targetSelectionRange: RANGE };
  expect(readLocations([LOCATION, link, null])).toEqual([
    LOCATION,
    { uri: "file:///b", range: RANGE },
  ]);
  expect(readLocations(null)).toEqual([]);
});

test("hovers in all three shapes of the protocol", () => {
  expect(readHover({ contents: "text" })).toBe("text");
  expect(readHover({ contents: { kind: "markdown", value: "**x**" } })).toBe("**x**");
  expect(readHover({ contents: ["a", { language: "ts", value: "b" }] })).toBe("a\n\nb");
  expect(readHover({ contents: [] })).toBeUndefined();
  expect(readHover(null)).toBeUndefined();
});

test("an outline in the newer and the older form", () => {
  const inner = { name: "b", kind: 6, range: RANGE, selectionRange: RANGE };
  const outer = { name: "a", kind: 5, range: RANGE, selectionRange: RANGE, children: [inner, 1] };
  expect(readOutline([outer])).toEqual([
    { name: "a", kind: 5, range: RANGE, children: [{ name: "b", kind: 6, range: RANGE }] },
  ]);
  expect(readOutline([{ name: "a", kind: 5, location: LOCATION }])).toEqual([
    { name: "a", kind: 5, range: RANGE },
  ]);
});

test("an outline is as deep as anybody can read", () => {
  let symbol: object = { name: "x", kind: 1, range: RANGE, selectionRange: RANGE };
  for (let at = 0; at < 1_000; at++) {
    symbol = { name: "x", kind: 1, range: RANGE, selectionRange: RANGE, children: [symbol] };
  }
  expect(JSON.stringify(readOutline([symbol])).match(/"children"/g)).toHaveLength(32);
});

test("symbols have a place; kinds have names", () => {
  const symbols = [{ name: "a", kind: 12, location: LOCATION, containerName: null }];
  expect(readSymbols([...symbols, { name: "b", kind: 12, location: { uri: "x" } }])).toEqual([
    { name: "a", kind: 12, location: LOCATION },
  ]);
  expect([5, 12, 26, 99].map(symbolKindName)).toEqual(["Class", "Function", "TypeParameter", "99"]);
  expect([12, 15].map(isNamedThing)).toEqual([true, false]);
});
