// The project's files, and nothing else.
import { expect, test } from "bun:test";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { readEnv } from "@/base/env";
import { findRepository, Git } from "@/host/git";
import { FILE_READ_MAX_BYTES, ProjectFiles } from "@/host/project-files";
import { gitRepository, GIT_ENV, tempDirectory, tempTree, writeTree } from "@test/support/temp";

async function openFiles(directory: string, root = directory): Promise<ProjectFiles> {
  const repository = await findRepository(root);
  if (!repository) return new ProjectFiles({ directory });
  const git = new Git(repository, { ...readEnv(), ...GIT_ENV });
  return new ProjectFiles({ directory, git });
}

test("lists directories first, marks what is ignored, and shows .git", async () => {
  await using directory = await tempDirectory();
  const root = directory.path;
  await gitRepository(root, { ".gitignore": "out/\n*.log\n", "b.ts": "", "src/a.ts": "" });
  await writeTree(root, { "out/x": "", "a.log": "" });
  const nodes = await (await openFiles(root)).list("");
  expect(nodes.map(({ path, ignored }) => (ignored ? `${path} ignored` : path))).toEqual([
    ".git/",
    "out/ ignored",
    "src/",
    ".gitignore",
    "a.log ignored",
    "b.ts",
  ]);
  expect(nodes.find(({ name }) => name === "src")).toEqual({
    name: "src",
    path: "src/",
    absolute: join(root, "src"),
    type: "directory",
    ignored: false,
  });
});

test("what is ignored is marked also beside links to directories, and behind them", async () => {
  await using directory = await tempDirectory();
  const root = directory.path;
  await gitRepository(root, { ".gitignore": "*.log\nskip\n", "src/a.ts": "" });
  await writeTree(root, { "a.log": "", "src/b.log": "" });
  for (const name of ["link", "skip"]) await symlink("src", join(root, name));
  const files = await openFiles(root);
  const marked = async (path: string) => {
    const nodes = await files.list(path);
    return nodes.map((node) => (node.ignored ? `${node.path} ignored` : node.path));
  };
  expect(await marked("")).toEqual([
    ...[".git/", "link/", "skip/ ignored", "src/"],
    ...[".gitignore", "a.log ignored"],
  ]);
  expect(await marked("link")).toEqual(["link/a.ts", "link/b.log ignored"]);
});

test("paths are relative to the directory, also below the worktree", async () => {
  await using directory = await tempDirectory();
  const root = directory.path;
  await gitRepository(root, { ".gitignore": "*.log\n", "pkg/src/a.ts": "old\n", "other.ts": "" });
  await writeTree(root, { "pkg/src/a.ts": "new\n", "pkg/src/b.log": "", "other.ts": "changed\n" });
  const files = await openFiles(join(root, "pkg"), root);
  const nodes = await files.list("src");
  expect(nodes.map(({ path, ignored }) => [path, ignored])).toEqual([
    ["src/a.ts", false],
    ["src/b.log", true],
  ]);
  expect(await files.status()).toEqual([
    { path: "src/a.ts", added: 1, removed: 1, status: "modified" },
  ]);
});

test("reads texts without their final newline", async () => {
  const texts = { "a.txt": "one\ntwo\n", "crlf.txt": "a\r\nb\r\n", "e.txt": "" };
  await using tree = await tempTree(texts);
  const files = await openFiles(tree.path);
  expect(await files.read("a.txt")).toEqual({ type: "text", content: "one\ntwo" });
  expect(await files.read("crlf.txt")).toEqual({ type: "text", content: "a\r\nb" });
  expect(await files.read("e.txt")).toEqual({ type: "text", content: "" });
  expect((await files.read(join(tree.path, "a.txt"))).content).toBe("one\ntwo");
});

test("reads images and other binary files in base64", async () => {
  const pixels = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1]);
  await using tree = await tempTree({ "a.PNG": pixels, "b.bin": pixels, "c.svg": "<svg/>\n" });
  const files = await openFiles(tree.path);
  const content = Buffer.from(pixels).toString("base64");
  expect(await files.read("a.PNG")).toEqual({
    type: "binary",
    content,
    encoding: "base64",
    mimeType: "image/png",
  });
  expect(await files.read("b.bin")).toEqual({ type: "binary", content, encoding: "base64" });
  expect(await files.read("c.svg")).toEqual({ type: "text", content: "<svg/>" });
});

test("shows what has changed since the last commit", async () => {
  await using directory = await tempDirectory();
  await gitRepository(directory.path, { "a.txt": "one\ntwo\n", "same.txt": "s\n" });
  await writeTree(directory.path, { "a.txt": "one\n2\n", "new.txt": "n\n" });
  const files = await openFiles(directory.path);
  const content = await files.read("a.txt");
  expect(content.diff).toContain("-two\n+2\n");
  expect(content.patch?.hunks[0]?.lines).toEqual([" one", "-two", "+2"]);
  expect(await files.read("same.txt")).toEqual({ type: "text", content: "s" });
  expect(await files.read("new.txt")).toEqual({ type: "text", content: "n" });
});

test("nothing outside is shown, whatever the path and wherever links lead", async () => {
  await using directory = await tempDirectory();
  const root = join(directory.path, "project");
  await writeTree(directory.path, { "project/a.txt": "x", "outside.txt": "secret" });
  await mkdir(join(directory.path, "project-too"));
  await symlink(directory.path, join(root, "up"));
  await symlink(join(directory.path, "outside.txt"), join(root, "link.txt"));
  await symlink(join(root, "a.txt"), join(root, "fine.txt"));
  const files = await openFiles(root);
  const outside = ["../outside.txt", "up/outside.txt", "link.txt", "/etc/passwd", "../project-too"];
  for (const path of outside) {
    await expect(files.read(path)).rejects.toMatchObject({ kind: "denied" });
    await expect(files.list(path)).rejects.toMatchObject({ kind: "denied" });
  }
  expect((await files.read("fine.txt")).content).toBe("x");
  expect((await files.read("sub/../a.txt")).content).toBe("x");
});

test("what cannot be read is told", async () => {
  await using tree = await tempTree({ "src/a.ts": "x" });
  const files = await openFiles(tree.path);
  await expect(files.read("none.txt")).rejects.toMatchObject({ kind: "not-found" });
  await expect(files.list("none")).rejects.toMatchObject({ kind: "not-found" });
  await expect(files.read("src")).rejects.toMatchObject({ kind: "invalid" });
  await expect(files.list("src/a.ts")).rejects.toMatchObject({ kind: "invalid" });
  await expect(files.read("a\0b")).rejects.toMatchObject({ kind: "invalid" });
  await Bun.write(join(tree.path, "large"), new Uint8Array(FILE_READ_MAX_BYTES + 1));
  await expect(files.read("large")).rejects.toMatchObject({ kind: "limit" });
});

test("without git there is no status", async () => {
  await using tree = await tempTree({ "a.txt": "x" });
  expect(await (await openFiles(tree.path)).status()).toEqual([]);
});
