// The write-ahead log: readers and a writer do not wait for each other, and a commit costs no
// flush. File systems without shared memory cannot have it; there a rollback journal serves.
//
// Only the process that made the file switches it to the log. One that comes later keeps to what it
// finds: where there is no shared memory, trying would break the file for those who work on it.

import type { Database as SqliteDatabase } from "bun:sqlite";
import type { Clock } from "@/base/clock";
import type { Logger } from "@/base/log";
import { hasCode, isBusy } from "./sqlite-error";

/** The switch needs the file for itself, and SQLite may not wait for that: so it is tried again. */
const SWITCH_ATTEMPTS = 40;
const SWITCH_PAUSE_MS = 25;
const SWITCH_BUSY_TIMEOUT_MS = 250;
/** A log that grew beyond this is cut back at the next checkpoint. */
const LOG_KEPT_BYTES = 16 * 1024 * 1024;

/** Whether an error is what SQLite says where the log or its shared memory cannot be made. */
export function isWithoutLog(error: unknown): boolean {
  return hasCode(error, "SQLITE_CANTOPEN", "SQLITE_IOERR");
}

/**
 * Makes a file that is in WAL readable where there is no shared memory, by leaving WAL for good.
 * For a new connection, before its first read: SQLite then allows it, if it has the file alone.
 */
export function leaveWriteAheadLog(sqlite: SqliteDatabase): void {
  sqlite.run(`PRAGMA busy_timeout = ${SWITCH_BUSY_TIMEOUT_MS}; PRAGMA locking_mode = EXCLUSIVE`);
  readJournalMode(sqlite, "PRAGMA journal_mode = TRUNCATE");
  sqlite.run("PRAGMA locking_mode = NORMAL");
  // The lock goes with the next access.
  sqlite.query("SELECT count(*) FROM sqlite_master").values();
}

/** Switches a file that this process has made to WAL. Leaves a short busy timeout behind. */
export async function enterWriteAheadLog(sqlite: SqliteDatabase, clock: Clock): Promise<void> {
  sqlite.run(`PRAGMA busy_timeout = ${SWITCH_BUSY_TIMEOUT_MS}`);
  for (let attempt = 1; attempt <= SWITCH_ATTEMPTS; attempt += 1) {
    try {
      readJournalMode(sqlite, "PRAGMA journal_mode = WAL");
      // Only reading touches the shared memory.
      sqlite.query("SELECT count(*) FROM sqlite_master").values();
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      await clock.sleep(SWITCH_PAUSE_MS);
    }
  }
}

/** Sets what goes with the mode the file is in; says so in the log when it is not WAL. */
export function fitJournalMode(sqlite: SqliteDatabase, path: string, log: Logger): void {
  const mode = readJournalMode(sqlite, "PRAGMA journal_mode");
  if (mode === "wal" || mode === "memory") {
    sqlite.run(`PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = ${LOG_KEPT_BYTES}`);
    return;
  }
  // Without WAL, NORMAL could lose the file at a power failure.
  sqlite.run("PRAGMA synchronous = FULL");
  log.warn("no write-ahead log for the database: using a rollback journal", { path, mode });
}

function readJournalMode(sqlite: SqliteDatabase, pragma: string): string {
  return String(sqlite.query(pragma).values()[0]?.[0]);
}
