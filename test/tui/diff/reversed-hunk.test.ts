// A hunk taken back by the patch that git itself applies.
import { join } from "node:path";
import { expect, test } from "bun:test";
import { parsePatch } from "@/tui/diff/patch-rows";
import { reversedHunk } from "@/tui/diff/reversed-hunk";
import { git, gitRepository, readTree, tempDirectory, writeTree } from "@test/support/temp";

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

/** The file after hunk `index` of what was changed in it has been taken back. */
async function takenBack(
  before: string | undefined,
  after: string,
  index: number,
): Promise<string | undefined> {
  await using directory = await tempDirectory();
  await gitRepository(directory.path, {
    "other.txt": "",
    ...(before !== undefined && { x: before }),
  });
  await writeTree(directory.path, { x: after });
  await git(directory.path, "add", "-AN");
  const [file] = parsePatch(await git(directory.path, "diff"));
  const patch = file && reversedHunk(file, index);
  if (patch === undefined) return undefined;
  await writeTree(directory.path, { "back.patch": patch });
  await git(directory.path, "apply", "back.patch");
  return (await Bun.file(join(directory.path, "x")).exists())
    ? await readTree(directory.path, "x")
    : "(gone)";
}

test("one hunk of two", async () => {
  const before = lines(40);
  const after = before.with(4, "five").with(30, "thirty-one");
  const joined = (all: string[]) => `${all.join("\n")}\n`;
  expect(await takenBack(joined(before), joined(after), 0)).toBe(
    joined(before.with(30, "thirty-one")),
  );
  expect(await takenBack(joined(before), joined(after), 1)).toBe(joined(before.with(4, "five")));
});

test.each<[string, string | undefined, string, string]>([
  ["lines put in", "a\nb\n", "a\nnew\nb\n", "a\nb\n"],
  ["lines taken out", "a\nb\nc\n", "a\nc\n", "a\nb\nc\n"],
  ["everything taken out", "a\nb\n", "", "a\nb\n"],
  ["the first content", "", "a\n", ""],
  ["a file without a last line end", "a\nb", "a\nc", "a\nb"],
  ["a new file", undefined, "a\nb\n", "(gone)"],
])("%s", async (_, before, after, wanted) => {
  expect(await takenBack(before, after, 0)).toBe(wanted);
});

test("there is nothing to take back of what is no text", async () => {
  expect(await takenBack("a\0b", "a\0c", 0)).toBeUndefined();
});
