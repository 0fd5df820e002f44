// Unified diffs as rows.
import { expect, test } from "bun:test";
import { createPatch } from "@/base/unified-diff";
import { parsePatch } from "@/tui/diff/patch-rows";
import { git, gitRepository, tempDirectory, writeTree } from "@test/support/temp";

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

test("rows carry the numbers of both sides", async () => {
  const before = ["a", "b", "c", ""].join("\n");
  const after = ["a", "B", "B2", "c", ""].join("\n");
  const [file, ...others] = parsePatch(await createPatch("x.txt", before, after));
  expect(others).toEqual([]);
  expect(file).toMatchObject({ path: "x.txt", status: "modified", additions: 2, deletions: 1 });
  expect(file?.hunks).toEqual([
    {
      skipped: 0,
      rows: [
        { kind: "context", before: 1, after: 1, text: "a" },
        { kind: "removed", before: 2, text: "b" },
        { kind: "added", after: 2, text: "B" },
        { kind: "added", after: 3, text: "B2" },
        { kind: "context", before: 3, after: 4, text: "c" },
      ],
    },
  ]);
});

test("what lies between hunks is counted", async () => {
  const before = lines(40);
  const after = before.map((line, index) => (index === 9 || index === 29 ? "changed" : line));
  const [file] = parsePatch(await createPatch("x", before.join("\n"), after.join("\n")));
  expect(file?.hunks.map(({ skipped, rows }) => [skipped, rows.length])).toEqual([
    [6, 8],
    [13, 8],
  ]);
});

test("lines that look like headers stay lines", async () => {
  const patch = await createPatch("x.sql", "-- old\n++ a\n", "-- new\n++ a\n");
  const [file, ...others] = parsePatch(patch);
  expect(others).toEqual([]);
  expect(file?.hunks[0]?.rows.map(({ kind, text }) => [kind, text])).toEqual([
    ["removed", "-- old"],
    ["added", "-- new"],
    ["context", "++ a"],
  ]);
});

test("files that git adds, removes, renames, and binary ones", async () => {
  await using directory = await tempDirectory();
  const files = { "gone.txt": "x\n", "old name.txt": `${lines(9).join("\n")}\n`, "b.bin": "\0a" };
  await gitRepository(directory.path, files);
  await git(directory.path, "rm", "-q", "gone.txt");
  await git(directory.path, "mv", "old name.txt", "new name.txt");
  await writeTree(directory.path, { "new.txt": "one\ntwo", "b.bin": "\0b" });
  await git(directory.path, "add", "-A");
  const found = parsePatch(await git(directory.path, "diff", "--cached", "-M"));
  const shown = found.map(({ path, from, status, additions, deletions, isBinary }) => {
    return { path, ...(from ? { from } : {}), status, additions, deletions, isBinary };
  });
  expect(shown).toEqual([
    { path: "b.bin", status: "modified", additions: 0, deletions: 0, isBinary: true },
    { path: "gone.txt", status: "deleted", additions: 0, deletions: 1, isBinary: false },
    {
      path: "new name.txt",
      from: "old name.txt",
      status: "modified",
      additions: 0,
      deletions: 0,
      isBinary: false,
    },
    { path: "new.txt", status: "added", additions: 2, deletions: 0, isBinary: false },
  ]);
});

test("a damaged patch shows what can be read of it", () => {
  const [file] = parsePatch(
    "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n+c\nnonsense\n@@ -9 +9 @@\n-y",
  );
  expect(file?.hunks.map(({ rows }) => rows.map(({ text }) => text))).toEqual([
    ["a", "b", "c"],
    ["y"],
  ]);
  expect(parsePatch("")).toEqual([]);
  expect(parsePatch("no patch at all")).toEqual([]);
});
