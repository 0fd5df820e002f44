// A directory of programs that has those that are named, and nothing else that this machine may
// have: what a test finds on PATH is the same everywhere.
import { symlink } from "node:fs/promises";
import { join } from "node:path";

/** What small shell scripts use. */
export const COMMON = [
  "cat",
  "chmod",
  "env",
  "mkdir",
  "mkfifo",
  "mv",
  "rm",
  "sh",
  "sleep",
  "touch",
];

/** Links those that there are into the directory, unless it has one of the name already. */
export async function linkPrograms(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = Bun.which(name);
    if (path) await symlink(path, join(directory, name)).catch(() => {}); // it is the test's own
  }
}
