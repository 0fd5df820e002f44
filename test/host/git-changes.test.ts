// Changed files and their patches, in real repositories.
import { expect, test } from "bun:test";
import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { readEnv } from "@/base/env";
import { findRepository, Git } from "@/host/git";
import { gitDiff, gitRawDiff, gitStatus } from "@/host/git-changes";
import { git, gitRepository, GIT_ENV, tempDirectory, writeTree } from "@test/support/temp";

async function openGit(path: string): Promise<Git> {
  const repository = await findRepository(path);
  if (!repository) throw new Error(`no repository at ${path}`);
  return new Git(repository, { ...readEnv(), ...GIT_ENV });
}

const TREE = {
  "changed.txt": "a\nb\nc\n",
  "gone.txt": "x\ny\n",
  "same.txt": "s\n",
  "ü b.txt": "1\n",
};

async function change(root: string): Promise<void> {
  await gitRepository(root, { ...TREE, ".gitignore": "*.log\n" });
  await writeTree(root, {
    "changed.txt": "a\nB\nc\nd\n",
    "ü b.txt": "2\n",
    "staged.txt": "1\n2\n",
    "sub/new.txt": "1\n2\n3",
    "noise.log": "x\n",
  });
  await rm(join(root, "gone.txt"));
  await git(root, "add", "staged.txt");
}

test("lists changed, added, deleted and unknown files with their lines", async () => {
  await using directory = await tempDirectory();
  await change(directory.path);
  expect(await gitStatus(await openGit(directory.path))).toEqual([
    { file: "changed.txt", additions: 2, deletions: 1, status: "modified" },
    { file: "gone.txt", additions: 0, deletions: 2, status: "deleted" },
    { file: "staged.txt", additions: 2, deletions: 0, status: "added" },
    { file: "sub/new.txt", additions: 3, deletions: 0, status: "added" },
    { file: "ü b.txt", additions: 1, deletions: 1, status: "modified" },
  ]);
});

test("before the first commit everything is added", async () => {
  await using directory = await tempDirectory();
  await git(directory.path, "init", "--quiet");
  await writeTree(directory.path, { "a.txt": "1\n", "b.txt": "1\n" });
  await git(directory.path, "add", "a.txt");
  const files = await gitStatus(await openGit(directory.path));
  expect(files.map(({ file, status }) => `${file} ${status}`)).toEqual([
    "a.txt added",
    "b.txt added",
  ]);
});

test("binary and linked files have no lines", async () => {
  await using directory = await tempDirectory();
  const [before, after] = [new Uint8Array([0, 1]), new Uint8Array([0, 2])];
  await gitRepository(directory.path, { "a.bin": before });
  await writeTree(directory.path, { "a.bin": after, "b.bin": after });
  await symlink("/etc/passwd", join(directory.path, "link"));
  const files = await gitStatus(await openGit(directory.path));
  expect(files.map(({ file, additions }) => [file, additions])).toEqual([
    ["a.bin", 0],
    ["b.bin", 0],
    ["link", 0],
  ]);
});

test("a file taken out of the index but still there has changed", async () => {
  await using directory = await tempDirectory();
  await gitRepository(directory.path, { "a.txt": "1\n" });
  await git(directory.path, "rm", "--quiet", "--cached", "a.txt");
  expect(await gitStatus(await openGit(directory.path))).toMatchObject([{ status: "modified" }]);
});

test("gives each file's patch, those unknown to git included", async () => {
  await using directory = await tempDirectory();
  await change(directory.path);
  const files = await gitDiff(await openGit(directory.path), { mode: "git" });
  const patches = Object.fromEntries(files.map(({ file, patch }) => [file, patch]));
  expect(patches["changed.txt"]).toContain("\n a\n-b\n+B\n c\n+d\n");
  expect(patches["gone.txt"]).toContain("\n-x\n-y\n");
  expect(patches["sub/new.txt"]).toContain("\n+1\n+2\n+3\n");
  expect(patches["ü b.txt"]).toContain("\n-1\n+2\n");
  expect(files).toHaveLength(5);
});

test("against the default branch, commits since then count too", async () => {
  await using directory = await tempDirectory();
  const root = directory.path;
  await gitRepository(root, { "a.txt": "1\n" });
  await git(root, "switch", "--quiet", "-c", "side");
  await writeTree(root, { "b.txt": "2\n" });
  await git(root, "add", "--all");
  await git(root, "commit", "--quiet", "-m", "second");
  const repository = await openGit(root);
  expect(await gitDiff(repository, { mode: "git" })).toEqual([]);
  expect(await gitDiff(repository, { mode: "branch" })).toMatchObject([
    { file: "b.txt", status: "added", additions: 1 },
  ]);
});

test("the raw patch can be applied", async () => {
  await using directory = await tempDirectory();
  const root = join(directory.path, "repo");
  await change(root);
  const patch = await gitRawDiff(await openGit(root), { mode: "git" });
  await git(root, "stash", "--quiet");
  await writeTree(directory.path, { "a.patch": patch });
  await git(root, "apply", "--check", join(directory.path, "a.patch"));
});
