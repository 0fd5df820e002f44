// Looking for files by name below a directory: bounded in depth and number, in a stable order,
// through symbolic links but never in circles, and out of the project only where its fence opens.
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { isInside } from "@/base/file";
import type { Fence } from "@/config/links";

export interface SearchOptions {
  /** Whether a file of this name, at this path below the root, is looked for. */
  match: (name: string, path: string) => boolean;
  /** Asked of links that lead out of it; without, all are followed. */
  fence?: Fence | undefined;
}

const DEPTH_MAX = 8;
const DIRECTORIES_MAX = 2_000;
const FILES_MAX = 1_000;
const SKIPPED: readonly string[] = ["node_modules", ".git"];

interface Found {
  files: string[];
  /** Real paths of the directories that were read. */
  visited: Set<string>;
}

/**
 * The absolute paths of the files below `root` (as it is written, not resolved), each directory's
 * own before its sub-directories', by name. None when there is no such directory; directories that
 * cannot be read are left out.
 */
export async function searchFiles(root: string, options: SearchOptions): Promise<string[]> {
  const found: Found = { files: [], visited: new Set() };
  const { fence } = options;
  const within = fence && (await resolved(fence.root));
  const real = await resolved(root);
  if (real !== undefined) await visit(root, real, DEPTH_MAX, found, { ...options, within });
  return found.files;
}

/** The directories from `root` down to `directory`; `directory` alone when it is not below. */
export function directoriesBetween(root: string, directory: string): string[] {
  if (!isInside(root, directory)) return [directory];
  const path = [directory];
  for (let at = directory; at !== root && dirname(at) !== at;) {
    at = dirname(at);
    path.unshift(at);
  }
  return path;
}

/** An absolute path: `~/` is the home directory, a relative path begins at `base`. */
export function resolvePath(base: string, path: string, home: string): string {
  if (path === "~" || path.startsWith("~/")) return join(home, path.slice(1));
  return resolve(base, path);
}

/** `within`: the real path of the fence's root, as long as the search is inside of it. */
type Way = SearchOptions & { within: string | undefined };

async function visit(
  path: string,
  real: string,
  depth: number,
  found: Found,
  way: Way,
): Promise<void> {
  const here = await goOn(path, real, way);
  if (here === undefined) return;
  if (found.visited.has(real) || found.visited.size >= DIRECTORIES_MAX) return;
  found.visited.add(real);
  const directories: Dirent[] = [];
  for (const entry of await entriesOf(path)) {
    const inner = join(path, entry.name);
    const kind = await kindOf(entry, path);
    if (kind === "directory" && !SKIPPED.includes(entry.name)) directories.push(entry);
    if (kind !== "file" || !here.match(entry.name, inner)) continue;
    if (found.files.length >= FILES_MAX) return;
    const target = entry.isSymbolicLink() ? await resolved(inner) : join(real, entry.name);
    if (target !== undefined && (await goOn(inner, target, here))) found.files.push(inner);
  }
  if (depth === 0) return;
  for (const entry of directories) {
    const inner = join(path, entry.name);
    const target = entry.isSymbolicLink() ? await resolved(inner) : join(real, entry.name);
    if (target !== undefined) await visit(inner, target, depth - 1, found, here);
  }
}

/** The way from here on, beyond the fence where it has opened; undefined where it ends. */
async function goOn(path: string, real: string, way: Way): Promise<Way | undefined> {
  const { fence, within } = way;
  if (fence === undefined || within === undefined || isInside(within, real)) return way;
  return (await fence.opens(path, real)) ? { ...way, within: undefined } : undefined;
}

async function entriesOf(path: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // Missing, not a directory, or not ours to read: nothing to be found there.
    return [];
  }
}

async function kindOf(entry: Dirent, path: string): Promise<"file" | "directory" | "other"> {
  const target = entry.isSymbolicLink()
    ? await stat(join(path, entry.name)).catch(() => undefined) // a link to nowhere
    : entry;
  if (target?.isFile()) return "file";
  return target?.isDirectory() ? "directory" : "other";
}

async function resolved(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined); // not there, or links in a circle
}
