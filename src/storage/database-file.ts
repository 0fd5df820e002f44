// The file before it is opened for work: whose is it, and how is it moved out of the way?
//
// It looks without a trace: a file of another program stays byte for byte what it was, and no -wal
// or -shm appears beside it. It looks through SQLite and not through the file system, because
// closing a file descriptor of ours would drop the locks this process holds on the same file.

import { constants, Database as SqliteDatabase } from "bun:sqlite";
import { existsSync } from "node:fs";
import { chmod, open, rename, stat } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { Clock } from "@/base/clock";
import { errorCode, unavailable } from "@/base/error";
import { fileFailure } from "@/base/file";
import { migrations } from "./migrations";
import { damage } from "./sqlite-error";

/** The application id in the header of our files: "ocdb" in ASCII. */
export const APPLICATION_ID = 0x6f636462;

/** What belongs to a database file besides the file itself. */
const COMPANIONS = ["-wal", "-shm", "-journal"] as const;

/** One page of the smallest size. */
const SMALLEST_BYTES = 512;

type FileOwner = "nobody" | "us" | "newer" | "other";

/** The file whose existence asks the next start to examine the whole database. */
export function damageMarker(path: string): string {
  return `${path}.damaged`;
}

/**
 * Makes an empty private file if there is none, and says whose the existing one is. "nobody" is an
 * empty or unreadable one: opening it shows whether it is sound. Throws AppError unavailable when
 * the place cannot hold a file, and for a file of another program or of a newer version; damage for
 * one that is too short.
 */
export async function prepareFile(path: string): Promise<void> {
  await createPrivate(path);
  const owner = await findOwner(path);
  if (owner === "other") {
    throw unavailable(
      `${path} is not a database of this program, so it was left as it is. ` +
        "Move it elsewhere, or choose another data directory (XDG_DATA_HOME).",
      { path },
    );
  }
  if (owner === "newer") throw newerVersion(path);
  // SQLite gives -wal and -shm the mode of the file, so this comes before it is opened.
  await makePrivate(path);
}

/** The refusal of a file that a newer version of this program has changed. */
export function newerVersion(path: string): Error {
  return unavailable(
    `The database ${path} was written by a newer version of this program, so it was left as ` +
      "it is. Update this program, or choose another data directory (XDG_DATA_HOME).",
    { path },
  );
}

/**
 * Moves the file and its companions to `<path>.corrupt-<time>`, and gives that path. The names stay
 * a set, so that a tool for repairs can open what is there.
 */
export async function setAside(path: string, clock: Clock): Promise<string> {
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]/g, "").replace(".", "");
  const target = freeName(`${path}.corrupt-${stamp}`);
  // The file goes last: nobody then begins a new one beside an old log of writes.
  for (const companion of [...COMPANIONS, ""]) {
    try {
      await rename(path + companion, target + companion);
    } catch (error) {
      if (errorCode(error) === "ENOENT") continue;
      throw fileFailure("set aside", path + companion, error);
    }
  }
  return target;
}

/** Whose the existing file is, by its header and the names of its tables. */
async function findOwner(path: string): Promise<FileOwner> {
  const size = await sizeOf(path);
  if (size === 0) return "nobody";
  // SQLite would take a stump for an empty file and write over it.
  if (size < SMALLEST_BYTES) throw damage(`${size} bytes are no database`);
  let sqlite: SqliteDatabase | undefined;
  try {
    // Immutable: no locks, no recovery, no companions; what is in a -wal is not seen.
    const flags = constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI;
    sqlite = new SqliteDatabase(`${pathToFileURL(path).href}?immutable=1`, flags);
    const applicationID = sqlite.query("PRAGMA application_id").values()[0]?.[0];
    const tags = readTags(sqlite);
    if (applicationID !== APPLICATION_ID && !tags.includes(migrations[0].tag)) {
      return applicationID === 0 && isBlank(sqlite, path) ? "nobody" : "other";
    }
    const known = new Set(migrations.map((migration) => migration.tag));
    return tags.every((tag) => known.has(tag)) ? "us" : "newer";
  } catch {
    // Not readable as a database: what that means is decided with locks and recovery, not here.
    return "nobody";
  } finally {
    sqlite?.close(true);
  }
}

/** The migrations the file has seen; none when that cannot be read without recovery. */
function readTags(sqlite: SqliteDatabase): string[] {
  try {
    return sqlite
      .query("SELECT tag FROM migration")
      .values()
      .map(([tag]) => String(tag));
  } catch {
    // No such table, or it is being written: the header alone decides, and opening checks again.
    return [];
  }
}

/** A database without any table, also not one that only a journal knows of. */
function isBlank(sqlite: SqliteDatabase, path: string): boolean {
  const tables = sqlite.query("SELECT count(*) FROM sqlite_master").values()[0]?.[0];
  return tables === 0 && !COMPANIONS.some((companion) => existsSync(path + companion));
}

async function createPrivate(path: string): Promise<void> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.close();
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw fileFailure("create", path, error);
  }
}

async function makePrivate(path: string): Promise<void> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) await chmod(path, 0o600);
  } catch (error) {
    throw fileFailure("make private", path, error);
  }
}

async function sizeOf(path: string): Promise<number> {
  const entry = await stat(path).catch((error: unknown) => {
    throw fileFailure("open", path, error);
  });
  if (entry.isFile()) return entry.size;
  throw unavailable(`The database ${path} is not a regular file. Move it elsewhere.`, { path });
}

function freeName(name: string): string {
  let free = name;
  for (let count = 2; existsSync(free); count += 1) free = `${name}-${count}`;
  return free;
}
