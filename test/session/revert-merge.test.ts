// Taking a change out of a text that has changed since.
import { expect, test } from "bun:test";
import { mergeChange } from "@/session/revert-merge";

async function merge(base: string, ours: string, theirs: string): Promise<string | undefined> {
  const [a, b, c] = [base, ours, theirs].map((text) => Buffer.from(text, "latin1"));
  if (!a || !b || !c) throw new Error("three texts");
  return (await mergeChange(a, b, c))?.toString("latin1");
}

test.each([
  ["apart", "1\n2\n3\n4\n", "1\n2\n3\nX\n", "Y\n2\n3\n4\n", "Y\n2\n3\nX\n"],
  ["neighbours", "1\n2\n3\n", "1\nX\n3\n", "1\n2\nY\n", "1\nX\nY\n"],
  ["the same change", "1\n2\n3\n4\n", "1\nX\n3\n4\n", "1\nX\n3\nY\n", "1\nX\n3\nY\n"],
  ["insertions apart", "1\n2\n3\n", "1\nX\n2\n3\n", "1\n2\nY\n3\n", "1\nX\n2\nY\n3\n"],
  ["CRLF", "1\r\n2\r\n3\r\n", "1\r\n2\r\nX\r\n", "Y\r\n2\r\n3\r\n", "Y\r\n2\r\nX\r\n"],
  ["no newline at the end", "1\n2\n3", "X\n2\n3", "1\n2\nY", "X\n2\nY"],
  ["any bytes", "\xff\n2\n\x80\n", "\xfe\n2\n\x80\n", "\xff\n2\n\x81\n", "\xfe\n2\n\x81\n"],
  ["binary that did not change since", "\0a", "\0a", "\0b", "\0b"],
])("merges: %s", async (_, base, ours, theirs, merged) => {
  expect(await merge(base, ours, theirs)).toBe(merged);
});

test.each([
  ["the same line", "1\n2\n3\n", "1\nX\n3\n", "1\nY\n3\n"],
  ["a line that was removed", "1\n2\n3\n", "1\n3\n", "1\nY\n3\n"],
  ["an insertion beside a removed line", "1\n2\n3\n", "1\n2\nX\n3\n", "1\n3\n"],
  ["two insertions in one place", "1\n2\n", "1\nX\n2\n", "1\nY\n2\n"],
  ["binary", "\0a\nb\n", "\0a\nc\n", "\0d\nb\n"],
  ["everything was replaced", "1\n2\n", "a\nb\n", "1\n3\n"],
])("has no answer: %s", async (_, base, ours, theirs) => {
  expect(await merge(base, ours, theirs)).toBeUndefined();
});

test("a huge text that differs everywhere is given up, not waited for", async () => {
  const text = (word: string) => Array.from({ length: 60_000 }, (_, i) => `${word}${i}\n`).join("");
  expect(await merge(text("a"), text("b"), text("c"))).toBeUndefined();
});
