// JSON in a longer text: where it ends, and what of it is forgiven.

import { expect, test } from "bun:test";
import { readLooseJSON } from "@/llm/loose-json";

test.each([
  ['{"a": 1} and more', { a: 1 }, 8],
  ['[{"a": "}"}, "]"]x', [{ a: "}" }, "]"], 17],
  ['{"a": "say \\"{\\""}', { a: 'say "{"' }, 18],
  ['{"a": "one\ntwo\t"}', { a: "one\ntwo\t" }, 17],
  ['{"a": {}}', { a: {} }, 9],
])("%j", (text, value, end) => {
  expect(readLooseJSON(text, 0)).toEqual({ value, end });
});

test.each(["", "x", "1", '"text"', "{", '{"a": ', '{"a" 1}', '{"a": "', "{a: 1}", '{"a": 1]'])(
  "%j is none",
  (text) => {
    expect(readLooseJSON(text, 0)).toBeUndefined();
  },
);

test("a string of millions of characters is read at once", () => {
  const text = 'x\n\\"'.repeat(2_000_000);
  const read = readLooseJSON(JSON.stringify({ text }), 0);
  expect(read?.value).toEqual({ text });
});

test("a long text of nothing but brackets is none", () => {
  expect(readLooseJSON("[".repeat(100_000), 0)).toBeUndefined();
});
