// The git directory of our own in which trees of a worktree are kept, and git run in it. The
// person's repository is read (its objects, its list of excluded files) and never written. What the
// person's files hold is kept for their eyes only: git widens no mode past 0600.
// A worktree is not trusted: no configuration but ours is read, and our attributes, which outrank
// those of the worktree, leave no filter and no conversion, so that contents are byte for byte.
import { rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Env } from "@/base/env";
import { limitReached, unavailable } from "@/base/error";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";
import { runProcess, type ProcessResult } from "@/base/process";
import type { Repository } from "./git";
import type { HashAlgorithm } from "./snapshot-objects";

export interface SnapshotRepositoryOptions {
  /** Our git directory. */
  directory: string;
  worktree: string;
  /** The person's repository, if there is one. */
  source: Repository | undefined;
  algorithm: HashAlgorithm;
  env: Env;
  /** Of each run of git. */
  timeMs: number;
}

export interface RunOptions {
  signal?: AbortSignal | undefined;
  stdin?: string;
  maxBytes?: number;
  encoding?: "latin1";
}

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

export class SnapshotRepository {
  readonly #options: SnapshotRepositoryOptions;
  /** The person's own list of ignored files. */
  #excludesFile: string | undefined;
  /** What is ignored besides by the worktree's own files. */
  #excludes: readonly (string | undefined)[] = [];

  constructor(options: SnapshotRepositoryOptions) {
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
   * Takes over what the person ignores as it is now: to be called before git is asked for it. True
   * when that has changed since the last call.
   */
  async takeExcludes(): Promise<boolean> {
    const { directory, source } = this.#options;
    const path = source && join(source.commonDirectory, "info/exclude");
    const texts = await Promise.all(
      // What may not be read excludes nothing.
      [path, this.#excludesFile].map((one) => one && readTextIfExists(one).catch(() => undefined)),
    );
    const hasChanged = texts.some((text, index) => text !== this.#excludes[index]);
    const [repository = ""] = texts;
    if (source && hasChanged) await writeFileAtomic(join(directory, "info/exclude"), repository);
    this.#excludes = texts;
    return hasChanged;
  }

  /** Those of these paths that are ignored, whether or not they are tracked. */
  async findIgnored(paths: readonly string[], signal?: AbortSignal): Promise<Set<string>> {
    if (paths.length === 0) return new Set();
    const args = ["check-ignore", "-z", "--stdin", "--no-index"];
    const options = { stdin: `${paths.join("\0")}\0`, signal };
    const result = await this.run([...this.excluding(), ...args], options);
    // That is: none.
    if (result.exitCode === 1 && result.stderr === "") return new Set();
    return new Set(this.#check(args, options, result).split("\0"));
  }

  /** Options of git, for commands that ask for what is ignored. */
  excluding(): string[] {
    const path = this.#excludesFile;
    return path === undefined ? [] : ["-c", `core.excludesFile=${path}`];
  }

  /** What git prints. Throws AppError limit, else unavailable; aborted: what the signal says. */
  async git(args: readonly string[], options: RunOptions): Promise<string> {
    return this.#check(args, options, await this.run(args, options));
  }

  run(args: readonly string[], { signal, ...options }: RunOptions): Promise<ProcessResult> {
    const { directory, env, timeMs, worktree } = this.#options;
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
      timeoutMs: timeMs,
      ...(signal && { signal }),
      ...options,
    });
  }

  /** Changes whenever git, of whatever process, writes the index; undefined without one. */
  async indexState(): Promise<string | undefined> {
    const found = await stat(join(this.#options.directory, "index"), { bigint: true }).catch(
      () => undefined, // none yet
    );
    return found && `${found.ino} ${found.size} ${found.mtimeNs}`;
  }

  async removeIndex(): Promise<void> {
    for (const name of ["index", "index.lock"]) {
      await rm(join(this.#options.directory, name), { force: true });
    }
  }

  #check(args: readonly string[], { signal }: RunOptions, result: ProcessResult): string {
    const name = args.find((arg) => /^[a-z-]+$/.test(arg) && arg !== "-c");
    signal?.throwIfAborted();
    if (result.timedOut) throw limitReached(`git ${name} took too long`);
    if (result.truncated) throw limitReached(`git ${name} had too much to say`);
    if (result.exitCode === 0) return result.stdout;
    throw unavailable(`git ${name} failed: ${result.stderr.trim().slice(0, 500)}`);
  }

  /** From their own configuration and no other. */
  async #findExcludesFile(): Promise<string | undefined> {
    const { env, directory, timeMs, worktree } = this.#options;
    const result = await runProcess(
      ["git", "config", "--global", "--type=path", "--get", "core.excludesFile"],
      { cwd: directory, env: { ...env, ...this.#place() }, timeoutMs: timeMs },
    );
    if (result.exitCode === 0) return resolve(worktree, result.stdout.trimEnd());
    const config = env["XDG_CONFIG_HOME"] || (env["HOME"] && join(env["HOME"], ".config"));
    return config && join(config, "git/ignore");
  }

  #place(): Env {
    const { directory, worktree } = this.#options;
    return { GIT_DIR: directory, GIT_WORK_TREE: worktree, GIT_TERMINAL_PROMPT: "0" };
  }
}
