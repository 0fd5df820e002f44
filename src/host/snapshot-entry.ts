// One file of the worktree as undo sees it: its content and mode, a symbolic link being a file
// whose content is its target. Reading and replacing never follow a link, in whatever part of the
// path.
import { type Stats } from "node:fs";
import {
  chmod,
  lstat,
  mkdir,
  open,
  readFile,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
  unlink,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode } from "@/base/error";
import { fileFailure, isInside, keepOwner, nearestRealpath } from "@/base/file";

/** `mode` has the type and the permission bits, as lstat gives them. */
export interface FileEntry {
  bytes: Buffer;
  mode: number;
}

/** A FileEntry whose content is kept under its hash. */
export interface FileVersion {
  hash: string;
  mode: number;
}

/** "other" is what cannot be kept: too large, unreadable, special, or behind a link. */
export type FoundEntry = FileEntry | "other" | undefined;

/** A file beyond this is neither kept nor undone. */
export const ENTRY_MAX_BYTES = 32 * 1024 * 1024;

const TYPE_BITS = 0o170000;
const LINK = 0o120000;
const REGULAR = 0o100000;
const EXECUTABLE_BITS = 0o111;

export function isLink(mode: number): boolean {
  return (mode & TYPE_BITS) === LINK;
}

/** Whether the modes mean the same: type, and executable or not. Other bits are the person's. */
export function isSameMode(a: number, b: number): boolean {
  return isLink(a) === isLink(b) && (isLink(a) || isExecutable(a) === isExecutable(b));
}

/** `mode` with the permission to execute as `like` has it: for whoever may read it. */
export function withExecutable(mode: number, like: number): number {
  if (isExecutable(mode) === isExecutable(like)) return mode;
  return isExecutable(like) ? mode | ((mode & 0o444) >> 2) : mode & ~EXECUTABLE_BITS;
}

/**
 * The mode of an entry in a git tree, with the permissions a new file gets; undefined for others.
 */
export function fromTreeMode(treeMode: string): number | undefined {
  if (treeMode === "120000") return LINK | 0o777;
  if (treeMode !== "100644" && treeMode !== "100755") return undefined;
  const permissions = treeMode === "100755" ? 0o777 : 0o666;
  return REGULAR | (permissions & ~process.umask());
}

/** What is at `path` (absolute). A directory counts as nothing: files are what is undone. */
export async function readEntry(path: string): Promise<FoundEntry> {
  try {
    if (await isBehindLink(path)) return "other";
    const found = await lstat(path);
    if (found.isDirectory()) return undefined;
    if (found.isSymbolicLink()) {
      return { bytes: await readlink(path, { encoding: "buffer" }), mode: found.mode };
    }
    if (!found.isFile() || found.size > ENTRY_MAX_BYTES) return "other";
    return { bytes: await readFile(path), mode: found.mode };
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : "other";
  }
}

/**
 * Puts `entry` at `path`, or removes what is there; in one step, so that a reader and a crash find
 * the old or the new. Missing directories are made; those that a removal empties are removed, up
 * to `root`. The temporary file beside it is named by `mark`: removeTemporary finds it again.
 * Throws AppError unavailable, also when a directory with something in it is in the way.
 */
export async function writeEntry(
  path: string,
  entry: FileEntry | undefined,
  { root, mark }: { root: string; mark: string },
): Promise<void> {
  try {
    if (await isBehindLink(path)) throw new Error("a directory on its way is a symbolic link now");
    if (entry) await replace(path, entry, temporaryPath(path, mark));
    else await remove(path, root);
  } catch (error) {
    throw fileFailure(entry ? "write" : "remove", path, error);
  }
}

/** Removes what a writeEntry with this mark left that was killed. */
export async function removeTemporary(path: string, mark: string): Promise<void> {
  await rm(temporaryPath(path, mark), { force: true });
}

function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}

/** Paths are real when they are recorded: a link on the way has come since, and leads elsewhere. */
async function isBehindLink(path: string): Promise<boolean> {
  const directory = dirname(path);
  return (await nearestRealpath(directory)) !== directory;
}

function temporaryPath(path: string, mark: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${mark}.tmp`);
}

async function replace(path: string, entry: FileEntry, temporary: string): Promise<void> {
  // The person's project, not ours: directories get the umask's mode.
  await mkdir(dirname(path), { recursive: true });
  const present = await lstat(path).catch(() => undefined); // nothing there
  if (present?.isDirectory()) await rmdir(path);
  try {
    await rm(temporary, { force: true });
    await (isLink(entry.mode)
      ? symlink(entry.bytes.toString(), temporary)
      : writeFileSynced(temporary, entry, path));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** `path` is a temporary one; `place` is where it goes. */
async function writeFileSynced(
  path: string,
  { bytes, mode }: FileEntry,
  place: string,
): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await keepOwner(file, place);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(path, mode & 0o7777);
}

async function remove(path: string, root: string): Promise<void> {
  const present: Stats | undefined = await lstat(path).catch(() => undefined); // gone already
  if (!present || present.isDirectory()) return;
  await unlink(path);
  for (let up = dirname(path); up !== root && isInside(root, up); up = dirname(up)) {
    const isEmpty = await rmdir(up).then(
      () => true,
      () => false, // somebody has something in it
    );
    if (!isEmpty) return;
  }
}
