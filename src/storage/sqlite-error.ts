// The one place where SQLite's failures become AppErrors: callers of storage never see a raw one.
// Each message names the file and says what a person can do about it.

import { AppError, errorCode, errorMessage, unavailable } from "@/base/error";

/** SQLite's code ("SQLITE_BUSY", "SQLITE_IOERR_WRITE") of an error or of what caused it. */
function sqliteCode(error: unknown): string | undefined {
  const code = errorCode(error);
  if (code?.startsWith("SQLITE_")) return code;
  // Drizzle wraps what some of its calls throw.
  return error instanceof Error && error.cause ? sqliteCode(error.cause) : undefined;
}

/** Whether the file itself is broken, rather than busy, full or out of reach. */
export function isDamage(error: unknown): boolean {
  return hasCode(error, "SQLITE_CORRUPT", "SQLITE_NOTADB");
}

/** Damage that SQLite itself does not see, as it would report it. */
export function damage(reason: string): Error {
  return Object.assign(new Error(reason), { code: "SQLITE_CORRUPT" });
}

/** Whether another connection holds the lock that was needed. */
export function isBusy(error: unknown): boolean {
  return hasCode(error, "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL");
}

/** Whether the error has one of the codes, or an extended code of one ("SQLITE_IOERR_READ"). */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  const actual = sqliteCode(error);
  return codes.some((code) => actual === code || actual?.startsWith(`${code}_`) === true);
}

/**
 * The AppError for a failure of SQLite on the file at `path`. Anything else (an AppError thrown
 * inside a transaction, a bug) comes back as it is.
 */
export function translateSqliteError(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (error instanceof AppError || code === undefined) return error;
  const fail = (message: string) => unavailable(message, { path, code }, error);
  if (isBusy(error)) {
    const message = `The database ${path} is locked by another process. Try again in a moment.`;
    return new AppError("busy", "DatabaseBusyError", message, { path, code }, { cause: error });
  }
  if (isDamage(error)) {
    return fail(
      `The database ${path} is damaged. Start the program again: ` +
        "it keeps the damaged file aside and begins a new one.",
    );
  }
  if (hasCode(error, "SQLITE_FULL")) {
    return fail(`The disk is full: ${path} cannot grow. Free some space and try again.`);
  }
  if (hasCode(error, "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")) {
    return fail(
      `The database ${path} cannot be written. Check that the file, its directory ` +
        "and the file system are writable for you.",
    );
  }
  if (hasCode(error, "SQLITE_CANTOPEN")) {
    return fail(
      `The database ${path} cannot be opened. Check that its directory exists ` +
        "and is writable for you.",
    );
  }
  if (hasCode(error, "SQLITE_IOERR", "SQLITE_NOLFS")) {
    return fail(
      `Reading or writing the database ${path} failed (${code}). ` +
        "Check the disk and its free space.",
    );
  }
  if (hasCode(error, "SQLITE_CONSTRAINT_FOREIGNKEY")) {
    const message = "The session or message that this belongs to does not exist (any more).";
    return new AppError("not-found", "NotFoundError", message, { code }, { cause: error });
  }
  if (hasCode(error, "SQLITE_TOOBIG")) {
    const message = "This is too large for the database, which takes 1 GB at most.";
    return new AppError("limit", "LimitError", message, { path, code }, { cause: error });
  }
  if (hasCode(error, "SQLITE_NOMEM")) return fail(`Out of memory while using ${path}.`);
  const message = `The database ${path} refused an operation: ${errorMessage(error)}`;
  return new AppError("internal", "DatabaseError", message, { path, code }, { cause: error });
}
