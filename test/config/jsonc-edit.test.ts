import { expect, test } from "bun:test";
import { setValue } from "@/config/jsonc-edit";
import type { KeyPath } from "@/config/key-path";

const set = (text: string, path: KeyPath, value: unknown) => {
  return setValue(text, path, value, { insertSpaces: true, tabSize: 2, eol: "\n" });
};

const ADDED: [name: string, before: string, after: string][] = [
  ["behind a comma", '{\n  "a": 1, // one\n}', '{\n  "a": 1, // one\n  "b": 2,\n}'],
  ["without a comma", '{\n  "a": 1 // one\n}', '{\n  "a": 1, // one\n  "b": 2\n}'],
  ["in a block", '{\n  "a": 1 /* one */\n}', '{\n  "a": 1, /* one */\n  "b": 2\n}'],
  ["below", '{\n  "a": 1\n  // more\n}', '{\n  "a": 1,\n  "b": 2\n  // more\n}'],
  [
    "of a list",
    '{\n  "a": [\n    1\n  ] // one\n}',
    '{\n  "a": [\n    1\n  ], // one\n  "b": 2\n}',
  ],
  ["on one line", '{ "a": 1 }', '{\n  "a": 1,\n  "b": 2\n}'],
];

test.each(ADDED)(
  "a comment stays with its key when another follows: %s",
  async (_, text, after) => {
    expect(await set(text, ["b"], 2)).toBe(after);
  },
);

test("also where objects are made on the way, and nested", async () => {
  const text = '{\n  "a": {\n    "b": 1 // one\n  } // a\n}';
  expect(await set(text, ["a", "c", "d"], 2)).toBe(
    '{\n  "a": {\n    "b": 1, // one\n    "c": {\n      "d": 2\n    }\n  } // a\n}',
  );
  expect(await set(text, ["x", "y"], 2)).toBe(
    '{\n  "a": {\n    "b": 1 // one\n  }, // a\n  "x": {\n    "y": 2\n  }\n}',
  );
  expect(await set(text, ["a", "b"], 2)).toBe(text.replace("1", "2"));
});

const REMOVED: [name: string, before: string, after: string][] = [
  ["the first", '{\n  "b": 2,\n  "a": 1 // one\n}', '{\n  "a": 1 // one\n}'],
  ["the last", '{\n  "a": 1, // one\n  "b": 2\n}', '{\n  "a": 1 // one\n}'],
  ["the last with a comma", '{\n  "a": 1, // one\n  "b": 2,\n}', '{\n  "a": 1, // one\n}'],
  ["the only one", '{\n  // none\n  "b": 2\n}', "{\n  // none\n}"],
  ["with a comment", '{\n  "b": 2, // two\n  "a": 1\n}', '{\n  // two\n  "a": 1\n}'],
  ["with lines", '{\n  "b": {\n    "c": 1\n  },\n  "a": 1\n}', '{\n  "a": 1\n}'],
  ["on one line", '{ "a": 1, "b": 2 }', '{ "a": 1 }'],
  ["none", '{ "a": 1 }', '{ "a": 1 }'],
];

test.each(REMOVED)("what is removed takes no comment with it: %s", async (_, text, after) => {
  expect(await set(text, ["b"], undefined)).toBe(after);
});
