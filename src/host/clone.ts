// Cloning: a copy of somebody's repository to read in, without its history. It appears whole or
// not at all, is brought up to date once a day, and nothing that the repository says is run.
import { randomBytes } from "node:crypto";
import { rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "@/base/clock";
import type { Env } from "@/base/env";
import { errorMessage, unavailable } from "@/base/error";
import { ensureDirectory } from "@/base/file";
import type { Logger } from "@/base/log";
import { runProcess } from "@/base/process";

export interface CloneOptions {
  /** An address as git takes it. */
  repository: string;
  branch?: string | undefined;
  /** Where it is to be; its parents are made. */
  directory: string;
  env: Env;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

const TIMEOUT_MS = 120_000;
/** Whoever reads in an older copy waits for the new one, */
const FRESH_MS = 24 * 60 * 60_000;
/** but not for long, */
const REFRESH_TIMEOUT_MS = 15_000;
/** and where it did not come, not again so soon. */
const RETRY_MS = 60 * 60_000;
/** Beside git's own files: its time says when the copy was fresh. */
const STAMP = "opencode-fetched";
const SAFE_OPTIONS: readonly string[] = [
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "protocol.ext.allow=never",
  "-c",
  "submodule.recurse=false",
];

/**
 * Sees to it that the copy is there, and up to date as far as that can be had. Throws AppError
 * unavailable that says what git says when there is none, the signal's reason on abort.
 */
export async function cloneRepository(options: CloneOptions): Promise<void> {
  const { repository, branch, directory, signal } = options;
  if (await exists(directory)) return refresh(options);
  const parent = dirname(directory);
  await ensureDirectory(parent);
  const fresh = `${directory}.${randomBytes(6).toString("hex")}`;
  const chosen = branch === undefined ? [] : ["--branch", branch];
  const kind = ["--depth", "1", "--single-branch", "--no-tags", ...chosen];
  try {
    const args = ["clone", "--quiet", ...kind, "--", repository, fresh];
    const failure = await runGit(args, { ...options, directory: parent }, TIMEOUT_MS);
    signal.throwIfAborted();
    if (failure !== undefined)
      throw unavailable(`${plain(repository)} could not be cloned: ${failure}`);
    await stamp(fresh, options.clock.now());
    // Another process may have been faster: then its copy is the one.
    await rename(fresh, directory).catch(async (error: unknown) => {
      if (!(await exists(directory))) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** What is there counts, whatever becomes of it: a failure is a line in the log. */
async function refresh(options: CloneOptions): Promise<void> {
  const { repository, branch, directory, clock, log, signal } = options;
  const git = join(directory, ".git");
  // Without one of its own, git would take the repository around it for the copy.
  if (!(await exists(git)) || clock.now() - (await stampTime(git)) < FRESH_MS) return;
  // At once, so that nobody begins anew at each read while it does not come.
  await stamp(directory, clock.now() - FRESH_MS + RETRY_MS).catch(() => undefined);
  const copy = [`--git-dir=${git}`, `--work-tree=${directory}`];
  const fetch = ["fetch", "--quiet", "--depth", "1", "--no-tags", "--", repository];
  const failure =
    (await runGit([...copy, ...fetch, branch ?? "HEAD"], options, REFRESH_TIMEOUT_MS)) ??
    (await runGit([...copy, "reset", "--quiet", "--hard", "FETCH_HEAD"], options, TIMEOUT_MS));
  signal.throwIfAborted();
  if (failure === undefined) return void (await stamp(directory, clock.now()));
  log.warn("a reference could not be brought up to date", {
    repository: plain(repository),
    reason: failure,
  });
}

/** When it was fresh; long ago for a copy of which nobody has noted it. */
async function stampTime(git: string): Promise<number> {
  return stat(join(git, STAMP)).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function stamp(directory: string, timeMs: number): Promise<void> {
  const path = join(directory, ".git", STAMP);
  await writeFile(path, "");
  await utimes(path, timeMs / 1_000, timeMs / 1_000);
}

/** What went wrong, in words; undefined when all went well. */
async function runGit(
  args: readonly string[],
  { directory: cwd, env, signal }: Pick<CloneOptions, "directory" | "env" | "signal">,
  timeoutMs: number,
): Promise<string | undefined> {
  const options = { cwd, env: gitEnv(env), signal, timeoutMs };
  try {
    const result = await runProcess(["git", ...SAFE_OPTIONS, ...args], options);
    if (result.timedOut) return `git did not end within ${timeoutMs / 1_000} s`;
    if (result.exitCode === 0) return undefined;
    return plain(result.stderr.trim().split("\n").at(-1) ?? "");
  } catch (error) {
    return errorMessage(error); // git is not there
  }
}

/** Without a password. */
function plain(text: string): string {
  return text.replace(/\/\/[^@/\s]*@/g, "//");
}

/** Nobody is there to be asked for a password, and no other repository is meant. */
function gitEnv(env: Env): Env {
  const own = Object.entries(env).filter(
    ([name]) => !name.startsWith("GIT_") || /^GIT_(CONFIG_|SSH|EXEC_PATH)/.test(name),
  );
  return { ...Object.fromEntries(own), GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "false" };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false, // not there, or not to be read: git will say which
  );
}
