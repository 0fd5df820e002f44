// Files of this program: private (0600, directories 0700), replaced as a whole or not at all;
// and the question whether a path lies inside a directory.
import { randomBytes } from "node:crypto";
import {
  type FileHandle,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { errorCode, errorMessage, unavailable } from "./error";

const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
/** Links that lead to links; more of them lead nowhere. */
const LINKS_MAX = 40;

/** Makes the directory and its missing parents, each 0700; existing ones stay as they are. */
export async function ensureDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: PRIVATE_DIRECTORY });
  } catch (error) {
    throw fileFailure("create the directory", path, error);
  }
}

/**
 * Makes `place` the directory that `fill` has filled, in one step: nobody sees half of it, and of
 * two who do it at the same time one counts. When `fill` throws `place` is as it was.
 */
export async function replaceDirectory(
  place: string,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  const aside = `${place}.${process.pid}`;
  await rm(aside, { recursive: true, force: true });
  await ensureDirectory(aside);
  try {
    await fill(aside);
    await rm(place, { recursive: true, force: true });
    await rename(aside, place);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/**
 * Replaces `path` by `data` in one step: readers see the old or the new content, and after a crash
 * one of the two is there. A symbolic link is followed, so that it stays a link; the owner stays
 * where the system lets us. A mount point cannot be replaced, and is overwritten. Default mode
 * 0600. Throws AppError unavailable that names the path.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: { mode?: number } = {},
): Promise<void> {
  const target = await nearestRealpath(path);
  const temporary = join(
    dirname(target),
    `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  try {
    const file = await open(temporary, "wx", options.mode ?? PRIVATE_FILE);
    try {
      await file.writeFile(data);
      await keepOwner(file, target);
      // The umask may have taken bits that the caller asked for.
      if (options.mode !== undefined) await file.chmod(options.mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    if (errorCode(error) === "EBUSY") return overwrite(target, data);
    throw fileFailure("write", path, error);
  }
}

/** For a file that a container got by itself; what was in it is put back when that fails. */
async function overwrite(path: string, data: string | Uint8Array): Promise<void> {
  const before = await readFile(path).catch(() => undefined); // then this is said below
  try {
    await writeFile(path, data, { flush: true });
  } catch (error) {
    if (before) await writeFile(path, before).catch(() => undefined); // the error below counts
    throw fileFailure("write", path, error);
  }
}

/**
 * Gives `file`, which is to replace `path`, the owner and the group of that, where the system lets
 * us: a program run by root, or by one of a group, would take it away from the others.
 */
export async function keepOwner(file: FileHandle, path: string): Promise<void> {
  const before = await stat(path).catch(() => undefined); // a file that is not there yet
  if (!before) return;
  const { gid, uid } = await file.stat();
  if (before.uid === uid && before.gid === gid) return;
  // Only root may give a file away; to a group, whoever is in it. Else it is the writer's.
  for (const owner of [before.uid, uid]) {
    const isKept = await file.chown(owner, before.gid).then(
      () => true,
      () => false,
    );
    if (isKept) return;
  }
}

/** The text of a file, or undefined when there is none (a directory counts as none). */
export async function readTextIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw fileFailure("read", path, error);
  }
}

/** Whether `path` is `root` or lies below it, by the names alone. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Whether `path` lies inside `root` once all symbolic links are followed; it need not exist. */
export async function realpathInside(root: string, path: string): Promise<boolean> {
  return isInside(await nearestRealpath(root), await nearestRealpath(path));
}

/**
 * The real path of the nearest existing ancestor, with the missing rest appended. A link to what
 * does not exist is followed as well: that is what writing to it would make.
 */
export async function nearestRealpath(path: string): Promise<string> {
  return climb(resolve(path), LINKS_MAX);
}

async function climb(path: string, linksLeft: number): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    // Only what is missing is climbed: a loop of links or a forbidden directory is an answer.
    const code = errorCode(error);
    if (parent === path || (code !== "ENOENT" && code !== "ENOTDIR")) return path;
    const directory = await climb(parent, linksLeft);
    const link = linksLeft > 0 ? await readLink(path) : undefined;
    if (link !== undefined) return climb(resolve(directory, link), linksLeft - 1);
    return join(directory, basename(path));
  }
}

/** Where a symbolic link says it leads; undefined for anything else, or nothing. */
export async function readLink(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

/** AppError unavailable for a failed file operation: what, which path, why, what to do. */
export function fileFailure(action: string, path: string, error: unknown): Error {
  const reasons: Record<string, string> = {
    ENOSPC: "the disk is full; free some space and try again",
    EDQUOT: "the disk quota is used up; free some space and try again",
    EROFS: "the file system is read-only",
    EACCES: "permission denied; check who owns it",
    EPERM: "permission denied; check who owns it",
    ENOTDIR: "a part of the path is a file, not a directory",
    EISDIR: "it is a directory",
    ENOENT: "it does not exist",
    ELOOP: "its symbolic links form a loop",
    EMFILE: "too many files are open",
  };
  const code = errorCode(error);
  const reason = (code && reasons[code]) ?? errorMessage(error);
  return unavailable(`Cannot ${action} ${path}: ${reason}`, { path, code }, error);
}
