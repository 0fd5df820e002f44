// Which process works on a session, for SessionStore alone: at most one, across all processes that
// share the file. The lease has no time limit; its holder is asked whether it lives.

import { and, eq, inArray, sql } from "drizzle-orm";
import { union } from "drizzle-orm/sqlite-core";
import type { Database } from "./database";
import { message, part, run } from "./tables";

/** A process: `startedAt` tells it from a later one that was given the same pid. */
export interface RunOwner {
  pid: number;
  startedAt: string;
}

export interface Unfinished {
  sessionID: string;
  owner?: RunOwner;
}

export class RunRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  find(sessionID: string): RunOwner | undefined {
    return this.#database.read(() => {
      const { orm } = this.#database;
      return orm.select(ownerColumns).from(run).where(eq(run.sessionID, sessionID)).get();
    });
  }

  claim(
    sessionID: string,
    owner: RunOwner,
    isAlive: (owner: RunOwner) => boolean,
  ): RunOwner | undefined {
    return this.#database.transaction(() => {
      const { orm } = this.#database;
      const holder = orm.select(ownerColumns).from(run).where(eq(run.sessionID, sessionID)).get();
      if (holder && isSame(holder, owner)) return undefined;
      if (holder && isAlive(holder)) return holder;
      const { pid, startedAt } = owner;
      orm
        .insert(run)
        .values({ sessionID, pid, startedAt })
        .onConflictDoUpdate({ target: run.sessionID, set: { pid, startedAt } })
        .run();
      return undefined;
    });
  }

  release(sessionID: string, owner: RunOwner): void {
    this.#database.transaction(() => {
      const isHolder = and(eq(run.pid, owner.pid), eq(run.startedAt, owner.startedAt));
      this.#database.orm
        .delete(run)
        .where(and(eq(run.sessionID, sessionID), isHolder))
        .run();
    });
  }

  listUnfinished(): Unfinished[] {
    return this.#database.read(() => {
      const { orm } = this.#database;
      // The conditions are those of the partial indexes, word for word: only then are they used.
      const answers = orm
        .select({ sessionID: message.sessionID })
        .from(message)
        .where(sql`completed = 0`);
      const calls = orm
        .select({ sessionID: part.sessionID })
        .from(part)
        .where(sql`status IN ('pending', 'running')`);
      const ids = union(answers, calls)
        .all()
        .map((row) => row.sessionID);
      const holders = orm.select().from(run).where(inArray(run.sessionID, ids)).all();
      const owners = new Map(
        holders.map(({ sessionID, pid, startedAt }) => [sessionID, { pid, startedAt }]),
      );
      return ids.map((sessionID) => {
        const owner = owners.get(sessionID);
        return owner ? { sessionID, owner } : { sessionID };
      });
    });
  }
}

const ownerColumns = { pid: run.pid, startedAt: run.startedAt };

function isSame(one: RunOwner, other: RunOwner): boolean {
  return one.pid === other.pid && one.startedAt === other.startedAt;
}
