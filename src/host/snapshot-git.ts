// Trees of a worktree by the git program. Where it is known which files may have changed since the
// last tree, that one is edited; else git looks at every file, by an index of our own that begins
// as a copy of the person's.
import { access, chmod, constants, copyFile, lstat, readdir, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ENTRY_MAX_BYTES, type FileVersion, fromTreeMode } from "./snapshot-entry";
import { checkLimit, findEdits, lookIn, type TreeLimits } from "./snapshot-edits";
import type { SnapshotObjects } from "./snapshot-objects";
import { SnapshotRepository, type SnapshotRepositoryOptions } from "./snapshot-repository";
import { directoriesOf, SnapshotTree } from "./snapshot-tree";
import { type Touched, TouchedPaths } from "./touched-paths";

/** `file` is relative to the worktree, with slashes. */
export interface TreeChange {
  file: string;
  before: FileVersion | undefined;
  after: FileVersion | undefined;
}

interface SnapshotGitOptions extends Omit<SnapshotRepositoryOptions, "timeMs"> {
  /** Of the same directory. */
  objects: SnapshotObjects;
  limits: TreeLimits;
}

/** After a switch of branches the person's index knows better than ours. */
const RESEED_FILES = 1_000;
/** Beyond this git is as fast when it looks at everything. */
const EDITED_MAX = 500;
const LSTATS_AT_ONCE = 64;
const BLOBS_MAX_BYTES = 128 * 1024 * 1024;

/** A tree that may be edited, as long as these are what they were when it was made. */
interface Base {
  tree: string;
  watch: number;
  index: string;
}

export class SnapshotGit {
  readonly #options: SnapshotGitOptions;
  readonly #repository: SnapshotRepository;
  readonly #touched: TouchedPaths;
  /** The tree of the index as it was when it looked like `index`. */
  #last: { index: string; tree: string } | undefined;
  #base: Base | undefined;

  constructor(options: SnapshotGitOptions) {
    this.#options = options;
    const repository = new SnapshotRepository({ ...options, timeMs: options.limits.timeMs });
    this.#repository = repository;
    this.#touched = new TouchedPaths({
      root: options.worktree,
      findIgnored: (directories) => repository.findIgnored(directories),
    });
  }

  /** Makes the git directory, or makes sure of it. Throws AppError unavailable without git. */
  open(): Promise<void> {
    return this.#repository.open();
  }

  /**
   * Begins to watch the worktree, unless that is done or cannot be; the tree that is made next is
   * the last for which git looks at every file. True when it has begun. To be closed.
   */
  async watch(signal: AbortSignal): Promise<boolean> {
    if (!this.#touched.canStart) return false;
    const result = await this.#repository.run(["ls-files", "-z", "-v"], { signal });
    if (result.exitCode !== 0 || result.truncated) return false;
    const lines = result.stdout.split("\0").slice(0, -1);
    // Marked by the person as not to be looked at: those are git's to judge.
    if (lines.some((line) => !line.startsWith("H "))) return false;
    const files = lines.map((line) => line.slice(2));
    return this.#touched.start(files, signal);
  }

  close(): void {
    this.#touched.stop();
  }

  /**
   * The tree of the worktree as it is: all that the person's repository tracks, and what it neither
   * tracks nor ignores. Throws AppError limit when that would cost too much, else unavailable.
   */
  async track(signal?: AbortSignal): Promise<string> {
    const last = this.#base;
    this.#base = undefined;
    // Who ignores something else may have to look where nobody watches.
    if (await this.#repository.takeExcludes()) this.#touched.stop();
    const touched = await this.#touched.take();
    const base = last?.index === (await this.#repository.indexState()) ? last : undefined;
    const isTold = base !== undefined && base.watch === touched?.watch;
    const edited = isTold ? await this.#edit(base.tree, touched, signal) : undefined;
    const tree = edited ?? (await this.#lookAtAll(base?.tree, signal));
    const index = await this.#repository.indexState();
    if (touched && index) this.#base = { tree, watch: touched.watch, index };
    return tree;
  }

  /** The files that differ; nested repositories and special files left out. */
  async diff(from: string, to: string, signal?: AbortSignal): Promise<TreeChange[]> {
    if (from === to) return [];
    const args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-ext-diff", from, to];
    const fields = (await this.#repository.git(args, { signal })).split("\0");
    const changes: TreeChange[] = [];
    for (let index = 0; index + 1 < fields.length; index += 2) {
      const [before = "", after = "", beforeHash, afterHash] = (fields[index] ?? "").split(" ");
      const file = fields[index + 1] ?? "";
      const change = {
        file,
        before: versionOf(before.slice(1), beforeHash),
        after: versionOf(after, afterHash),
      };
      if (change.before || change.after) changes.push(change);
    }
    return changes;
  }

  /** The contents that git has, here or in the person's repository; without those it has not. */
  async read(hashes: readonly string[]): Promise<Map<string, Buffer>> {
    const stdin = `${hashes.join("\n")}\n`;
    const options = { stdin, maxBytes: BLOBS_MAX_BYTES, encoding: "latin1" as const };
    const contents = new Map<string, Buffer>();
    for (const found of parseBatch(await this.#repository.git(["cat-file", "--batch"], options))) {
      if (found?.type === "blob") contents.set(found.hash, found.bytes);
    }
    return contents;
  }

  /** The next tree is made from the person's index again: for an index that is damaged or stale. */
  async forgetIndex(): Promise<void> {
    this.#last = undefined;
    this.#base = undefined;
    await this.#repository.removeIndex();
  }

  /** The tree that `base` becomes when nothing else was touched; undefined: look at all. */
  async #edit(
    base: string,
    { paths, moved }: Touched,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    if (paths.size === 0) return base;
    if (paths.size > EDITED_MAX) return undefined;
    const tree = await this.#readTree(base, directoriesOf(paths), signal);
    if (!tree) return undefined;
    const { worktree, objects, limits } = this.#options;
    const findIgnored = (some: readonly string[]) => this.#repository.findIgnored(some, signal);
    const edits = await findEdits(tree, paths, { worktree, objects, limits, findIgnored });
    const edited = await tree.write(edits, (list) => objects.put(list, { type: "tree" }));
    // Another directory in the place of one that has gone would seem to hold what that one held.
    const look = lookIn(worktree);
    return [...moved].some((path) => look(path)?.isDirectory()) ? undefined : edited;
  }

  /** Those of its directories that it has; undefined when one of them is lost. */
  async #readTree(
    hash: string,
    directories: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<SnapshotTree | undefined> {
    // A line is a name.
    if (directories.some((path) => path.includes("\n"))) return undefined;
    const stdin = directories.map((path) => `${hash}:${path}\n`).join("");
    const options = { stdin, signal, maxBytes: BLOBS_MAX_BYTES, encoding: "latin1" as const };
    const output = await this.#repository.git(["cat-file", "--batch"], options);
    const lists = new Map<string, Buffer>();
    for (const [index, found] of parseBatch(output).entries()) {
      if (found?.type === "tree") lists.set(directories[index] ?? "", found.bytes);
    }
    const tree = new SnapshotTree(hash, lists);
    const isHere = (path: string) => lists.has(path) || (path !== "" && !tree.isDirectory(path));
    if (directories.every(isHere)) return tree;
    await this.forgetIndex(); // else it would give the same tree again
    return undefined;
  }

  /** Git finds out what has changed; since `base`, where the tree was edited after the index. */
  async #lookAtAll(base: string | undefined, signal?: AbortSignal): Promise<string> {
    const { source } = this.#options;
    // What is in the index stays known, although it may be ignored by now.
    if (base !== undefined && this.#last !== undefined && base !== this.#last.tree) {
      await this.#repository.git(["read-tree", "-i", "-m", base], { signal });
    }
    if (!(await this.#repository.indexState())) await this.#seed();
    let changed = await this.#listChanged(signal);
    if (source && changed.length > RESEED_FILES) {
      await this.forgetIndex();
      await this.#seed();
      changed = await this.#listChanged(signal);
    }
    if (changed.length > 0) await this.#add(changed, signal);
    return this.#writeTree(signal);
  }

  async #listChanged(signal?: AbortSignal): Promise<string[]> {
    const repository = this.#repository;
    const others = ["ls-files", "-z", "--others", "--exclude-standard"];
    const [changed, untracked] = await Promise.all([
      repository.git(["diff-files", "-z", "--name-only", "--ignore-submodules=all"], { signal }),
      repository.git([...repository.excluding(), ...others], { signal }),
    ]);
    const names = (text: string) => [...new Set(text.split("\0").filter(isUsable))];
    const [known, fresh] = [names(changed), names(untracked)];
    const { limits } = this.#options;
    checkLimit(limits, "files", known.length + fresh.length);
    const sizes = new Map([
      ...(await this.#measure(known, ENTRY_MAX_BYTES)),
      ...(await this.#measure(fresh, limits.untrackedBytes)),
    ]);
    const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    checkLimit(limits, "bytes", bytes);
    return [...sizes.keys()];
  }

  /**
   * The sizes of those files that are small enough to keep and may be read; 0 for one that is
   * gone.
   */
  async #measure(files: readonly string[], maxBytes: number): Promise<[string, number][]> {
    const sizes: [string, number][] = [];
    const measure = async (file: string) => {
      const path = join(this.#options.worktree, file);
      const found = await lstat(path).catch(() => undefined); // removed: that is a change too
      if (found?.isFile() && (found.size > maxBytes || !(await isReadable(path)))) return;
      if (found && !found.isFile() && !found.isSymbolicLink() && !found.isDirectory()) return;
      sizes.push([file, found?.isFile() ? found.size : 0]);
    };
    for (let index = 0; index < files.length; index += LSTATS_AT_ONCE) {
      await Promise.all(files.slice(index, index + LSTATS_AT_ONCE).map(measure));
    }
    return sizes;
  }

  async #add(files: readonly string[], signal?: AbortSignal): Promise<void> {
    const look = lookIn(this.#options.worktree);
    const isGone = (file: string) => file.includes("/") && !look(dirname(file))?.isDirectory();
    // Git refuses what is behind a link, even to take it for gone.
    await this.#update(["--force-remove"], files.filter(isGone), signal);
    const present = files.filter((file) => !isGone(file));
    await this.#update(["--add", "--remove", "--replace"], present, signal);
  }

  async #update(how: string[], files: readonly string[], signal?: AbortSignal): Promise<void> {
    if (files.length === 0) return;
    const args = ["update-index", "-z", ...how, "--stdin"];
    await this.#repository.git(args, { stdin: `${files.join("\0")}\0`, signal });
  }

  async #writeTree(signal?: AbortSignal): Promise<string> {
    const before = await this.#repository.indexState();
    if (before && this.#last?.index === before) return this.#last.tree;
    // Missing objects are fine: the index names them, and nobody asks for most.
    const tree = (await this.#repository.git(["write-tree", "--missing-ok"], { signal })).trim();
    const index = await this.#repository.indexState();
    this.#last = index ? { index, tree } : undefined;
    return tree;
  }

  /** Begins with the person's index, which spares reading every file. */
  async #seed(): Promise<void> {
    const { directory, source } = this.#options;
    if (!source) return;
    const names = await readdir(source.gitDirectory).catch((): string[] => []); // gone meanwhile
    // The shared half of a split index first: without it the other half says nothing.
    const wanted = names.filter((name) => /^(index|sharedindex\.[0-9a-f]+)$/.test(name));
    for (const name of wanted.sort().reverse()) {
      const [from, to] = [join(source.gitDirectory, name), join(directory, name)];
      const { mtimeMs } = await stat(from);
      await copyFile(from, to);
      await chmod(to, 0o600);
      // Git takes files for unchanged that are older than the index: a copy must not look newer.
      const seconds = Math.floor(mtimeMs) / 1000;
      await utimes(to, seconds, seconds);
    }
    if (!names.includes("index")) return;
    // Entries as old as the index itself would be read again every time, until it is written anew.
    await this.#repository.run(["update-index", "-q", "--refresh"], {});
  }
}

/** Not: the end of the list, a nested repository, or a name that is no text. */
function isUsable(name: string): boolean {
  return name !== "" && !name.endsWith("/") && !name.includes("\uFFFD");
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false, // somebody else's: it cannot be kept
  );
}

function versionOf(treeMode: string, hash: string | undefined): FileVersion | undefined {
  const mode = fromTreeMode(treeMode);
  return mode !== undefined && hash !== undefined ? { hash, mode } : undefined;
}

interface StoredObject {
  hash: string;
  type: string;
  bytes: Buffer;
}

/**
 * `<hash> <type> <size>\n<bytes>\n`, or undefined for `<name> missing\n`, in the order of the
 * names that were asked for; a character is a byte.
 */
function parseBatch(output: string): (StoredObject | undefined)[] {
  const objects: (StoredObject | undefined)[] = [];
  for (let at = 0; at < output.length;) {
    const end = output.indexOf("\n", at);
    const found = /^([0-9a-f]{40,64}) ([a-z]+) (\d+)$/.exec(output.slice(at, end));
    at = end + 1;
    const [, hash = "", type = "", size = 0] = found ?? [];
    const bytes = Buffer.from(output.slice(at, at + Number(size)), "latin1");
    objects.push(found ? { hash, type, bytes } : undefined);
    if (found) at += bytes.length + 1;
  }
  return objects;
}
