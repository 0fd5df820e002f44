// Trees of a worktree by the git program, in a git directory of our own: the person's repository is
// read (its index once, to begin with; its objects; its list of excluded files) and never written.
// What the person's files hold is kept for their eyes only: git widens no mode past 0600.
// A worktree is not trusted: no configuration but ours is read, and our attributes, which outrank
// those of the worktree, leave no filter and no conversion, so that contents are byte for byte.
import {
  access,
  chmod,
  constants,
  copyFile,
  lstat,
  readdir,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "@/base/env";
import { limitReached, unavailable } from "@/base/error";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";
import { runProcess, type ProcessResult } from "@/base/process";
import type { Repository } from "./git";
import { ENTRY_MAX_BYTES, type FileVersion, fromTreeMode } from "./snapshot-entry";
import type { HashAlgorithm } from "./snapshot-objects";

/** How much a tree may cost; beyond it there is none. */
export interface TreeLimits {
  /** Files that differ from the last tree, or are new. */
  files: number;
  /** Their sizes together. */
  bytes: number;
  /** A file that git does not know is left out beyond this. */
  untrackedBytes: number;
  /** Of each run of git. */
  timeMs: number;
}

/** `file` is relative to the worktree, with slashes. */
export interface TreeChange {
  file: string;
  before: FileVersion | undefined;
  after: FileVersion | undefined;
}

interface SnapshotGitOptions {
  /** Our git directory. */
  directory: string;
  worktree: string;
  /** The person's repository, if there is one. */
  source: Repository | undefined;
  algorithm: HashAlgorithm;
  env: Env;
  limits: TreeLimits;
}

/** After a switch of branches the person's index knows better than ours. */
const RESEED_FILES = 1_000;
const LSTATS_AT_ONCE = 64;
const BLOBS_MAX_BYTES = 128 * 1024 * 1024;

const CONFIG = `
	bare = false
	hooksPath = /dev/null
	attributesFile = /dev/null
	fsmonitor = false
	untrackedCache = false
	splitIndex = false
	autocrlf = false
	safecrlf = false
	fileMode = true
	sharedRepository = 0600
	symlinks = true
	quotePath = false
	logAllRefUpdates = false
	looseCompression = 1
[gc]
	auto = 0
[maintenance]
	auto = false
[submodule]
	recurse = false
[diff]
	ignoreSubmodules = all
`;
const ATTRIBUTES = "* -text !eol -ident -filter -diff -merge !working-tree-encoding\n";

export class SnapshotGit {
  readonly #options: SnapshotGitOptions;
  #excludesFile: string | undefined;
  #excludes: string | undefined;
  /** The tree of the index as it was when it looked like `index`. */
  #last: { index: string; tree: string } | undefined;

  constructor(options: SnapshotGitOptions) {
    this.#options = options;
  }

  /** Makes the git directory, or makes sure of it. Throws AppError unavailable without git. */
  async open(): Promise<void> {
    const { directory, algorithm, source } = this.#options;
    for (const name of ["objects/info", "objects/pack", "refs/heads", "info"]) {
      await ensureDirectory(join(directory, name));
    }
    const format = algorithm === "sha256" ? "[extensions]\n\tobjectFormat = sha256\n" : "";
    const version = `[core]\n\trepositoryFormatVersion = ${format ? 1 : 0}`;
    const objects = source && join(source.commonDirectory, "objects");
    const files = {
      HEAD: "ref: refs/heads/none\n",
      config: `${format}${version}${CONFIG}`,
      "info/attributes": ATTRIBUTES,
      "objects/info/alternates": objects && !objects.includes("\n") ? `${objects}\n` : "",
    };
    for (const [name, text] of Object.entries(files)) {
      await writeFileAtomic(join(directory, name), text);
    }
    await rm(join(directory, "index.lock"), { force: true });
    this.#excludesFile = await this.#findExcludesFile();
  }

  /**
   * The tree of the worktree as it is: all that the person's repository tracks, and what it neither
   * tracks nor ignores. Throws AppError limit when that would cost too much, else unavailable.
   */
  async track(signal?: AbortSignal): Promise<string> {
    const { source } = this.#options;
    await this.#copyExcludes();
    if (!(await this.#indexState())) await this.#seed();
    let changed = await this.#listChanged(signal);
    if (source && changed.length > RESEED_FILES) {
      await this.forgetIndex();
      await this.#seed();
      changed = await this.#listChanged(signal);
    }
    if (changed.length > 0) await this.#add(changed, signal);
    return this.#writeTree(signal);
  }

  /** The files that differ; nested repositories and special files left out. */
  async diff(from: string, to: string, signal?: AbortSignal): Promise<TreeChange[]> {
    if (from === to) return [];
    const args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-ext-diff", from, to];
    const fields = (await this.#git(args, { ...withSignal(signal) })).split("\0");
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
    return parseBatch(await this.#git(["cat-file", "--batch"], options));
  }

  /** The next tree is made from the person's index again: for an index that is damaged or stale. */
  async forgetIndex(): Promise<void> {
    this.#last = undefined;
    for (const name of ["index", "index.lock"]) {
      await rm(join(this.#options.directory, name), { force: true });
    }
  }

  async #listChanged(signal?: AbortSignal): Promise<string[]> {
    const others = ["ls-files", "-z", "--others", "--exclude-standard"];
    if (this.#excludesFile !== undefined)
      others.unshift("-c", `core.excludesFile=${this.#excludesFile}`);
    const [changed, untracked] = await Promise.all([
      this.#git(["diff-files", "-z", "--name-only", "--ignore-submodules=all"], withSignal(signal)),
      this.#git(others, withSignal(signal)),
    ]);
    const names = (text: string) => [...new Set(text.split("\0").filter(isUsable))];
    const [known, fresh] = [names(changed), names(untracked)];
    this.#checkLimit("files", known.length + fresh.length);
    const { untrackedBytes } = this.#options.limits;
    const sizes = new Map([
      ...(await this.#measure(known, ENTRY_MAX_BYTES)),
      ...(await this.#measure(fresh, untrackedBytes)),
    ]);
    this.#checkLimit(
      "bytes",
      [...sizes.values()].reduce((sum, size) => sum + size, 0),
    );
    return [...sizes.keys()];
  }

  #checkLimit(what: "files" | "bytes", value: number): void {
    const limit = this.#options.limits[what];
    if (value > limit) throw limitReached(`${value} ${what} to keep, more than ${limit}`);
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
    const args = ["update-index", "-z", "--add", "--remove", "--replace", "--stdin"];
    await this.#git(args, { stdin: `${files.join("\0")}\0`, ...withSignal(signal) });
  }

  async #writeTree(signal?: AbortSignal): Promise<string> {
    const before = await this.#indexState();
    if (before && this.#last?.index === before) return this.#last.tree;
    // Missing objects are fine: the index names them, and nobody asks for most.
    const tree = (await this.#git(["write-tree", "--missing-ok"], withSignal(signal))).trim();
    const index = await this.#indexState();
    this.#last = index ? { index, tree } : undefined;
    return tree;
  }

  async #indexState(): Promise<string | undefined> {
    const found = await stat(join(this.#options.directory, "index"), { bigint: true }).catch(
      () => undefined, // none yet
    );
    return found && `${found.ino} ${found.size} ${found.mtimeNs}`;
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
    await this.#run(["update-index", "-q", "--refresh"], {});
  }

  async #copyExcludes(): Promise<void> {
    const { directory, source } = this.#options;
    if (!source) return;
    const text = (await readTextIfExists(join(source.commonDirectory, "info/exclude"))) ?? "";
    if (text === this.#excludes) return;
    await writeFileAtomic(join(directory, "info/exclude"), text);
    this.#excludes = text;
  }

  /** The person's own list of ignored files, from their own configuration and no other. */
  async #findExcludesFile(): Promise<string | undefined> {
    const { env, directory } = this.#options;
    const result = await runProcess(
      ["git", "config", "--global", "--type=path", "--get", "core.excludesFile"],
      { cwd: directory, env: { ...env, ...this.#place() }, timeoutMs: this.#options.limits.timeMs },
    );
    if (result.exitCode === 0) return result.stdout.trimEnd();
    const config = env["XDG_CONFIG_HOME"] || (env["HOME"] && join(env["HOME"], ".config"));
    return config && join(config, "git/ignore");
  }

  async #git(args: readonly string[], options: RunOptions): Promise<string> {
    const result = await this.#run(args, options);
    options.signal?.throwIfAborted();
    if (result.timedOut) throw limitReached(`git ${args[0]} took too long`);
    if (result.truncated) throw limitReached(`git ${args[0]} had too much to say`);
    if (result.exitCode === 0) return result.stdout;
    throw unavailable(`git ${args[0]} failed: ${result.stderr.trim().slice(0, 500)}`);
  }

  #run(args: readonly string[], options: RunOptions): Promise<ProcessResult> {
    const { directory, env, limits, worktree } = this.#options;
    const inherited = Object.entries(env).filter(([name]) => !name.startsWith("GIT_"));
    return runProcess(["git", ...args], {
      cwd: worktree,
      env: {
        ...Object.fromEntries(inherited),
        ...this.#place(),
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_ATTR_NOSYSTEM: "1",
        // For versions of git that do not know the first of these.
        HOME: directory,
        XDG_CONFIG_HOME: directory,
        LC_ALL: "C",
      },
      timeoutMs: limits.timeMs,
      ...options,
    });
  }

  #place(): Env {
    const { directory, worktree } = this.#options;
    return { GIT_DIR: directory, GIT_WORK_TREE: worktree, GIT_TERMINAL_PROMPT: "0" };
  }
}

interface RunOptions {
  signal?: AbortSignal;
  stdin?: string;
  maxBytes?: number;
  encoding?: "latin1";
}

function withSignal(signal: AbortSignal | undefined): RunOptions {
  return signal ? { signal } : {};
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

/**
 * `<hash> blob <size>\n<bytes>\n` or `<hash> missing\n`, again and again; a character is a byte.
 */
function parseBatch(output: string): Map<string, Buffer> {
  const contents = new Map<string, Buffer>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf("\n", at);
    const [hash = "", type, size] = output.slice(at, end).split(" ");
    at = end + 1;
    if (size === undefined) continue;
    const next = at + Number(size);
    if (type === "blob") contents.set(hash, Buffer.from(output.slice(at, next), "latin1"));
    at = next + 1;
  }
  return contents;
}
