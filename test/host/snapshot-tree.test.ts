// Edited trees are the ones that git makes of the same files.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { SnapshotObjects } from "@/host/snapshot-objects";
import { directoriesOf, SnapshotTree, type TreeEdit } from "@/host/snapshot-tree";
import { git, gitRepository, tempDirectory, type Tree } from "@test/support/temp";

/** The tree of `files`, edited; git reads it back. */
async function edit(files: Tree, edits: Record<string, TreeEdit>): Promise<string[]> {
  await using directory = await tempDirectory();
  const project = directory.path;
  await gitRepository(project, files);
  const hash = (await git(project, "rev-parse", "HEAD^{tree}")).trim();
  const objects = new SnapshotObjects(join(project, ".git/objects"), "sha1");
  const lists = new Map<string, Buffer>();
  for (const path of directoriesOf(Object.keys(edits))) {
    const argv = ["git", "cat-file", "tree", `${hash}:${path}`];
    const child = Bun.spawn(argv, { cwd: project, stderr: "ignore" });
    const bytes = Buffer.from(await child.stdout.bytes());
    if ((await child.exited) === 0) lists.set(path, bytes);
  }
  const tree = new SnapshotTree(hash, lists);
  const put = (list: Buffer) => objects.put(list, { type: "tree" });
  const edited = await tree.write(new Map(Object.entries(edits)), put);
  // Git complains of a tree that is not sorted as it wants.
  await git(project, "fsck", "--strict", "--no-dangling", edited);
  const listed = await git(project, "-c", "core.quotePath=false", "ls-tree", "-r", edited);
  const lines = listed.split("\n").filter((line) => line !== "");
  return lines.map((line) => line.replace(/^(\d+) blob .{40}\t/, "$1 "));
}

const EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
const file = { mode: "100644", hash: EMPTY };
const FILES: Tree = { "a/b": "", "a/c/d": "", "a.txt": "", a0: "", é: "", empty: "" };

test("files are added, changed and removed, at every depth", async () => {
  const edits = {
    "a/c/d": "gone",
    "a/é/new": file,
    "a/b": { mode: "100755", hash: EMPTY },
    é: "gone",
    "z z": { mode: "120000", hash: EMPTY },
  } as const;
  expect(await edit(FILES, edits)).toEqual([
    "100644 a.txt",
    "100755 a/b",
    "100644 a/é/new",
    "100644 a0",
    "100644 empty",
    "120000 z z",
  ]);
});

test("a directory in the place of a file, and a file in the place of a directory", async () => {
  const edits = { a: file, "a/b": "gone", "a/c/d": "gone", a0: "directory", "a0/x": file } as const;
  expect(await edit(FILES, edits)).toEqual([
    "100644 a",
    "100644 a.txt",
    "100644 a0/x",
    "100644 empty",
    "100644 é",
  ]);
});

test("a directory that is gone takes all below it; an empty one is none", async () => {
  const rest = ["100644 a.txt", "100644 a0", "100644 empty", "100644 é"];
  expect(await edit(FILES, { a: "gone" })).toEqual(rest);
  expect(await edit(FILES, { a: "directory", "a/b": "gone", "a/c": "gone" })).toEqual(rest);
  expect(await edit({ a: "" }, { a: "gone" })).toEqual([]);
});

test("edits that change nothing, also of what is not there", async () => {
  const all = [
    "100644 a.txt",
    "100644 a/b",
    "100644 a/c/d",
    "100644 a0",
    "100644 empty",
    "100644 é",
  ];
  const edits = { "a/b": file, "n/o": "gone", a: "directory", new: "directory", "a0/x": "gone" };
  expect(await edit(FILES, edits as Record<string, TreeEdit>)).toEqual(all);
});
