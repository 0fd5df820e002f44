// Brings the tables of an open connection up to date: everything that is missing in one
// transaction, with a second look inside it, because many processes may start at once.

import type { Database as SqliteDatabase } from "bun:sqlite";
import { APPLICATION_ID, newerVersion } from "./database-file";
import { type Migration, migrations } from "./migrations";

/**
 * Applies the migrations this file has not seen, and marks the file as ours. Tells whether it was
 * this process that made the tables. Throws what SQLite throws, and AppError unavailable when the
 * file knows a migration that this program does not.
 */
export function migrate(sqlite: SqliteDatabase, path: string, now: number): boolean {
  if (isCurrent(sqlite, path)) return false;
  sqlite.run("BEGIN");
  try {
    // Counts only before the first page is written, so it comes first. It takes the write lock, and
    // outside this transaction it would write a page by itself, which nobody could tell as ours.
    sqlite.run("PRAGMA auto_vacuum = INCREMENTAL");
    // Another process may have done it while this one waited for the lock.
    const isPending = !isCurrent(sqlite, path);
    const isFirst = isPending && pendingMigrations(sqlite, path).length === migrations.length;
    if (isPending) applyPending(sqlite, path, now);
    sqlite.run("COMMIT");
    return isFirst;
  } catch (error) {
    if (sqlite.inTransaction) sqlite.run("ROLLBACK");
    throw error;
  }
}

function isCurrent(sqlite: SqliteDatabase, path: string): boolean {
  const applicationID = sqlite.query("PRAGMA application_id").values()[0]?.[0];
  return applicationID === APPLICATION_ID && pendingMigrations(sqlite, path).length === 0;
}

function pendingMigrations(sqlite: SqliteDatabase, path: string): Migration[] {
  const query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration'";
  if (sqlite.query(query).values()[0]?.[0] === 0) return [...migrations];
  const seen = new Set(
    sqlite
      .query("SELECT tag FROM migration")
      .values()
      .map(([tag]) => tag),
  );
  const pending = migrations.filter((migration) => !seen.has(migration.tag));
  if (seen.size > migrations.length - pending.length) throw newerVersion(path);
  return pending;
}

function applyPending(sqlite: SqliteDatabase, path: string, now: number): void {
  sqlite.run(`PRAGMA application_id = ${APPLICATION_ID}`);
  sqlite.run(
    `CREATE TABLE IF NOT EXISTS migration (
      tag TEXT PRIMARY KEY NOT NULL,
      time_applied INTEGER NOT NULL
    )`,
  );
  for (const { tag, sql } of pendingMigrations(sqlite, path)) {
    sqlite.run(sql);
    sqlite.run("INSERT INTO migration (tag, time_applied) VALUES (?, ?)", [tag, now]);
  }
  // Change numbers begin at the time of birth: they stay above those of a file that was here
  // before, and a cursor of that file is told apart by being older than all this one remembers.
  sqlite.run("INSERT OR IGNORE INTO counter (id, seq, pruned) VALUES (1, ?1, ?1)", [now]);
}
