// What has become of some paths of a worktree, as edits of its last tree: the same rules by which
// git makes a whole tree, for those paths alone. What new files hold is kept. A file that cannot be
// kept (too large, unreadable, neither file nor link) stays in the tree as it was.
import { lstatSync, type Stats } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { limitReached } from "@/base/error";
import { ENTRY_MAX_BYTES } from "./snapshot-entry";
import type { SnapshotObjects } from "./snapshot-objects";
import type { SnapshotTree, TreeEdit, TreeEntry } from "./snapshot-tree";

/** How much a tree may cost; beyond it there is none. */
export interface TreeLimits {
  /** Files that differ from the last tree, or are new. */
  files: number;
  /** Their sizes together. */
  bytes: number;
  /** A file that git does not know is left out beyond this. */
  untrackedBytes: number;
  /** Of each run of git. */
  timeMs: number;
}

export interface EditsOptions {
  worktree: string;
  objects: SnapshotObjects;
  limits: TreeLimits;
  findIgnored: (paths: readonly string[]) => Promise<ReadonlySet<string>>;
}

const READS_AT_ONCE = 16;

/** Throws AppError limit. */
export async function findEdits(
  tree: SnapshotTree,
  paths: ReadonlySet<string>,
  { worktree, objects, limits, findIgnored }: EditsOptions,
): Promise<Map<string, TreeEdit>> {
  const look = lookIn(worktree);
  const found = new Map([...paths].map((path) => [path, look(path)]));
  const fresh = [...found].filter(([path, stats]) => canBeKept(stats) && !tree.hasFile(path));
  const ignored = await findIgnored(fresh.map(([path]) => path));
  const edits = new Map<string, TreeEdit>();
  const files: [string, Stats][] = [];
  for (const [path, stats] of found) {
    const maxBytes = tree.hasFile(path) ? ENTRY_MAX_BYTES : limits.untrackedBytes;
    if (!stats) edits.set(path, "gone");
    else if (stats.isDirectory()) edits.set(path, "directory");
    else if (canBeKept(stats) && stats.size <= maxBytes && !ignored.has(path)) {
      files.push([path, stats]);
    }
  }
  checkLimit(limits, "files", files.length);
  const bytes = files.reduce((sum, [, stats]) => sum + stats.size, 0);
  checkLimit(limits, "bytes", bytes);
  const keep = async ([path, stats]: [string, Stats]) => {
    const entry = await keepFile(join(worktree, path), stats, { objects, known: tree.find(path) });
    if (entry) edits.set(path, entry);
  };
  for (let index = 0; index < files.length; index += READS_AT_ONCE) {
    await Promise.all(files.slice(index, index + READS_AT_ONCE).map(keep));
  }
  return edits;
}

export function checkLimit(limits: TreeLimits, what: "files" | "bytes", value: number): void {
  if (value > limits[what])
    throw limitReached(`${value} ${what} to keep, more than ${limits[what]}`);
}

/** What is there, asked once for each path; nothing below a link, which leads elsewhere. */
export function lookIn(worktree: string): (path: string) => Stats | undefined {
  const known = new Map<string, Stats | undefined>();
  const look = (path: string): Stats | undefined => {
    if (known.has(path)) return known.get(path);
    const parent = dirname(path);
    const isReachable = parent === "." || look(parent)?.isDirectory() === true;
    const there = { throwIfNoEntry: false } as const;
    const stats = isReachable ? lstatSync(join(worktree, path), there) : undefined;
    known.set(path, stats);
    return stats;
  };
  return look;
}

function canBeKept(stats: Stats | undefined): boolean {
  return stats !== undefined && (stats.isFile() || stats.isSymbolicLink());
}

/** Undefined when it cannot be read, or has gone since: then it is told again. */
async function keepFile(
  path: string,
  stats: Stats,
  { objects, known }: { objects: SnapshotObjects; known: TreeEntry | undefined },
): Promise<TreeEntry | undefined> {
  const isLink = stats.isSymbolicLink();
  const reading = isLink ? readlink(path, { encoding: "buffer" }) : readFile(path);
  const bytes = await reading.catch(() => undefined);
  if (!bytes) return undefined;
  const mode = isLink ? "120000" : (stats.mode & 0o100) === 0 ? "100644" : "100755";
  const hash = objects.nameOf(bytes);
  if (known?.hash !== hash) await objects.put(bytes);
  return { mode, hash };
}
