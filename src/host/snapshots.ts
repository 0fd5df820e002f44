// Snapshots: what is needed to undo changes of files. Contents before and after each recorded
// change, and trees of the worktree before and after commands. Everything lies in a store of our
// own with limits on age and size. Where trees cost too much, or would take in a home directory,
// only the changes of tools that say what they write are recorded. What undo does with it is
// session's.
import { randomUUID } from "node:crypto";
import { lstat, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@/base/clock";
import type { Env } from "@/base/env";
import { AppError, errorMessage } from "@/base/error";
import { ensureDirectory } from "@/base/file";
import { withFileLock } from "@/base/file-lock";
import type { Logger } from "@/base/log";
import type { Paths } from "@/base/paths";
import type { ProcessIdentity } from "@/base/process";
import type { KeyedLock } from "@/base/queue";
import type { Repository } from "./git";
import type { TreeLimits } from "./snapshot-edits";
import { type FoundEntry, type FileVersion, readEntry } from "./snapshot-entry";
import { SnapshotGit, type TreeChange } from "./snapshot-git";
import {
  attribute,
  type FileChange,
  type FileChanges,
  isSameVersion,
  orderNow,
  SnapshotJournal,
} from "./snapshot-journal";
import { SnapshotObjects } from "./snapshot-objects";
import { findAlgorithm, findRefusal, removeUnusedStores, storeDirectory } from "./snapshot-store";

export interface SnapshotLimits {
  tree: TreeLimits;
  /** What the store may take on the disk, and for how long it keeps. */
  storeBytes: number;
  ageMs: number;
}

export interface SnapshotsOptions {
  /** The root of the repository, or the directory itself outside of one. */
  worktree: string;
  repository: Repository | undefined;
  paths: Paths;
  env: Env;
  clock: Clock;
  /** Shared by all of the process, since two instances may share a worktree. */
  locks: KeyedLock;
  log: Logger;
  owner: ProcessIdentity;
  limits?: Partial<SnapshotLimits>;
  /** Whether the configuration has snapshots on. Default: it has. */
  isEnabled?: () => Promise<boolean>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MEBIBYTE = 1024 * 1024;

const LIMITS: SnapshotLimits = {
  tree: {
    files: 20_000,
    bytes: 128 * MEBIBYTE,
    untrackedBytes: 2 * MEBIBYTE,
    timeMs: 10_000,
  },
  storeBytes: 200 * MEBIBYTE,
  ageMs: 30 * DAY_MS,
};
const PRUNE_EVERY_MS = 10 * 60 * 1000;

/** What an opened store consists of; `git` is missing where there are no trees. */
interface Store {
  objects: SnapshotObjects;
  git: SnapshotGit | undefined;
}

/** A file about to be written; "other" is what cannot be kept. */
interface BegunWrite {
  id: string;
  file: string;
  before: FileVersion | "other" | undefined;
}

/** A command that runs; `since` is when it began, in the time of the file system. */
interface BegunTree {
  id: string;
  since: number;
  tree: string;
}

export class Snapshots {
  /** Where files below are relative to, as a person reads them. */
  readonly worktree: string;
  /** The store: private, and of this worktree alone. */
  readonly directory: string;
  readonly #options: SnapshotsOptions;
  readonly #limits: SnapshotLimits;
  readonly #log: Logger;
  readonly #journal: SnapshotJournal;
  readonly #closing = new AbortController();
  #store: Promise<Store> | undefined;
  #watching: Promise<void> | undefined;
  #treesOff = false;
  #prunedAt = 0;

  constructor(options: SnapshotsOptions) {
    const { paths, worktree } = options;
    this.worktree = worktree;
    this.directory = storeDirectory(paths, worktree);
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#log = options.log.child("snapshot");
    this.#journal = new SnapshotJournal(join(this.directory, "journal.jsonl"));
  }

  /** The tree of the worktree as it is; undefined where there are no trees. Never throws. */
  async track(): Promise<string | undefined> {
    if (!(await this.#isEnabled())) return undefined;
    return this.#locked((store) => this.#tree(store));
  }

  /** The files that differ between two trees, with absolute paths. Throws AppError unavailable. */
  async diff(from: string, to: string): Promise<TreeChange[]> {
    const { git } = await this.#open();
    const changes = (await git?.diff(from, to)) ?? [];
    return changes.map((change) => ({ ...change, file: join(this.worktree, change.file) }));
  }

  /** Keeps a content and gives its name. `durable`: also over a power failure. */
  async put(bytes: Uint8Array, options: { durable?: boolean } = {}): Promise<string> {
    return (await this.#open()).objects.put(bytes, options);
  }

  /** The content of this name; undefined when it is no longer kept. */
  async read(hash: string): Promise<Buffer | undefined> {
    return (await this.readAll([hash])).get(hash);
  }

  /** The contents of these names; those no longer kept are not in it. */
  async readAll(hashes: Iterable<string>): Promise<Map<string, Buffer>> {
    const { objects, git } = await this.#open();
    const contents = new Map<string, Buffer>();
    const missing: string[] = [];
    for (const hash of new Set(hashes)) {
      const bytes = await objects.get(hash);
      if (bytes) contents.set(hash, bytes);
      else missing.push(hash);
    }
    if (missing.length === 0 || !git) return contents;
    const found = await git.read(missing).catch(() => undefined); // then they are not kept
    for (const [hash, bytes] of found ?? []) contents.set(hash, bytes);
    return contents;
  }

  /**
   * Runs `work`, which writes these files (absolute, real paths) and says so; adds to `into` what
   * became of them, also when it fails. Where snapshots are off it just runs.
   */
  async recordFiles<T>(
    paths: readonly string[],
    into: FileChanges,
    work: () => Promise<T>,
  ): Promise<T> {
    if (!(await this.#isEnabled())) return work();
    const begun = await this.#attempt(() => this.#beginWrites(paths));
    if (!begun) {
      into.uncertain.push(...paths);
      return work();
    }
    try {
      return await work();
    } finally {
      await this.#attempt(() => this.#endWrites(begun, into));
    }
  }

  /**
   * Runs `work`, which may change any file, such as a command; adds to `into` what can have been
   * changed by it alone. `family` names the session with all that it began: what a family's
   * commands do side by side is not told apart. Where there are no trees it just runs.
   */
  async recordTree<T>(family: string, into: FileChanges, work: () => Promise<T>): Promise<T> {
    if (!(await this.#isEnabled())) return work();
    const id = randomUUID();
    const { owner } = this.#options;
    const begun = await this.#locked(async (store) => {
      if (this.#options.clock.now() - this.#prunedAt > PRUNE_EVERY_MS) await this.#prune(store);
      // Made just now: the time by the clock that stamps files.
      const { mtimeMs: since } = await stat(this.#lockPath);
      const tree = await this.#tree(store);
      const entry = { type: "begin" as const, id, family, owner, at: orderNow() };
      if (tree !== undefined) await this.#journal.add({ ...entry, tree });
      return tree === undefined ? undefined : { id, since, tree };
    });
    if (!begun) return work();
    this.#watch();
    try {
      return await work();
    } finally {
      await this.#locked((store) => this.#endTree(store, begun, into));
    }
  }

  /** Ends the watch that makes trees cheap; all else goes on working. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
    const store = await this.#store?.catch(() => undefined); // then there is nothing to close
    store?.git?.close();
  }

  /**
   * In the background, since it takes longer than most commands: from the next command on nobody
   * has to look at every file.
   */
  #watch(): void {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    this.#watching ??= this.#attempt(async () => {
      const { git } = await this.#open();
      if (!(await git?.watch(signal)) || signal.aborted) return;
      await this.#locked((store) => this.#tree(store));
    }).finally(() => (this.#watching = undefined));
  }

  /** Removes what is beyond the limits of age and size. */
  async prune(): Promise<void> {
    await this.#locked((store) => this.#prune(store));
  }

  async #beginWrites(paths: readonly string[]): Promise<BegunWrite[]> {
    const { owner } = this.#options;
    await this.#open();
    const begun: BegunWrite[] = [];
    for (const file of new Set(paths)) {
      begun.push({ id: randomUUID(), file, before: await this.#keep(await readEntry(file)) });
    }
    await this.#withLock(async () => {
      for (const { id, file, before } of begun) {
        if (before === "other") continue;
        const entry = { type: "write-begin" as const, id, file, owner, at: orderNow() };
        await this.#journal.add({ ...entry, ...(before && { before }) });
      }
    });
    return begun;
  }

  async #endWrites(begun: readonly BegunWrite[], into: FileChanges): Promise<void> {
    for (const { id, file, before } of begun) {
      const found = await this.#keep(await readEntry(file));
      if (before === "other" || found === "other") into.uncertain.push(file);
      if (before === "other") continue;
      const after = found === "other" ? before : found;
      const at = orderNow();
      const entry = { type: "write-end" as const, id, file, at, ...(after && { after }) };
      await this.#withLock(() => this.#journal.add(entry));
      if (!isSameVersion(before, after)) into.changes.push({ file, before, after, at });
    }
  }

  async #keep(entry: FoundEntry): Promise<FileVersion | "other" | undefined> {
    if (entry === undefined || entry === "other") return entry;
    return { hash: await this.put(entry.bytes), mode: entry.mode };
  }

  async #endTree(store: Store, { id, since, tree }: BegunTree, into: FileChanges): Promise<void> {
    const entries = await this.#journal.read();
    const after = await this.#tree(store);
    const end = { type: "end" as const, id, at: orderNow(), tree: after ?? tree };
    await this.#journal.add(end);
    if (after === undefined) {
      into.uncertain.push(this.worktree); // nobody knows what the command did
      return;
    }
    const found = await attribute([...entries, end], id, (from, to) => this.diff(from, to));
    const moved = new Set(found.changes.flatMap((change) => change.before?.hash ?? []));
    for (const change of found.changes) {
      if (await isOld(change, since, moved)) into.uncertain.push(change.file);
      else into.changes.push(change);
      // What is recorded now is kept as long as anything else that is.
      const versions = [change.before, change.after];
      for (const version of versions) if (version) await store.objects.touch(version.hash);
    }
    into.uncertain.push(...found.uncertain);
  }

  /** Under the lock. Undefined where there are no trees, or this one failed. */
  async #tree({ git }: Store): Promise<string | undefined> {
    if (!git || this.#treesOff) return undefined;
    try {
      return await git.track().catch(async (error: unknown) => {
        if (error instanceof AppError && error.kind === "limit") throw error;
        await git.forgetIndex(); // of another version of git, or cut short by a power failure
        return git.track();
      });
    } catch (error) {
      if (error instanceof AppError && error.kind === "limit") this.#turnTreesOff(error.message);
      else this.#log.warn("no snapshot was taken", { reason: errorMessage(error) });
      return undefined;
    }
  }

  #turnTreesOff(reason: string): void {
    this.#treesOff = true;
    this.#log.warn("changes made by commands cannot be undone here", {
      directory: this.worktree,
      reason,
    });
  }

  async #prune({ git, objects }: Store): Promise<void> {
    const { clock } = this.#options;
    this.#prunedAt = clock.now();
    await objects.sweep();
    const before = this.#prunedAt - this.#limits.ageMs;
    // The index names contents that may be gone now: those still there are stored anew.
    if (await objects.prune({ before, maxBytes: this.#limits.storeBytes })) {
      await git?.forgetIndex();
    }
  }

  #open(): Promise<Store> {
    this.#store ??= this.#openStore().catch((error: unknown) => {
      this.#store = undefined;
      throw error;
    });
    return this.#store;
  }

  async #openStore(): Promise<Store> {
    const { clock, env, repository } = this.#options;
    await ensureDirectory(this.directory);
    const { ageMs } = this.#limits;
    await removeUnusedStores(this.#options.paths, this.directory, { now: clock.now(), ageMs });
    const algorithm = await findAlgorithm(repository);
    const objects = new SnapshotObjects(join(this.directory, "objects"), algorithm);
    const refusal = await findRefusal(this.worktree, this.#options.paths);
    if (refusal !== undefined) this.#turnTreesOff(refusal);
    const git = new SnapshotGit({
      directory: this.directory,
      worktree: this.worktree,
      source: repository,
      algorithm,
      objects,
      env,
      limits: this.#limits.tree,
    });
    return this.#withLock(async () => {
      await objects.sweep();
      if (refusal !== undefined) return { objects, git: undefined };
      const failure = await git.open().catch(errorMessage);
      if (failure !== undefined) this.#turnTreesOff(failure);
      return { objects, git: failure === undefined ? git : undefined };
    });
  }

  /** Never throws: work of tools does not fail because it cannot be undone later. */
  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#log.warn("a change cannot be undone later", { reason: errorMessage(error) });
      return undefined;
    }
  }

  #locked<T>(work: (store: Store) => Promise<T>): Promise<T | undefined> {
    return this.#attempt(async () => {
      const store = await this.#open();
      return this.#withLock(() => work(store));
    });
  }

  #withLock<T>(work: () => Promise<T>): Promise<T> {
    const { clock, locks } = this.#options;
    return locks.run(this.#lockPath, () => withFileLock(this.#lockPath, clock, work));
  }

  get #lockPath(): string {
    return join(this.directory, "lock");
  }

  async #isEnabled(): Promise<boolean> {
    return this.#options.isEnabled?.() ?? true;
  }
}

/**
 * Whether a file that seems to have been made was there before: ignored until a rule went, too
 * large, or moved here from where nothing is recorded. `moved` are contents that the same command
 * took away elsewhere.
 */
async function isOld(
  { file, before, after }: FileChange,
  since: number,
  moved: ReadonlySet<string>,
): Promise<boolean> {
  if (before || !after || moved.has(after.hash)) return false;
  const found = await lstat(file).catch(() => undefined); // made and removed again
  return found !== undefined && (found.birthtimeMs || found.ctimeMs) < since;
}
