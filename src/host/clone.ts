// Cloning: a copy of somebody's repository to read in, without its history. It appears whole or
// not at all, and nothing that the repository says is run.
import { randomBytes } from "node:crypto";
import { rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Env } from "@/base/env";
import { unavailable } from "@/base/error";
import { ensureDirectory } from "@/base/file";
import { runProcess } from "@/base/process";

export interface CloneOptions {
  /** An address as git takes it. */
  repository: string;
  branch?: string | undefined;
  /** Where it is to be; its parents are made. */
  directory: string;
  env: Env;
  signal: AbortSignal;
}

const TIMEOUT_MS = 120_000;
const SAFE_OPTIONS: readonly string[] = [
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "protocol.ext.allow=never",
  "-c",
  "submodule.recurse=false",
];

/** Throws AppError unavailable that says what git says, the signal's reason on abort. */
export async function cloneRepository(options: CloneOptions): Promise<void> {
  const { repository, branch, directory, signal } = options;
  if (await exists(directory)) return;
  const parent = dirname(directory);
  await ensureDirectory(parent);
  const fresh = `${directory}.${randomBytes(6).toString("hex")}`;
  const chosen = branch === undefined ? [] : ["--branch", branch];
  const kind = ["--depth", "1", "--single-branch", "--no-tags", ...chosen];
  const argv = ["git", ...SAFE_OPTIONS, "clone", "--quiet", ...kind, "--", repository, fresh];
  try {
    const run = { cwd: parent, env: gitEnv(options.env), signal, timeoutMs: TIMEOUT_MS };
    const { exitCode, stderr, timedOut } = await runProcess(argv, run);
    signal.throwIfAborted();
    if (timedOut) throw cloneFailed(repository, `git did not end within ${TIMEOUT_MS / 1000} s`);
    if (exitCode !== 0) throw cloneFailed(repository, stderr.trim().split("\n").at(-1) ?? "");
    // Another process may have been faster: then its copy is the one.
    await rename(fresh, directory).catch(async (error: unknown) => {
      if (!(await exists(directory))) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

function cloneFailed(repository: string, reason: string) {
  const [from, why] = [repository, reason].map((text) => text.replace(/\/\/[^@/\s]*@/g, "//"));
  return unavailable(`${from} could not be cloned: ${why}`);
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
