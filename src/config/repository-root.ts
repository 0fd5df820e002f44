// Where a directory's repository begins, for what is read before anything may run git.
import { stat } from "node:fs/promises";
import { dirname, join, parse } from "node:path";

/** More levels than any real project has. */
const MAX_LEVELS = 64;

/** The nearest directory upwards that holds `.git`; the root of the file system without one. */
export async function findRepositoryRoot(directory: string): Promise<string> {
  const { root } = parse(directory);
  let at = directory;
  for (let level = 0; level < MAX_LEVELS && at !== root; level++) {
    const found = await stat(join(at, ".git")).catch(() => undefined); // not here
    if (found !== undefined) return at;
    at = dirname(at);
  }
  return root;
}
