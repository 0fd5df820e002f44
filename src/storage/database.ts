// Database: one open SQLite file. It owns the connection, transactions, the counter of changes and
// the translation of SQLite's errors. What the rows mean is the stores' business; how the file is
// found sound, recovered and brought up to date is open-database.ts's.
//
// A process opens a file once and shares the Database. Everything here is synchronous.

import type { Database as SqliteDatabase } from "bun:sqlite";
import { writeFileSync } from "node:fs";
import { type Query, sql } from "drizzle-orm";
import { type BunSQLiteDatabase, drizzle } from "drizzle-orm/bun-sqlite";
import { assert } from "@/base/assert";
import type { Clock } from "@/base/clock";
import { AppError, unavailable } from "@/base/error";
import type { Logger } from "@/base/log";
import { damageMarker } from "./database-file";
import { isDamage, translateSqliteError } from "./sqlite-error";
import { Statement } from "./statement";
import { counter } from "./tables";

/** Free pages (4 KB) given back to the file system after a removal: a few tens of milliseconds. */
const RECLAIM_PAGES = 2_048;
/** And at closing: about half a second at worst. */
const RECLAIM_PAGES_AT_CLOSE = 32_768;
const CLOSE_BUSY_TIMEOUT_MS = 250;

export interface DatabaseOptions {
  sqlite: SqliteDatabase;
  path: string;
  keptAside: string | undefined;
  clock: Clock;
  log: Logger;
}

export class Database {
  /** The file's path, or ":memory:". */
  readonly path: string;
  /** Where a damaged file was moved to make room for this one, if that happened at opening. */
  readonly keptAside: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** For the stores of this folder; they use it inside read() or transaction() only. */
  readonly orm: BunSQLiteDatabase;
  readonly #sqlite: SqliteDatabase;
  #statements: ReturnType<typeof prepareStatements> | undefined;
  #depth = 0;
  #closed = false;
  // The highest number this connection has handed out, also in transactions that were undone.
  #highest = 0;

  constructor(options: DatabaseOptions) {
    this.path = options.path;
    this.keptAside = options.keptAside;
    this.clock = options.clock;
    this.log = options.log;
    this.#sqlite = options.sqlite;
    this.orm = drizzle({ client: options.sqlite });
  }

  /**
   * Runs `work` in a write transaction: all of it is stored, or nothing when it throws (the error
   * comes through). Inside another transaction it joins that one, and a throw undoes only its own
   * part. `work` is synchronous. Waits up to 15 s for another process, then AppError busy.
   */
  transaction<T>(work: () => T): T {
    const outermost = this.#depth === 0;
    return this.#guard(() => {
      this.#run(outermost ? "BEGIN IMMEDIATE" : `SAVEPOINT depth_${this.#depth}`);
      this.#depth += 1;
      try {
        const result = work();
        assert(!(result instanceof Promise), "the work of a transaction is synchronous");
        this.#run(outermost ? "COMMIT" : `RELEASE depth_${this.#depth - 1}`);
        return result;
      } catch (error) {
        this.#undo(outermost);
        throw error;
      } finally {
        this.#depth -= 1;
      }
    });
  }

  /**
   * Writes one row under the next change number, which it gives. It needs no savepoint inside a
   * transaction: SQLite itself undoes a statement that fails, and a number may be left out.
   */
  writeRow(write: (seq: number) => void): number {
    if (this.#depth === 0) return this.transaction(() => this.writeRow(write));
    return this.#guard(() => {
      const seq = this.nextSeq();
      write(seq);
      return seq;
    });
  }

  /** A query for the stores of this folder, whose rows are known to be of the type. */
  prepare<Row>(query: { toSQL(): Query }): Statement<Row> {
    return new Statement(this.#sqlite, query);
  }

  /** Runs queries; SQLite's errors come out as AppErrors. */
  read<T>(query: () => T): T {
    return this.#guard(query);
  }

  /**
   * The next change number, inside a transaction: greater than every number before it. If the
   * transaction is undone, so is the number; this process then skips it all the same.
   */
  nextSeq(): number {
    assert(this.#depth > 0, "a change number is taken inside a transaction");
    const row = this.#own.nextSeq.get({ highest: this.#highest });
    assert(row, "the counter has its row");
    this.#highest = row.seq;
    return row.seq;
  }

  /** The number of the latest stored change of any process. */
  lastSeq(): number {
    return this.read(() => this.#own.counter.get({}))?.seq ?? 0;
  }

  /** Removals up to this number may have been forgotten: an older cursor cannot be continued. */
  oldestCursor(): number {
    return this.read(() => this.#own.counter.get({}))?.pruned ?? 0;
  }

  /**
   * Gives free pages back to the file system, a bounded number of them. Never throws: space is a
   * courtesy, and what was removed stays removed. Inside a transaction it does nothing.
   */
  reclaim(maxPages = RECLAIM_PAGES): void {
    if (this.#depth > 0 || this.path === ":memory:") return;
    try {
      const free = this.#sqlite.query("PRAGMA freelist_count").values()[0]?.[0];
      if (free === 0) return;
      // all() because the pragma works one page a step.
      this.#sqlite.query(`PRAGMA incremental_vacuum(${maxPages})`).all();
    } catch (error) {
      this.log.debug("no space reclaimed", { path: this.path, error: String(error) });
    }
  }

  /** Closes the file; the log of writes is merged into it. Twice is as good as once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Another process that writes now may reclaim the space as well: no long wait for it.
    this.#sqlite.run(`PRAGMA busy_timeout = ${CLOSE_BUSY_TIMEOUT_MS}`);
    this.reclaim(RECLAIM_PAGES_AT_CLOSE);
    // true ends prepared statements with it; otherwise the file would stay open until they are
    // collected, and its companions would stay on the disk.
    this.#sqlite.close(true);
  }

  get #own() {
    this.#statements ??= prepareStatements(this);
    return this.#statements;
  }

  /** query() keeps the statement compiled, which run() of the connection does not. */
  #run(statement: string): void {
    this.#sqlite.query(statement).run();
  }

  #undo(outermost: boolean): void {
    // After a full disk or a failed write SQLite has undone everything by itself.
    if (!this.#sqlite.inTransaction) return;
    const savepoint = `depth_${this.#depth - 1}`;
    this.#sqlite.run(outermost ? "ROLLBACK" : `ROLLBACK TO ${savepoint}; RELEASE ${savepoint}`);
  }

  #guard<T>(work: () => T): T {
    if (this.#closed) throw unavailable(`The database ${this.path} is closed.`);
    try {
      return work();
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (isDamage(error)) this.#markDamage(error);
      throw translateSqliteError(error, this.path);
    }
  }

  /** Leaves word for the next start, which then examines the whole file. */
  #markDamage(error: unknown): void {
    this.log.error("the database is damaged", { path: this.path, error: String(error) });
    if (this.path === ":memory:") return;
    try {
      writeFileSync(damageMarker(this.path), "", { mode: 0o600 });
    } catch (failure) {
      this.log.warn("the damage could not be noted", { path: this.path, error: String(failure) });
    }
  }
}

function prepareStatements(database: Database) {
  const { orm } = database;
  const next = sql<number>`max(${counter.seq}, ${sql.placeholder("highest")}) + 1`;
  const columns = { seq: counter.seq, pruned: counter.pruned };
  return {
    nextSeq: database.prepare<{ seq: number }>(
      orm.update(counter).set({ seq: next }).returning({ seq: counter.seq }),
    ),
    counter: database.prepare<{ seq: number; pruned: number }>(orm.select(columns).from(counter)),
  };
}
