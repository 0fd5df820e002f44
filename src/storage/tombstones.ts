// What was removed, remembered for a week: a listener that comes back within it is told. After that
// the tombstones go, and the highest number among them stays, so that a cursor too old to be
// continued can be told apart (Database.oldestCursor).

import { and, asc, eq, lt, lte, max } from "drizzle-orm";
import { errorMessage } from "@/base/error";
import type { Database } from "./database";
import { counter, tombstone } from "./tables";

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

export type Removal = Omit<typeof tombstone.$inferInsert, "seq" | "timeRemoved">;

/** Records one removal, inside the transaction that removes; gives its change number. */
export function recordRemoval(database: Database, removal: Removal): number {
  const seq = database.nextSeq();
  const timeRemoved = database.clock.now();
  database.orm
    .insert(tombstone)
    .values({ ...removal, seq, timeRemoved })
    .run();
  return seq;
}

/** Forgets removals older than a week. A failure is logged and left to the next start. */
export function pruneTombstones(database: Database): void {
  const before = database.clock.now() - KEPT_MS;
  try {
    if (!hasExpired(database, before)) return;
    database.transaction(() => prune(database, before));
  } catch (error) {
    database.log.warn("old removals were not forgotten", { error: errorMessage(error) });
  }
}

/** The oldest one decides, which makes the question cheap; numbers rise with time. */
function hasExpired(database: Database, before: number): boolean {
  const oldest = database.read(() =>
    database.orm
      .select({ timeRemoved: tombstone.timeRemoved })
      .from(tombstone)
      .orderBy(asc(tombstone.seq))
      .limit(1)
      .get(),
  );
  return oldest !== undefined && oldest.timeRemoved < before;
}

function prune(database: Database, before: number): void {
  const { orm } = database;
  const expired = lt(tombstone.timeRemoved, before);
  const highest = orm
    .select({ seq: max(tombstone.seq) })
    .from(tombstone)
    .where(expired)
    .get()?.seq;
  if (highest == null) return;
  orm
    .delete(tombstone)
    .where(and(expired, lte(tombstone.seq, highest)))
    .run();
  orm
    .update(counter)
    .set({ pruned: highest })
    .where(and(eq(counter.id, 1), lt(counter.pruned, highest)))
    .run();
}
