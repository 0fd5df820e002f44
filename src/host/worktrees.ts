// Further worktrees of a repository, each with a branch of its own, so that work can go on beside
// the person's: made below the data directory, prepared by a command, put back, and removed with
// their branch. Those that people have made themselves are not ours and are left alone.
import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Env } from "@/base/env";
import { AppError, conflict, errorMessage, invalid, notFound } from "@/base/error";
import { isInside, nearestRealpath } from "@/base/file";
import type { Logger } from "@/base/log";
import { runProcess } from "@/base/process";
import { KeyedLock } from "@/base/queue";
import type { Scope } from "@/base/scope";
import type { Publish } from "@/schema/event";
import type { Worktree, WorktreeCreateInput } from "@/schema/worktree";
import { findRepository, Git } from "./git";

const NAME_MAX_LENGTH = 60;
const NAME_ATTEMPTS_MAX = 20;
/** A checkout of a large repository takes its time. */
const CHECKOUT_TIMEOUT_MS = 10 * 60_000;
const START_TIMEOUT_MS = 30 * 60_000;
const OUTPUT_MAX_BYTES = 64 * 1024;
const REASON_MAX_LENGTH = 500;

export interface WorktreesOptions {
  /** Undefined outside of a repository: there can be no worktrees then. */
  git: Git | undefined;
  /** The directory of the worktrees of this project. */
  root: string;
  env: Env;
  log: Logger;
  scope: Scope;
  publish: Publish;
  /** A name for one that gets none. */
  makeName(): string;
  /** The shell that runs commands. */
  shell(): Promise<string>;
  /** What runs in every new one. */
  startCommand(): string | undefined;
}

export class Worktrees {
  readonly #options: WorktreesOptions;
  /** One change at a time: git takes a lock of its own for each. */
  readonly #lock = new KeyedLock();

  constructor(options: WorktreesOptions) {
    this.#options = options;
  }

  /** The directories of those that were made here, sorted; none outside of a repository. */
  async list(): Promise<string[]> {
    const { git } = this.#options;
    const text = await git?.text(["worktree", "list", "--porcelain", "-z"]);
    const root = await nearestRealpath(this.#options.root);
    const lines = text?.split("\0") ?? [];
    return lines
      .flatMap((line) => (line.startsWith("worktree ") ? [line.slice("worktree ".length)] : []))
      .filter((directory) => directory !== root && isInside(root, directory))
      .sort();
  }

  /**
   * Makes a worktree of the last commit, with the branch `opencode/<name>`. Its commands run behind
   * the answer: `worktree.ready` or `worktree.failed` tells how that went. AppError invalid outside
   * of a repository and when git refuses, conflict for a name that is taken.
   */
  create(input: WorktreeCreateInput): Promise<Worktree> {
    return this.#lock.run("", async () => {
      const git = this.#git();
      const name = await this.#freeName(git, input.name);
      const branch = branchOf(name);
      const { root } = this.#options;
      await mkdir(root, { recursive: true, mode: 0o700 });
      const directory = join(await nearestRealpath(root), name);
      await this.#run(git, "WorktreeCreateFailedError", [
        ...["worktree", "add", "--quiet", "-b", branch, directory, "HEAD"],
      ]);
      const worktree = { name, branch, directory };
      const { scope } = this.#options;
      scope.track(`worktree ${name}`, this.#prepare(worktree, input.startCommand));
      return worktree;
    });
  }

  /** The real path of one that was made here. AppError not-found for any other directory. */
  async get(directory: string): Promise<string> {
    const path = await nearestRealpath(directory);
    const all = await this.list();
    if (all.includes(path)) return path;
    const hint = all.length > 0 ? `There are: ${all.join(", ")}` : "There are none";
    throw notFound("Worktree", directory, hint);
  }

  /** Makes it what the default branch is, whatever was changed, added or ignored there. */
  reset(directory: string): Promise<void> {
    return this.#lock.run("", async () => {
      const path = await this.get(directory);
      const repository = await findRepository(path);
      if (!repository) throw notFound("Worktree", directory);
      const git = new Git(repository, this.#options.env);
      const target = await defaultCommit(git);
      await this.#run(git, "WorktreeResetFailedError", ["reset", "--quiet", "--hard", target]);
      await this.#run(git, "WorktreeResetFailedError", ["clean", "-ffdxq"]);
    });
  }

  /** Removes it with its branch, whatever was not committed or merged. */
  remove(directory: string): Promise<void> {
    return this.#lock.run("", async () => {
      const path = await this.get(directory);
      const git = this.#git();
      await this.#run(git, "WorktreeRemoveFailedError", [
        ...["worktree", "remove", "--force", "--force", path],
      ]);
      await rm(path, { recursive: true, force: true });
      // One that somebody has renamed or deleted is theirs.
      await git.run(["branch", "--quiet", "-D", branchOf(basename(path))]);
    });
  }

  #git(): Git {
    const { git } = this.#options;
    if (git) return git;
    const message = "The directory is in no git repository: it can have no worktrees";
    throw new AppError("invalid", "WorktreeNotGitError", message);
  }

  async #freeName(git: Git, wanted: string | undefined): Promise<string> {
    const named = wanted === undefined ? "" : toName(wanted);
    if (wanted !== undefined && named === "") {
      throw invalid(`name: ${JSON.stringify(wanted)} holds no letter or digit`, { path: "name" });
    }
    if (named !== "") {
      if (await this.#isFree(git, named)) return named;
      throw conflict(`There is a worktree or a branch ${branchOf(named)} already`, { name: named });
    }
    for (let attempt = 0; attempt < NAME_ATTEMPTS_MAX; attempt++) {
      const name = toName(this.#options.makeName());
      if (name !== "" && (await this.#isFree(git, name))) return name;
    }
    const message = "No free name was found: give one";
    throw new AppError("conflict", "WorktreeNameGenerationFailedError", message);
  }

  async #isFree(git: Git, name: string): Promise<boolean> {
    const ref = `refs/heads/${branchOf(name)}`;
    if ((await git.text(["show-ref", "--verify", ref])) !== undefined) return false;
    return !(await this.list()).some((directory) => basename(directory) === name);
  }

  /** Runs the commands and tells how they went; never rejects. */
  async #prepare({ name, branch, directory }: Worktree, own: string | undefined): Promise<void> {
    const { log, publish } = this.#options;
    try {
      const commands = [this.#options.startCommand(), own];
      for (const command of commands) if (command?.trim()) await this.#start(command, directory);
      publish("worktree.ready", { name, ...(branch !== undefined && { branch }) });
    } catch (error) {
      const message = errorMessage(error);
      log.warn("a worktree could not be prepared", { directory, error: message });
      publish("worktree.failed", { message });
    }
  }

  async #start(command: string, cwd: string): Promise<void> {
    const { env, scope, shell } = this.#options;
    const { exitCode, stderr, timedOut } = await runProcess([await shell(), "-c", command], {
      cwd,
      env,
      signal: scope.signal,
      timeoutMs: START_TIMEOUT_MS,
      maxBytes: OUTPUT_MAX_BYTES,
    });
    if (exitCode === 0) return;
    const how = timedOut ? "took too long" : `ended with ${exitCode ?? "a signal"}`;
    const reason = `${command.slice(0, 100)} ${how}: ${stderr.trim().slice(-REASON_MAX_LENGTH)}`;
    throw new AppError("unavailable", "WorktreeStartCommandFailedError", reason);
  }

  /** Throws AppError invalid of that name, with git's own words. */
  async #run(git: Git, name: string, args: readonly string[]): Promise<void> {
    const { signal } = this.#options.scope;
    const result = await git.run(args, { timeoutMs: CHECKOUT_TIMEOUT_MS, signal });
    if (result?.exitCode === 0) return;
    const reason = result?.stderr.trim().slice(0, REASON_MAX_LENGTH) || "git cannot be run here";
    throw new AppError("invalid", name, reason);
  }
}

function branchOf(name: string): string {
  return `opencode/${name}`;
}

/** As it stands in a path and in a branch. */
function toName(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return plain.slice(0, NAME_MAX_LENGTH).replace(/^-+|-+$/g, "");
}

/** The remote's default branch where it is known, for what is new there; else the local one. */
async function defaultCommit(git: Git): Promise<string> {
  const branch = (await git.defaultBranch()) ?? "HEAD";
  for (const ref of [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`]) {
    if ((await git.text(["show-ref", "--verify", ref])) !== undefined) return ref;
  }
  return "HEAD";
}
