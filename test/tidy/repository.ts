// The files of the repository, as the tidy test judges them: what git tracks, and what it would
// track if it were added now, so that a new file is judged before it is committed.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSource, type Source } from "@test/tidy/source";

export interface RepositoryFile {
  path: string;
  /** Undefined for a binary file. */
  text: string | undefined;
}

export async function readRepository(root: string): Promise<RepositoryFile[]> {
  const paths = await listFiles(root);
  const files = await Promise.all(paths.map((path) => readRepositoryFile(root, path)));
  return files.filter((file) => file !== undefined);
}

/** The TypeScript files, parsed. */
export function parseSources(files: readonly RepositoryFile[]): Source[] {
  return files.flatMap(({ path, text }) =>
    path.endsWith(".ts") && text !== undefined ? [parseSource(path, text)] : [],
  );
}

async function listFiles(root: string): Promise<string[]> {
  const argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const child = Bun.spawn(argv, { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  const [stdout, exitCode] = await Promise.all([child.stdout.text(), child.exited]);
  if (exitCode === 0) return [...new Set(stdout.split("\0").filter(Boolean))].toSorted();
  // A copy of the sources without git's directory is judged by what lies there.
  const found = await Array.fromAsync(new Bun.Glob("**/*").scan({ cwd: root, dot: true }));
  return found.filter((path) => !/^(node_modules|dist|\.git)\//.test(path)).toSorted();
}

async function readRepositoryFile(root: string, path: string): Promise<RepositoryFile | undefined> {
  const bytes = await readFile(join(root, path)).catch((error: unknown) => {
    // Deleted here, and git was not told yet.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!bytes) return undefined;
  return { path, text: bytes.includes(0) ? undefined : bytes.toString("utf8") };
}
