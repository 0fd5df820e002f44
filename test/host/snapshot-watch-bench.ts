// A worktree that is watched, and beside it a second store for which git looks at every file: both
// must give the same trees. `await using at = await watchBench({ "a.txt": "a" });`
import { expect } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureDirectory } from "@/base/file";
import { findRepository } from "@/host/git";
import type { TreeLimits } from "@/host/snapshot-edits";
import { SnapshotGit } from "@/host/snapshot-git";
import { SnapshotObjects } from "@/host/snapshot-objects";
import {
  git,
  GIT_ENV,
  gitRepository,
  tempDirectory,
  type Tree,
  writeTree,
} from "@test/support/temp";

const LIMITS: TreeLimits = { files: 5000, bytes: 1e8, untrackedBytes: 1000, timeMs: 20_000 };

export class WatchBench implements AsyncDisposable {
  readonly root: string;
  readonly project: string;
  readonly watched: SnapshotGit;
  readonly #other: SnapshotGit;
  readonly #close: () => Promise<void>;
  #last: string | undefined;

  constructor(root: string, watched: SnapshotGit, other: SnapshotGit, close: () => Promise<void>) {
    this.root = root;
    this.project = join(root, "project");
    this.watched = watched;
    this.#other = other;
    this.#close = close;
  }

  async run(command: string): Promise<void> {
    const env = { PATH: process.env["PATH"], HOME: join(this.root, "home"), ...GIT_ENV };
    const child = Bun.spawn(["sh", "-c", command], { cwd: this.project, env, stderr: "pipe" });
    const words = await child.stderr.text();
    if ((await child.exited) !== 0) throw new Error(`${command}: ${words}`);
  }

  /** The next tree, which is that of a look at everything. */
  async track(): Promise<string> {
    const [after, looked] = [await this.watched.track(), await this.#other.track()];
    const [told, found] = [await this.#list("store", after), await this.#list("other", looked)];
    expect(told).toEqual(found);
    expect(after).toBe(looked);
    return after;
  }

  /** What has changed since the last call: "A name" and the like. */
  async changes(): Promise<string[]> {
    const before = this.#last;
    const after = (this.#last = await this.track());
    if (before === undefined) return [];
    const changes = await this.watched.diff(before, after);
    return changes.map((one) => `${one.before ? (one.after ? "M" : "D") : "A"} ${one.file}`);
  }

  async #list(store: string, tree: string): Promise<string[]> {
    const args = ["--git-dir", join(this.root, store), "ls-tree", "-r", tree];
    return (await git(this.project, ...args)).trim().split("\n");
  }

  /** Whether git looked at every file since the last call. */
  async hasLooked(): Promise<boolean> {
    return (await this.takeCalls()).includes("diff-files");
  }

  /** The runs of git for the watched one since the last call, a line each. */
  async takeCalls(): Promise<string> {
    const path = join(this.root, "calls");
    const calls = await readFile(path, "utf8").catch(() => "");
    await writeFile(path, "");
    return calls;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.watched.close();
    return this.#close();
  }
}

export async function watchBench(
  files: Tree,
  options: { isGit?: boolean } = {},
): Promise<WatchBench> {
  const directory = await tempDirectory();
  const root = directory.path;
  const worktree = join(root, "project");
  const program = `#!/bin/sh\necho "$@" >> ${root}/calls\nexec ${Bun.which("git")} "$@"\n`;
  await writeTree(root, { "home/": "", "bin/git": program });
  await Bun.spawn(["chmod", "+x", join(root, "bin/git")]).exited;
  if (options.isGit ?? true) await gitRepository(worktree, files);
  else await writeTree(worktree, files);
  const open = async (name: string, path: string) => {
    const store = join(root, name);
    await ensureDirectory(store);
    const snapshot = new SnapshotGit({
      directory: store,
      worktree,
      source: await findRepository(worktree),
      algorithm: "sha1",
      objects: new SnapshotObjects(join(store, "objects"), "sha1"),
      env: { PATH: path, HOME: join(root, "home") },
      limits: LIMITS,
    });
    await snapshot.open();
    return snapshot;
  };
  const path = process.env["PATH"] ?? "";
  const watched = await open("store", `${root}/bin:${path}`);
  const other = await open("other", path);
  const bench = new WatchBench(root, watched, other, async () => directory[Symbol.asyncDispose]());
  await bench.changes();
  expect(await watched.watch(new AbortController().signal)).toBe(true);
  await bench.changes();
  await bench.hasLooked();
  return bench;
}
