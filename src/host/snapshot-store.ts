// Where the snapshots of a worktree are kept: one private directory for each, under the data
// directory; whether trees of a worktree may be taken at all; and the end of stores that nobody
// uses.
import { createHash } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isInside, nearestRealpath, readTextIfExists } from "@/base/file";
import type { Paths } from "@/base/paths";
import type { Repository } from "./git";
import type { HashAlgorithm } from "./snapshot-objects";

/** The store of a worktree; it need not exist. */
export function storeDirectory(paths: Paths, worktree: string): string {
  const name = createHash("sha256").update(worktree).digest("hex").slice(0, 32);
  return join(snapshotRoot(paths), name);
}

/** Why no trees of this worktree are taken; undefined when they are. For a person. */
export async function findRefusal(worktree: string, paths: Paths): Promise<string | undefined> {
  const holds = async (path: string) => isInside(worktree, await nearestRealpath(path));
  if (await holds(paths.home)) return "it is, or holds, the home directory";
  if (await holds(paths.data)) return "it holds the data directory of this program";
  return undefined;
}

/** A repository with another hash than ours could not share its index and objects. */
export async function findAlgorithm(repository: Repository | undefined): Promise<HashAlgorithm> {
  const path = repository && join(repository.commonDirectory, "config");
  const config = path === undefined ? undefined : await readTextIfExists(path);
  return /^\s*objectformat\s*=\s*sha256\s*$/im.test(config ?? "") ? "sha256" : "sha1";
}

/** Removes stores in which nothing has happened for so long that nothing in them would be kept. */
export async function removeUnusedStores(
  paths: Paths,
  own: string,
  { now, ageMs }: { now: number; ageMs: number },
): Promise<void> {
  const root = snapshotRoot(paths);
  for (const name of await readdir(root)) {
    const directory = join(root, name);
    // Each use makes and removes a lock in it.
    const found = await stat(directory).catch(() => undefined); // removed meanwhile
    if (directory === own || !found || now - found.mtimeMs < ageMs) continue;
    await rm(directory, { recursive: true, force: true });
  }
}

function snapshotRoot(paths: Paths): string {
  return join(paths.data, "snapshot");
}
