// Temporary directories, file trees and git repositories for tests.
//
// Everything is made under the system's temporary directory and is gone when the `await using`
// that made it ends. The test runner fails a run which leaves a directory behind.

import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface TempDirectory extends AsyncDisposable {
  /** Absolute, with symbolic links resolved, so that it compares equal to what programs report. */
  readonly path: string;
}

/** `await using directory = await tempDirectory();` */
export async function tempDirectory(prefix = "opencode-test-"): Promise<TempDirectory> {
  const path = await realpath(await mkdtemp(join(tmpdir(), prefix)));
  return {
    path,
    // Retried, because a process that is being killed may still write there for a moment.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** A file-map project: `{ "src/a.ts": "text" }`. A key that ends in "/" is an empty directory. */
export type Tree = Readonly<Record<string, string | Uint8Array>>;

/** Writes every file of the tree below root, with the directories it needs. */
export async function writeTree(root: string, tree: Tree): Promise<void> {
  for (const [name, content] of Object.entries(tree)) {
    const path = join(root, name);
    if (name.endsWith("/")) {
      await mkdir(path, { recursive: true });
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** The text of a file below root. */
export function readTree(root: string, name: string): Promise<string> {
  return readFile(join(root, name), "utf8");
}

/** A temporary directory that holds the tree. */
export async function tempTree(tree: Tree): Promise<TempDirectory> {
  const directory = await tempDirectory();
  await writeTree(directory.path, tree);
  return directory;
}

/**
 * What isolates git from the person who runs the tests: no global or system configuration, no
 * prompts, a fixed identity and fixed dates, so that commit ids are the same everywhere.
 */
export const GIT_ENV = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.com",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
} as const;

/** Runs git in the directory and gives its trimmed output; throws with git's words if it fails. */
export async function git(directory: string, ...args: string[]): Promise<string> {
  const child = Bun.spawn(["git", ...args], {
    cwd: directory,
    env: { ...inheritedEnv(), ...GIT_ENV },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  if (exitCode !== 0) {
    throw new Error(`git ${args.join(" ")} ended with ${exitCode} in ${directory}: ${stderr}`);
  }
  return stdout.trim();
}

/** Makes root a git repository on branch main, writes the files and commits them as the first. */
export async function gitRepository(root: string, files: Tree = {}): Promise<void> {
  await mkdir(root, { recursive: true });
  await git(root, "init", "--quiet", "--initial-branch=main");
  await writeTree(root, files);
  await git(root, "add", "--all");
  await git(root, "commit", "--quiet", "--allow-empty", "--message", "first");
}

/** The environment without git's own variables, which a hook that runs the tests would set. */
function inheritedEnv(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")),
  );
}
