// Git, by its own program. Finds repositories without running anything, and asks git about one.
// A repository is not trusted: whatever its configuration names (hooks, monitors, filters, diff
// programs) is not run. Where git is missing or refuses, answers are undefined or empty.
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Env } from "@/base/env";
import { readTextIfExists } from "@/base/file";
import { runProcess, type ProcessResult } from "@/base/process";

export interface Repository {
  /** The directory that holds `.git`. */
  worktree: string;
  /** Where HEAD and the index of this worktree are. */
  gitDirectory: string;
  /** What all worktrees share: objects, branches, configuration. */
  commonDirectory: string;
}

/** The repository `directory` lies in, found by looking upward for `.git`. Runs nothing. */
export async function findRepository(directory: string): Promise<Repository | undefined> {
  for (let worktree = resolve(directory); ; worktree = dirname(worktree)) {
    const gitDirectory = await readGitDirectory(join(worktree, ".git"));
    if (gitDirectory !== undefined) {
      const common = await readTextIfExists(join(gitDirectory, "commondir"));
      const commonDirectory = common ? resolve(gitDirectory, common.trim()) : gitDirectory;
      return { worktree, gitDirectory, commonDirectory };
    }
    if (dirname(worktree) === worktree) return undefined;
  }
}

/** `.git` is a directory, or in worktrees and submodules a file that says where it is. */
async function readGitDirectory(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined); // not there, or not to be read
  if (!found) return undefined;
  const directory = found.isDirectory() ? path : await followGitFile(path);
  const head = directory && (await stat(join(directory, "HEAD")).catch(() => undefined));
  return head ? directory : undefined;
}

async function followGitFile(path: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(() => ""); // unreadable: no repository
  const target = /^gitdir:\s*(.+)/.exec(text)?.[1]?.trim();
  return target === undefined ? undefined : resolve(dirname(path), target);
}

export interface GitOptions {
  signal?: AbortSignal;
  stdin?: string;
  maxBytes?: number;
  timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;
const SHOW_MAX_BYTES = 10 * 1024 * 1024;

/** Variables that a person's own set-up may need; all others of git's are dropped. */
const KEPT_VARIABLES =
  /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|EXEC_PATH|CEILING_DIRECTORIES|DISCOVERY_.*)$/;

const SAFE_CONFIG: readonly string[] = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.quotePath=false",
  "core.pager=cat",
  "core.untrackedCache=false",
  "core.sshCommand=false",
  "credential.helper=",
  "diff.external=",
  "diff.noprefix=false",
  "diff.mnemonicPrefix=false",
  "protocol.ext.allow=never",
  "submodule.recurse=false",
];

/** Keys of a repository's configuration that name programs, and what makes them harmless. */
const PROGRAM_KEYS: readonly (readonly [pattern: RegExp, value: string])[] = [
  [/^filter\..*\.(clean|smudge|process)$/, ""],
  [/^filter\..*\.required$/, "false"],
  [/^diff\..*\.(command|textconv)$/, ""],
  [/^merge\..*\.driver$/, ""],
];

export class Git {
  readonly worktree: string;
  readonly gitDirectory: string;
  readonly #env: Env;
  #safeArguments: Promise<string[] | undefined> | undefined;

  /** `env` is the environment git is run in, less what would point it elsewhere. */
  constructor(repository: Repository, env: Env) {
    this.worktree = repository.worktree;
    this.gitDirectory = repository.gitDirectory;
    const kept = (name: string) => !name.startsWith("GIT_") || KEPT_VARIABLES.test(name);
    this.#env = {
      ...Object.fromEntries(Object.entries(env).filter(([name]) => kept(name))),
      GIT_OPTIONAL_LOCKS: "0",
      GIT_TERMINAL_PROMPT: "0",
      GIT_PAGER: "cat",
      GIT_ASKPASS: "false",
      LC_ALL: "C",
    };
  }

  /** The first commit, which names the project; undefined when there is none yet. */
  async rootCommit(signal?: AbortSignal): Promise<string | undefined> {
    const text = await this.text(["rev-list", "--max-parents=0", "HEAD"], withSignal(signal));
    const commits = text?.split("\n").filter((line) => /^[0-9a-f]{40,64}$/.test(line));
    // Merged histories have several: any will do, if it is always the same one.
    return commits?.sort()[0];
  }

  /** The name of the current branch, also before its first commit; undefined when detached. */
  async branch(): Promise<string | undefined> {
    const head = await readTextIfExists(join(this.gitDirectory, "HEAD"));
    const name = /^ref: refs\/heads\/(.+)$/m.exec(head ?? "")?.[1];
    if (name !== ".invalid") return name;
    // Newer ways to keep branches leave only this mark in the file.
    return (await this.text(["symbolic-ref", "--short", "HEAD"]))?.trim() || undefined;
  }

  /** The branch others start from: the remote's, else main or master, else the current one. */
  async defaultBranch(): Promise<string | undefined> {
    const ref = "refs/remotes/origin/HEAD";
    const remote = await this.text(["symbolic-ref", "--quiet", "--short", ref]);
    if (remote?.trim()) return remote.trim().replace(/^origin\//, "");
    const format = "--format=%(refname:short)";
    const refs = ["refs/heads/main", "refs/heads/master"];
    const local = await this.text(["for-each-ref", format, ...refs]);
    return local?.split("\n")[0] || this.branch();
  }

  /** The text of a file in the last commit; `path` is relative to the worktree. */
  async show(path: string, signal?: AbortSignal): Promise<string | undefined> {
    const options = { ...withSignal(signal), maxBytes: SHOW_MAX_BYTES };
    // cat-file and not show: it applies no text conversion.
    return this.text(["cat-file", "blob", `HEAD:${path}`], options);
  }

  /** Which of the paths (relative to the worktree, or absolute) are ignored. */
  async ignored(paths: readonly string[], signal?: AbortSignal): Promise<string[]> {
    if (paths.length === 0) return [];
    const stdin = `${paths.join("\0")}\0`;
    const options = { ...withSignal(signal), stdin };
    const text = await this.text(["check-ignore", "-z", "--stdin"], options);
    return text?.split("\0").filter(Boolean) ?? [];
  }

  /** What git prints; undefined when it fails, is missing, or prints more than is read. */
  async text(args: readonly string[], options: GitOptions = {}): Promise<string | undefined> {
    const result = await this.run(args, options);
    return result && result.exitCode === 0 && !result.truncated ? result.stdout : undefined;
  }

  /** Runs git; undefined when it is missing. Throws the signal's reason on abort. */
  async run(args: readonly string[], options: GitOptions = {}): Promise<ProcessResult | undefined> {
    this.#safeArguments ??= this.#findSafeArguments();
    const safe = await this.#safeArguments;
    if (!safe) return undefined;
    options.signal?.throwIfAborted();
    const result = await this.#spawn([...safe, ...args], options);
    options.signal?.throwIfAborted();
    return result;
  }

  /**
   * Options that disarm the programs which this repository's own configuration names; undefined
   * when that cannot be done, and then git is not run.
   */
  async #findSafeArguments(): Promise<string[] | undefined> {
    const args = ["config", "--list", "--includes", "--show-scope", "--name-only", "-z"];
    const listed = await this.#spawn(args, {});
    if (listed?.exitCode !== 0 || listed.truncated) return undefined;
    const fields = listed.stdout.split("\0"); // scope, key, scope, key, ...
    const ours = fields.filter((_, index) => /^(local|worktree)$/.test(fields[index - 1] ?? ""));
    const config = [...SAFE_CONFIG];
    for (const key of new Set(ours)) {
      const rule = PROGRAM_KEYS.find(([pattern]) => pattern.test(key));
      if (rule && key.includes("=")) return undefined; // a name that no option can express
      if (rule) config.push(`${key}=${rule[1]}`);
    }
    return config.flatMap((entry) => ["-c", entry]);
  }

  #spawn(args: readonly string[], options: GitOptions): Promise<ProcessResult | undefined> {
    return runProcess(["git", "-C", this.worktree, "--no-pager", ...args], {
      cwd: this.worktree,
      env: this.#env,
      timeoutMs: TIMEOUT_MS,
      ...options,
    }).catch(() => undefined); // no git, or the directory is gone: there is nothing to know
  }
}

function withSignal(signal: AbortSignal | undefined): GitOptions {
  return signal ? { signal } : {};
}
