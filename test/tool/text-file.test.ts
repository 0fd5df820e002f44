import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { findEOL, readTextFile, toEOL, writeTextFile } from "@/tool/text-file";
import { tempTree } from "@test/support/temp";

test("what is read and written back is the same file", async () => {
  const files = {
    plain: "a\nb\n",
    crlf: "\uFEFFa\r\nb\n",
    empty: "",
    latin: Buffer.from("a\xe9\xff\n", "latin1"),
  };
  await using directory = await tempTree(files);
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory.path, name);
    await chmod(path, 0o640);
    const file = await readTextFile(path);
    if (!file) throw new Error(`${name} is missing`);
    const state = await writeTextFile(path, file.text, file);
    expect(await readFile(path)).toEqual(Buffer.from(content));
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(state.hash).toBe(file.state.hash ?? "");
  }
});

test("a missing file is undefined, also below a file", async () => {
  await using directory = await tempTree({ a: "" });
  expect(await readTextFile(join(directory.path, "b"))).toBeUndefined();
  expect(await readTextFile(join(directory.path, "a/b"))).toBeUndefined();
});

test("the more frequent line ending counts", () => {
  expect(findEOL("a\r\nb\r\nc\n")).toBe("\r\n");
  expect(findEOL("a\r\nb\nc\n")).toBe("\n");
  expect(findEOL("a")).toBe("\n");
  expect(toEOL("a\r\nb\nc", "\r\n")).toBe("a\r\nb\r\nc");
});
