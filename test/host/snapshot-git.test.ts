// Trees of a worktree that is not trusted, in a git directory of our own.
import { expect, test } from "bun:test";
import {
  chmod,
  mkdir,
  readdir,
  rename,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { ensureDirectory } from "@/base/file";
import { findRepository } from "@/host/git";
import type { TreeLimits } from "@/host/snapshot-edits";
import { SnapshotGit } from "@/host/snapshot-git";
import { SnapshotObjects } from "@/host/snapshot-objects";
import { git, gitRepository, tempDirectory, type Tree, writeTree } from "@test/support/temp";

const LIMITS: TreeLimits = { files: 1000, bytes: 1e8, untrackedBytes: 1000, timeMs: 20_000 };

async function openSnapshotGit(root: string, limits: Partial<TreeLimits> = {}) {
  const worktree = join(root, "project");
  const directory = join(root, "store");
  await ensureDirectory(directory);
  const snapshot = new SnapshotGit({
    directory,
    worktree,
    source: await findRepository(worktree),
    algorithm: "sha1",
    objects: new SnapshotObjects(join(directory, "objects"), "sha1"),
    env: { PATH: process.env["PATH"], HOME: join(root, "home") },
    limits: { ...LIMITS, ...limits },
  });
  await snapshot.open();
  return {
    track: () => snapshot.track(),
    read: (hashes: string[]) => snapshot.read(hashes),
    forgetIndex: () => snapshot.forgetIndex(),
    /** "A name" and the like. */
    async changes(from: string, to: string): Promise<string[]> {
      const changes = await snapshot.diff(from, to);
      return changes.map(
        ({ file, before, after }) => `${before ? (after ? "M" : "D") : "A"} ${file}`,
      );
    },
    snapshot,
  };
}

async function repository(root: string, files: Tree): Promise<void> {
  await writeTree(root, { "home/": "" });
  await gitRepository(join(root, "project"), files);
}

for (const isGit of [true, false]) {
  test(`${isGit ? "in a repository" : "without one"}: what changed between two trees`, async () => {
    await using directory = await tempDirectory();
    const project = join(directory.path, "project");
    const files = { "a.txt": "a", "d/b.txt": "b", ".gitignore": "*.log\n", "x.log": "x" };
    if (isGit) await repository(directory.path, files);
    else await writeTree(project, files);
    const { track, changes, read, snapshot } = await openSnapshotGit(directory.path);
    const first = await track();
    expect(await track()).toBe(first);
    await writeTree(project, {
      "a.txt": "A",
      "new é\n.txt": "n",
      "y.log": "y",
      big: "x".repeat(1001),
    });
    await Bun.file(join(project, "d/b.txt")).delete();
    const second = await track();
    expect(await changes(first, second)).toEqual(["M a.txt", "D d/b.txt", "A new é\n.txt"]);
    const [change] = await snapshot.diff(first, second);
    const contents = await read([change?.before?.hash ?? "", "0".repeat(40)]);
    expect([...contents.values()].map(String)).toEqual(["a"]);
    await writeFile(join(project, "a.txt"), "a");
    expect(await changes(first, await track())).toEqual(["D d/b.txt", "A new é\n.txt"]);
  });
}

test("the person's repository is not written to: neither index nor objects", async () => {
  await using directory = await tempDirectory();
  await repository(directory.path, { "a.txt": "a", "b.txt": "b" });
  const project = join(directory.path, "project");
  const before = await stat(join(project, ".git/index"), { bigint: true });
  const objects = await readdir(join(project, ".git/objects"));
  const { track } = await openSnapshotGit(directory.path);
  await writeTree(project, { "a.txt": "x", "c.txt": "y" });
  await track();
  const after = await stat(join(project, ".git/index"), { bigint: true });
  expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  expect(await readdir(join(project, ".git/objects"))).toEqual(objects);
});

test("a change within the clock's grain, of the same size, is seen", async () => {
  await using directory = await tempDirectory();
  await repository(directory.path, { "a.txt": "0" });
  const { track, changes } = await openSnapshotGit(directory.path);
  let last = await track();
  for (let round = 1; round < 8; round++) {
    await writeFile(join(directory.path, "project/a.txt"), `${round}`);
    const next = await track();
    expect(await changes(last, next)).toEqual(["M a.txt"]);
    last = next;
  }
});

test("nothing that the repository names is run", async () => {
  await using directory = await tempDirectory();
  const project = join(directory.path, "project");
  await repository(directory.path, { "a.txt": "a\r\n", "b.bin": "b" });
  const canary = join(directory.path, "canary");
  const evil = join(directory.path, "evil.sh");
  await writeFile(evil, `#!/bin/sh\necho "$0 $*" >> ${canary}\ncat\n`);
  await chmod(evil, 0o755);
  const settings = [
    ["filter.evil.clean", evil],
    ["filter.evil.smudge", evil],
    ["filter.evil.process", evil],
    ["filter.evil.required", "true"],
    ["core.fsmonitor", evil],
    ["core.hooksPath", directory.path],
    ["core.attributesFile", join(project, ".gitattributes")],
    ["diff.evil.textconv", evil],
    ["diff.evil.command", evil],
    ["diff.external", evil],
    ["core.pager", evil],
    ["core.sshCommand", evil],
    ["core.autocrlf", "true"],
    ["include.path", join(directory.path, "included")],
  ];
  for (const [key = "", value = ""] of settings) {
    await writeFile(join(directory.path, "included"), `[core]\n\tfsmonitor = ${evil}\n`);
    await git(project, "config", key, value);
  }
  // Unchecked by git itself, which would run them.
  for (const name of ["post-index-change", "pre-commit", "reference-transaction", "pre-auto-gc"]) {
    await writeFile(join(directory.path, name), `#!/bin/sh\necho ${name} >> ${canary}\n`);
    await chmod(join(directory.path, name), 0o755);
    await writeFile(join(project, ".git/hooks", name), `#!/bin/sh\necho ${name} >> ${canary}\n`);
    await chmod(join(project, ".git/hooks", name), 0o755);
  }
  const attributes = "* filter=evil diff=evil text eol=lf ident working-tree-encoding=UTF-16\n";
  await writeFile(
    join(project, ".gitattributes"),
    `[attr]binary filter=evil\n${attributes}* binary\n`,
  );
  await mkdir(join(project, ".git/info"), { recursive: true });
  await writeFile(join(project, ".git/info/attributes"), attributes);
  await writeFile(join(directory.path, "home/.gitconfig"), `[filter "evil"]\n\tclean = ${evil}\n`);

  const { track, read, snapshot } = await openSnapshotGit(directory.path);
  const first = await track();
  const text = "$Id$ changed\r\nby\nhand\r\n";
  await writeTree(project, { "a.txt": text, "new.txt": text });
  const second = await track();
  const changes = await snapshot.diff(first, second);
  expect(changes.map(({ file }) => file)).toEqual(["a.txt", "new.txt"]);
  for (const { after } of changes) {
    expect((await read([after?.hash ?? ""])).get(after?.hash ?? "")?.toString()).toBe(text);
  }
  expect(await Bun.file(canary).exists()).toBe(false);
});

test("a nested repository is left out, and its configuration runs nothing", async () => {
  await using directory = await tempDirectory();
  await repository(directory.path, { "a.txt": "a" });
  const project = join(directory.path, "project");
  const nested = join(project, "nested");
  await gitRepository(nested, { "n.txt": "n" });
  const canary = join(directory.path, "canary");
  await git(nested, "config", "core.fsmonitor", `touch ${canary}; false`);
  await git(project, "add", "nested");
  const { track, changes } = await openSnapshotGit(directory.path);
  const first = await track();
  await writeTree(project, { "nested/n.txt": "changed", "nested/new.txt": "x", "a.txt": "b" });
  expect(await changes(first, await track())).toEqual(["M a.txt"]);
  expect(await Bun.file(canary).exists()).toBe(false);
});

test("what is ignored: by the project, the repository's own list, and the person's", async () => {
  await using directory = await tempDirectory();
  await repository(directory.path, { "a.txt": "a", ".gitignore": "by-project\n" });
  const project = join(directory.path, "project");
  await writeFile(join(project, ".git/info/exclude"), "by-repository\n");
  const ignore = join(directory.path, "ignore");
  await writeFile(ignore, "by-person\n");
  await writeFile(join(directory.path, "home/.gitconfig"), `[core]\n\texcludesFile = ${ignore}\n`);
  const { track, changes } = await openSnapshotGit(directory.path);
  const first = await track();
  await writeTree(project, {
    "by-project": "x",
    "by-repository": "x",
    "by-person": "x",
    seen: "x",
  });
  expect(await changes(first, await track())).toEqual(["A seen"]);
});

test("links, modes, unreadable files, and a directory in the place of a file", async () => {
  await using directory = await tempDirectory();
  await repository(directory.path, { a: "a", run: "x", "d/e": "e" });
  const project = join(directory.path, "project");
  const { track, changes } = await openSnapshotGit(directory.path);
  const first = await track();
  await chmod(join(project, "run"), 0o755);
  await Bun.file(join(project, "a")).delete();
  await writeTree(project, { "a/b": "b" });
  await Bun.file(join(project, "d/e")).delete();
  await symlink("nowhere", join(project, "d/e"));
  const second = await track();
  expect(await changes(first, second)).toEqual(["D a", "A a/b", "M d/e", "M run"]);
});

test("a link in the place of a directory, to where the same files are", async () => {
  await using directory = await tempDirectory();
  await repository(directory.path, { "d/e/f": "f", "d/g": "g", ".gitignore": "d\n" });
  const project = join(directory.path, "project");
  await git(project, "add", "--force", "d");
  const { track, changes } = await openSnapshotGit(directory.path);
  const first = await track();
  await rename(join(project, "d"), join(directory.path, "elsewhere"));
  await symlink("../elsewhere", join(project, "d"));
  expect(await changes(first, await track())).toEqual(["D d/e/f", "D d/g"]);
});

test("a split index, a conflict and a switch of branches are no obstacle", async () => {
  await using directory = await tempDirectory();
  await repository(directory.path, { "a.txt": "1\n", "b.txt": "b\n" });
  const project = join(directory.path, "project");
  await git(project, "switch", "--quiet", "-c", "side");
  await git(project, "update-index", "--split-index");
  const { track, changes, forgetIndex } = await openSnapshotGit(directory.path);
  const first = await track();
  await writeTree(project, { "a.txt": "2\n" });
  await git(project, "commit", "--quiet", "-am", "two");
  const second = await track();
  expect(await changes(first, second)).toEqual(["M a.txt"]);
  await git(project, "switch", "--quiet", "main");
  expect(await track()).toBe(first);
  await writeTree(project, { "a.txt": "3\n" });
  await git(project, "commit", "--quiet", "-am", "three");
  await git(project, "merge", "side").catch(() => undefined);
  await forgetIndex();
  expect(await changes(first, await track())).toEqual(["M a.txt"]);
});

test("too many files, and too much in them, are refused", async () => {
  await using directory = await tempDirectory();
  await repository(directory.path, { "a.txt": "a" });
  const project = join(directory.path, "project");
  const limits = { files: 5, bytes: 900 };
  const { track } = await openSnapshotGit(directory.path, limits);
  await track();
  await writeTree(project, { "1": "x".repeat(500), "2": "x".repeat(500) });
  expect(await track().catch((error) => error.kind)).toBe("limit");
  await truncate(join(project, "2"), 1);
  for (let name = 3; name < 8; name++) await writeFile(join(project, `${name}`), "x");
  expect(await track().catch((error) => error.kind)).toBe("limit");
});

test("a git directory that was damaged is made anew around what is there", async () => {
  await using directory = await tempDirectory();
  await repository(directory.path, { "a.txt": "a" });
  const store = join(directory.path, "store");
  const first = await (await openSnapshotGit(directory.path)).track();
  await writeFile(join(store, "index.lock"), "");
  await writeFile(join(store, "config"), "[core]\n\tfsmonitor = touch canary\n");
  await rename(join(store, "HEAD"), join(store, "gone"));
  expect(await (await openSnapshotGit(directory.path)).track()).toBe(first);
});

test("the store is for the eyes of its owner only", async () => {
  await using directory = await tempDirectory();
  await repository(directory.path, { "a.txt": "a", "d/b.txt": "b" });
  const { track } = await openSnapshotGit(directory.path);
  await writeTree(join(directory.path, "project"), { "d/b.txt": "changed", "new.txt": "n" });
  await track();
  const store = join(directory.path, "store");
  const names = await readdir(store, { recursive: true });
  const modes = await Promise.all(names.map(async (name) => (await stat(join(store, name))).mode));
  expect(names.filter((_, index) => ((modes[index] ?? 0) & 0o077) !== 0)).toEqual([]);
});
