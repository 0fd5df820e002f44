// Wildcards: what matches what.
import { expect, test } from "bun:test";
import { matchWildcard } from "@/base/wildcard";

const cases: [pattern: string, value: string, matches: boolean][] = [
  ["*", "", true],
  ["*", "anything/at all", true],
  ["git status", "git status", true],
  ["git status *", "git status", true],
  ["git status *", "git status --short", true],
  ["git status *", "git statusx", false],
  ["git *", "git", true],
  ["git *", "gitk", false],
  ["*.env", "a/b/.env", true],
  ["*.env", "a/.env.local", false],
  ["*.env.*", "a/.env.local", true],
  ["src/?.ts", "src/a.ts", true],
  ["src/?.ts", "src/ab.ts", false],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["", "", true],
  ["", "a", false],
  ["a.c", "abc", false],
  ["[a]", "a", false],
  ["é*", "école", true],
];

test.each(cases)("%p against %p is %p", (pattern, value, matches) => {
  expect(matchWildcard(pattern, value)).toBe(matches);
});

test("a hostile pattern costs no more than its length times the value's", () => {
  expect(matchWildcard("*a".repeat(500), "a".repeat(2_000) + "b")).toBe(false);
});
