// Opening: from a path to a Database that is ours, sound, private and up to date.
//
// A file of another program or of a newer version is refused and stays untouched. A damaged file is
// kept aside and a new one takes its place. Any number of processes may do all this at once.

import { constants as SQLITE_CONSTANTS, Database as SqliteDatabase } from "bun:sqlite";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { getTableColumns, getTableName } from "drizzle-orm";
import type { Clock } from "@/base/clock";
import { errorMessage } from "@/base/error";
import { ensureDirectory } from "@/base/file";
import type { Logger } from "@/base/log";
import { Database } from "./database";
import { damageMarker, prepareFile, setAside } from "./database-file";
import {
  enterWriteAheadLog,
  fitJournalMode,
  isWithoutLog,
  leaveWriteAheadLog,
} from "./journal-mode";
import { migrate } from "./migrate";
import { damage, hasCode, isBusy, isDamage, translateSqliteError } from "./sqlite-error";
import { tables } from "./tables";
import { pruneTombstones } from "./tombstones";

const BUSY_TIMEOUT_MS = 15_000;
const LOCK_ATTEMPTS = 300;
const LOCK_PAUSE_MS = 50;

export interface OpenOptions {
  clock: Clock;
  log: Logger;
}

/**
 * Opens the database at `path` (":memory:" for one that is never stored), making it and its
 * directory when they are missing. Throws AppError unavailable, naming the path and what to do,
 * when the place cannot be written or the file is not ours; AppError busy when another process
 * holds it too long. `keptAside` of the result names a damaged file that was moved away.
 */
export async function openDatabase(path: string, options: OpenOptions): Promise<Database> {
  try {
    const { sqlite, keptAside } = await openSound(path, options);
    const database = new Database({ sqlite, path, keptAside, ...options });
    pruneTombstones(database);
    return database;
  } catch (error) {
    throw translateSqliteError(error, path);
  }
}

interface Opened {
  sqlite: SqliteDatabase;
  keptAside: string | undefined;
}

async function openSound(path: string, options: OpenOptions): Promise<Opened> {
  if (path === ":memory:") return { sqlite: await connect(path, options), keptAside: undefined };
  await ensureDirectory(dirname(path));
  try {
    return { sqlite: await openFile(path, options), keptAside: undefined };
  } catch (error) {
    // While another process recovers the file, whatever fails may be due to that.
    if (!isDamage(error) && !existsSync(lockPath(path))) throw error;
    return withRecoveryLock(path, options.clock, () => replaceDamaged(path, options));
  }
}

/** One process at a time: whoever comes second finds the new file and uses it. */
async function replaceDamaged(path: string, options: OpenOptions): Promise<Opened> {
  try {
    return { sqlite: await openFile(path, options), keptAside: undefined };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const keptAside = await setAside(path, options.clock);
    await rm(damageMarker(path), { force: true });
    options.log.error(`the database was damaged: it is kept as ${keptAside}, a new one begins`, {
      path,
      keptAside,
      reason: errorMessage(error),
    });
    return { sqlite: await openFile(path, options), keptAside };
  }
}

function lockPath(path: string): string {
  return `${path}.lock`;
}

/**
 * Holds a lock that the system releases when its process dies, whatever way: SQLite's own, on a
 * file beside the database, which is empty and stays.
 */
async function withRecoveryLock<T>(path: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  const lock = new SqliteDatabase(lockPath(path), { create: true });
  try {
    for (let attempt = 1; !tryLock(lock, attempt === LOCK_ATTEMPTS); attempt += 1) {
      await clock.sleep(LOCK_PAUSE_MS);
    }
    return await work();
  } finally {
    lock.close(true);
  }
}

/** Whether the lock is held now. SQLite's own waiting would stop this process's other work. */
function tryLock(lock: SqliteDatabase, isLast: boolean): boolean {
  try {
    lock.run("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (isLast || !isBusy(error)) throw error;
    return false;
  }
}

async function openFile(path: string, options: OpenOptions): Promise<SqliteDatabase> {
  await prepareFile(path);
  const { ino } = statSync(path);
  const sqlite = await connect(path, options).catch((error: unknown) => {
    if (!isWithoutLog(error)) throw error;
    return connect(path, options, leaveWriteAheadLog);
  });
  if (statSync(path).ino === ino) return sqlite;
  sqlite.close(true);
  throw damage("the file was moved away while it was opened");
}

/** A connection with everything set and checked; closed again when that fails. */
async function connect(
  path: string,
  options: OpenOptions,
  prepare?: (sqlite: SqliteDatabase) => void,
): Promise<SqliteDatabase> {
  const sqlite = new SqliteDatabase(path, { create: true, strict: true });
  try {
    prepare?.(sqlite);
    sqlite.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    // Whatever cannot even be read like this is no sound database.
    withDamageFor("SQLITE_ERROR", () => sqlite.run("SELECT count(*) FROM sqlite_master"));
    if (path !== ":memory:") await examineMarked(sqlite, path);
    const isNew = migrate(sqlite, path, options.clock.now());
    if (isNew && !prepare) await enterWriteAheadLog(sqlite, options.clock);
    fitJournalMode(sqlite, path, options.log);
    // After the migrations: some must be free to rebuild a table that others refer to.
    sqlite.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA foreign_keys = ON`);
    checkSound(sqlite, path);
    return sqlite;
  } catch (error) {
    const failure = isRefusedByHeader(error, path) ? damage(errorMessage(error)) : error;
    // What is going to be kept aside is kept with its log of writes.
    if (isDamage(failure)) sqlite.fileControl(SQLITE_CONSTANTS.SQLITE_FCNTL_PERSIST_WAL, 1);
    sqlite.close(true);
    throw failure;
  }
}

/** Reads the whole file if a process before this one met damage in it. */
async function examineMarked(sqlite: SqliteDatabase, path: string): Promise<void> {
  if (!existsSync(damageMarker(path))) return;
  const verdict = sqlite.query("PRAGMA integrity_check(1)").values()[0]?.[0];
  if (verdict !== "ok") throw damage(`integrity_check: ${String(verdict)}`);
  await rm(damageMarker(path), { force: true });
}

/**
 * A look that costs the same for every size: each table has its columns, its first row can be read,
 * the file is as long as it says, and it can be written. Damage deeper inside shows when it is met.
 */
function checkSound(sqlite: SqliteDatabase, path: string): void {
  for (const table of tables) {
    const columns = Object.values(getTableColumns(table)).map((column) => column.name);
    const query = `SELECT ${columns.join(", ")} FROM ${getTableName(table)} LIMIT 1`;
    withDamageFor("SQLITE_ERROR", () => sqlite.query(query).values());
  }
  const seq = sqlite.query("SELECT seq FROM counter WHERE id = 1").values()[0]?.[0];
  if (!Number.isSafeInteger(seq)) throw damage(`the counter of changes is ${String(seq)}`);
  if (path === ":memory:") return;
  checkLength(sqlite, path);
  checkWritable(sqlite);
}

function checkLength(sqlite: SqliteDatabase, path: string): void {
  // Pages that are still in the log of writes need not be in the file.
  if (existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0) return;
  const pages = Number(sqlite.query("PRAGMA page_count").values()[0]?.[0]);
  const pageBytes = Number(sqlite.query("PRAGMA page_size").values()[0]?.[0]);
  const bytes = statSync(path).size;
  if (bytes < pages * pageBytes) throw damage(`${bytes} bytes instead of ${pages * pageBytes}`);
}

/** So that a place which cannot be written is an error now, and not at the first prompt. */
function checkWritable(sqlite: SqliteDatabase): void {
  try {
    // Only a statement that would write finds a header that forbids it.
    sqlite.run("BEGIN IMMEDIATE; UPDATE counter SET seq = seq; ROLLBACK");
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}

/** A header may forbid writing where the file system allows it: then the header is wrong. */
function isRefusedByHeader(error: unknown, path: string): boolean {
  return hasCode(error, "SQLITE_READONLY") && isWritable(path);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
    return true;
  } catch {
    // Not writable by the file system's own word, which is the question.
    return false;
  }
}

/** Tables that are recorded as made but lack a column are a damaged schema. */
function withDamageFor(code: string, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    throw hasCode(error, code) ? damage(errorMessage(error)) : error;
  }
}
