// Vcs: what clients see of a directory's version control, and may change in it. Outside of a
// repository everything is empty.
import type { Env } from "@/base/env";
import { conflict, invalid, unavailable } from "@/base/error";
import { runProcess } from "@/base/process";
import type { VcsFileDiff, VcsFileStatus, VcsInfo } from "@/schema/vcs";
import type { Git } from "./git";
import { gitDiff, type GitDiffOptions, gitRawDiff, gitStatus } from "./git-changes";

const INIT_TIMEOUT_MS = 30_000;

export class Vcs {
  readonly #git: Git | undefined;

  constructor(git: Git | undefined) {
    this.#git = git;
  }

  async info(): Promise<VcsInfo> {
    const git = this.#git;
    if (!git) return {};
    const [branch, defaultBranch] = await Promise.all([git.branch(), git.defaultBranch()]);
    return {
      ...(branch !== undefined && { branch }),
      ...(defaultBranch !== undefined && { default_branch: defaultBranch }),
    };
  }

  /** Files that differ from the last commit, those unknown to git included. */
  async status(signal?: AbortSignal): Promise<VcsFileStatus[]> {
    return this.#git ? gitStatus(this.#git, signal) : [];
  }

  /** The same with patches, against the last commit or the default branch. */
  async diff(options: GitDiffOptions): Promise<VcsFileDiff[]> {
    return this.#git ? gitDiff(this.#git, options) : [];
  }

  /** One patch against the last commit, as git prints it. */
  async rawDiff(signal?: AbortSignal): Promise<string> {
    return this.#git ? gitRawDiff(this.#git, { mode: "git", ...(signal && { signal }) }) : "";
  }

  /**
   * Applies a unified diff to the files of the worktree: all of it or, with AppError invalid and
   * git's words, nothing. AppError conflict outside of a repository.
   */
  async apply(patch: string, signal?: AbortSignal): Promise<void> {
    if (!this.#git) throw conflict("The directory is in no git repository: nothing can be applied");
    const args = ["apply", "--whitespace=nowarn", "-"];
    const result = await this.#git.run(args, { stdin: patch, ...(signal && { signal }) });
    if (!result) throw unavailable("git cannot be run here: is it installed?");
    if (result.exitCode === 0) return;
    throw invalid(`The patch does not apply: ${result.stderr.trim()}`, {
      kind: "Payload",
      path: "patch",
    });
  }
}

/** Makes `directory` a repository. AppError unavailable when git cannot. */
export async function initRepository(directory: string, env: Env): Promise<void> {
  const options = { cwd: directory, env, timeoutMs: INIT_TIMEOUT_MS };
  const result = await runProcess(["git", "init", "--quiet"], options);
  if (result.exitCode === 0) return;
  const reason = result.stderr.trim();
  throw unavailable(`git init failed in ${directory}: ${reason}`, { directory });
}
