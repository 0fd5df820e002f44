import { expect, test } from "bun:test";
import { AppError } from "@/base/error";
import { editJSONC, findPlace, parseJSONC } from "@/config/jsonc";

test("comments and trailing commas are read", async () => {
  const text = '// c\n{ "a": "http://x", /* b */ "list": [1, 2,], }\n';
  expect(await parseJSONC(text, "f")).toEqual({ a: "http://x", list: [1, 2] });
});

test("a file without a value is an empty configuration", async () => {
  for (const text of ["", " \n", "// only words", "/* \n */", "\uFEFF"]) {
    expect(await parseJSONC(text, "f")).toEqual({});
  }
});

const FAULTS: [text: string, line: number, column: number, reason: string][] = [
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, "comma expected"],
  ['{\n  "a": ,\n}', 2, 8, "value expected"],
  ['{\n  "a": 1', 2, 9, "close brace expected"],
  ["{ a: 1 }", 1, 3, "invalid symbol"],
];

test.each(FAULTS)("%j is refused with its place", async (text, line, column, reason) => {
  const error = await parseJSONC(text, "/p/opencode.json").catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error("not refused");
  expect(error.kind).toBe("invalid");
  expect(error.message).toStartWith(`/p/opencode.json:${line}:${column}: ${reason}\n`);
  expect(error.message.split("\n").at(-1)).toEndWith("^");
  expect(error.data).toMatchObject({ path: "/p/opencode.json", line, column });
});

test("the excerpt shows the line, the one before, and a mark below the column", async () => {
  const error = await parseJSONC('{\n  "a": 1\n  "b": 2\n}', "f").catch(
    (thrown: unknown) => thrown,
  );
  expect(String(error)).toEndWith('  2 |   "a": 1\n> 3 |   "b": 2\n    |   ^');
});

test("anything but an object is refused", async () => {
  for (const text of ["[]", "null", "3", '"x"']) {
    await expect(parseJSONC(text, "f")).rejects.toThrow("f:1:1: must hold an object");
  }
});

test("a path is found, or the nearest that is there", async () => {
  const text = '{\n  "a": {\n    "b": [true]\n  }\n}';
  expect(await findPlace(text, ["a", "b", 0])).toEqual({ line: 3, column: 11 });
  expect(await findPlace(text, ["a", "missing"])).toEqual({ line: 2, column: 8 });
});

test("edits keep comments, order, indentation and line ends", async () => {
  const text = '{\r\n\t// why\r\n\t"a": 1, // one\r\n\t"b": 2\r\n}\r\n';
  const edited = await editJSONC(
    text,
    [
      { path: ["a"], value: 5 },
      { path: ["d"], value: true },
    ],
    "f",
  );
  expect(edited).toBe('{\r\n\t// why\r\n\t"a": 5, // one\r\n\t"b": 2,\r\n\t"d": true\r\n}\r\n');
});

test("an empty file and a file of comments can be edited", async () => {
  const edit = [{ path: ["a"], value: 1 }];
  expect(await editJSONC("", edit, "f")).toBe('{\n  "a": 1\n}\n');
  expect(await editJSONC("// words", edit, "f")).toBe('// words\n{\n  "a": 1\n}\n');
});

test("a malformed text is not edited", async () => {
  await expect(editJSONC('{ "a": 1', [], "f")).rejects.toThrow("f:1:9: close brace expected");
});

test("a value that is nested too deep is refused, one below the limit is written", async () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
  const edit = (depth: number) => editJSONC("{}", [{ path: ["x"], value: nested(depth) }], "f");
  expect(JSON.parse(await edit(98))).toEqual({ x: nested(98) });
  for (const depth of [99, 100, 3_000]) await expect(edit(depth)).rejects.toThrow("f: x is nested");
});
