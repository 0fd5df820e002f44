// Asking git, and not being run by a repository.
import { expect, test } from "bun:test";
import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { readEnv } from "@/base/env";
import { findRepository, Git } from "@/host/git";
import { git, gitRepository, GIT_ENV, tempDirectory, writeTree } from "@test/support/temp";

const ENV = { ...readEnv(), ...GIT_ENV };

async function openGit(path: string): Promise<Git> {
  const repository = await findRepository(path);
  if (!repository) throw new Error(`no repository at ${path}`);
  return new Git(repository, ENV);
}

test("finds the repository from below, and none where there is none", async () => {
  await using directory = await tempDirectory();
  const root = join(directory.path, "repo");
  await gitRepository(root, { "a/b/c.txt": "x" });
  expect(await findRepository(join(root, "a/b"))).toEqual({
    worktree: root,
    gitDirectory: join(root, ".git"),
    commonDirectory: join(root, ".git"),
  });
  expect(await findRepository(directory.path)).toBeUndefined();
});

test("an empty .git directory is no repository", async () => {
  await using directory = await tempDirectory();
  await mkdir(join(directory.path, ".git"));
  expect(await findRepository(directory.path)).toBeUndefined();
});

test("knows worktrees and submodules", async () => {
  await using directory = await tempDirectory();
  const [root, tree] = [join(directory.path, "repo"), join(directory.path, "tree")];
  await gitRepository(root, { "a.txt": "x" });
  await git(root, "worktree", "add", "--quiet", "-b", "side", tree);
  const found = await findRepository(tree);
  expect(found?.worktree).toBe(tree);
  expect(found?.commonDirectory).toBe(join(root, ".git"));
  expect(await (await openGit(tree)).branch()).toBe("side");
  expect(await (await openGit(tree)).rootCommit()).toBe(await (await openGit(root)).rootCommit());

  const outer = join(directory.path, "outer");
  await gitRepository(outer);
  await git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", root, "sub");
  expect(await findRepository(join(outer, "sub"))).toMatchObject({
    worktree: join(outer, "sub"),
    gitDirectory: join(outer, ".git/modules/sub"),
  });
  expect(await (await openGit(join(outer, "sub"))).show("a.txt")).toBe("x");
});

test("tells the first commit and the branches", async () => {
  await using directory = await tempDirectory();
  await gitRepository(directory.path, { "a.txt": "x" });
  const first = await git(directory.path, "rev-parse", "HEAD");
  await git(directory.path, "switch", "--quiet", "-c", "feature/x");
  await git(directory.path, "commit", "--quiet", "--allow-empty", "-m", "second");
  const repository = await openGit(directory.path);
  expect(await repository.rootCommit()).toBe(first);
  expect(await repository.branch()).toBe("feature/x");
  expect(await repository.defaultBranch()).toBe("main");
  await git(directory.path, "checkout", "--quiet", "--detach");
  expect(await repository.branch()).toBeUndefined();
});

test("a repository without a commit has a branch and no first commit", async () => {
  await using directory = await tempDirectory();
  await git(directory.path, "init", "--quiet", "--initial-branch=trunk");
  const repository = await openGit(directory.path);
  expect(await repository.rootCommit()).toBeUndefined();
  expect(await repository.branch()).toBe("trunk");
  expect(await repository.defaultBranch()).toBe("trunk");
});

test("shows committed texts and tells what is ignored, whatever the names", async () => {
  await using directory = await tempDirectory();
  await gitRepository(directory.path, { ".gitignore": "*.log\nout/\n", "ä 'b'.txt": "old\n" });
  await writeTree(directory.path, { "ä 'b'.txt": "new\n", "x\ny.log": "", "out/a": "" });
  const repository = await openGit(directory.path);
  expect(await repository.show("ä 'b'.txt")).toBe("old\n");
  expect(await repository.show("none.txt")).toBeUndefined();
  const asked = ["ä 'b'.txt", "x\ny.log", "out/", "-x.log"];
  expect(await repository.ignored(asked)).toEqual(["x\ny.log", "out/", "-x.log"]);
  expect(await repository.ignored([])).toEqual([]);
});

test("runs nothing that the repository's configuration names", async () => {
  await using directory = await tempDirectory();
  const [root, proof] = [join(directory.path, "repo"), join(directory.path, "proof")];
  await gitRepository(root, { "a.txt": "x\n", ".gitattributes": "* filter=evil diff=evil\n" });
  await mkdir(proof);
  const trap = (name: string) => `touch ${join(proof, name)}; cat`;
  const traps = {
    "core.fsmonitor": trap("fsmonitor"),
    "core.pager": trap("pager"),
    "core.hooksPath": proof,
    "diff.external": trap("external"),
    "diff.evil.command": trap("command"),
    "diff.evil.textconv": trap("textconv"),
    "filter.evil.clean": trap("clean"),
    "filter.evil.smudge": trap("smudge"),
    "filter.evil.process": trap("process"),
    "filter.evil.required": "true",
    "alias.diff": `!${trap("alias")}`,
  };
  for (const [key, value] of Object.entries(traps)) await git(root, "config", key, value);
  await writeTree(root, { "a.txt": "changed\n", "new.txt": "y\n" });
  const repository = await openGit(root);
  expect(await repository.text(["diff", "--no-ext-diff", "--no-textconv"])).toContain("+changed");
  expect(await repository.text(["status", "--porcelain"])).toContain("new.txt");
  await repository.show("a.txt");
  await repository.ignored(["a.txt"]);
  expect(await readdir(proof)).toEqual([]);
});

test("is not sent elsewhere by the environment", async () => {
  await using directory = await tempDirectory();
  await gitRepository(directory.path, { "a.txt": "x" });
  const repository = await findRepository(directory.path);
  if (!repository) throw new Error("no repository");
  const misled = new Git(repository, { ...ENV, GIT_DIR: "/nonexistent", GIT_INDEX_FILE: "/x" });
  expect(await misled.rootCommit()).toMatch(/^[0-9a-f]{40}$/);
});

test("without git, or in a place that is gone, there are no answers and no errors", async () => {
  await using directory = await tempDirectory();
  const root = join(directory.path, "repo");
  await gitRepository(root, { "a.txt": "x" });
  const repository = await findRepository(root);
  if (!repository) throw new Error("no repository");
  const without = new Git(repository, { PATH: directory.path });
  expect(await without.rootCommit()).toBeUndefined();
  expect(await without.ignored(["a"])).toEqual([]);
  expect(await without.branch()).toBe("main");
  await rename(root, join(directory.path, "moved"));
  expect(await new Git(repository, ENV).rootCommit()).toBeUndefined();
});

test("throws the signal's reason on abort", async () => {
  await using directory = await tempDirectory();
  await gitRepository(directory.path, { "a.txt": "x" });
  const repository = await openGit(directory.path);
  const signal = AbortSignal.abort(new Error("enough"));
  expect(repository.rootCommit(signal)).rejects.toThrow("enough");
});
