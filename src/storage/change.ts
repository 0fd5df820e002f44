// Changes since a number: what a listener that was away must hear, first the present state of every
// row with a greater number, then the removals.
//
// Read page by page, so that a long absence costs no memory and no query stays open between two
// pages. Changes committed after the reading began are not in it: those are told live.

import { type SQL, sql, type SQLWrapper } from "drizzle-orm";
import type { Message } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Project } from "@/schema/project";
import type { Session } from "@/schema/session";
import type { Todo } from "@/schema/todo";
import type { Database } from "./database";
import { readMessage, readPart, readProject, readSession, readTodos } from "./row";
import { damage } from "./sqlite-error";
import { message, part, project, session, todo, tombstone } from "./tables";

const PAGE_ROWS = 100;

/** What changed: the present state of a thing, or that it is gone. */
type ChangedThing =
  | { kind: "project"; project: Project }
  | { kind: "session"; session: Session }
  | { kind: "message"; info: Message }
  | { kind: "part"; part: Part }
  | { kind: "todo"; sessionID: string; todos: Todo[] }
  | { kind: "session-removed"; session: Session }
  | { kind: "message-removed"; sessionID: string; messageID: string }
  | { kind: "part-removed"; sessionID: string; messageID: string; partID: string };

export type StoredChange = ChangedThing & {
  /** The number of the change. */
  seq: number;
  /**
   * From where a listener that has heard everything up to here may go on. It is lower than `seq`
   * while removals with lower numbers are still to come.
   */
  cursor: number;
  /** Of the session; the worktree of a project. */
  directory: string;
};

export interface ChangeFilter {
  /** Only what belongs to sessions of exactly this directory. */
  directory?: string;
}

/** The changes with a number above `seq`, in the order told above. */
export function* changesSince(
  database: Database,
  seq: number,
  filter: ChangeFilter = {},
): Generator<StoredChange, void> {
  const range = { after: seq, upTo: database.lastSeq(), directory: filter.directory };
  const removals = removalsIn(database, range);
  let removal = removals.next();
  // Until the first removal is told, going on must not skip it.
  const ceiling = removal.done ? range.upTo : removal.value.seq - 1;
  for (const change of rowsIn(database, range)) {
    yield { ...change, cursor: Math.min(change.seq, ceiling) };
  }
  while (!removal.done) {
    const change = removal.value;
    removal = removals.next();
    yield { ...change, cursor: removal.done ? range.upTo : removal.value.seq - 1 };
  }
}

interface Range {
  after: number;
  upTo: number;
  directory: string | undefined;
}

type Numbered = ChangedThing & { seq: number; directory: string };

/** One page of rows, whose numbers rise from above `after`; otherwise reading would not end. */
function readPage<R extends { seq: number }>(database: Database, query: SQL, after: number): R[] {
  return database.read(() => {
    const rows = database.orm.all<R>(query);
    let last = after;
    for (const { seq } of rows) {
      if (!(seq > last)) throw damage(`change ${seq} comes after ${last}`);
      last = seq;
    }
    return rows;
  });
}

interface ChangedRow {
  seq: number;
  kind: "project" | "session" | "message" | "part" | "todo";
  id: string;
  directory: string;
  data: string;
}

function* rowsIn(database: Database, range: Range): Generator<Numbered, void> {
  let { after } = range;
  for (;;) {
    const rows = readPage<ChangedRow>(database, changedRows({ ...range, after }), after);
    for (const row of rows) {
      after = row.seq;
      const thing = readChanged(database, row);
      if (thing) yield { ...thing, seq: row.seq, directory: row.directory };
    }
    if (rows.length < PAGE_ROWS) return;
  }
}

/**
 * One page over five tables, merged by number. CROSS JOIN keeps each arm on its index over `seq`:
 * a page then reads no more than its rows, however large the tables are.
 */
function changedRows({ after, upTo, directory }: Range): SQL {
  const own = directory === undefined ? sql`` : sql` AND ${session.directory} = ${directory}`;
  const place = directory === undefined ? sql`` : sql` AND ${project.worktree} = ${directory}`;
  const within = (column: SQLWrapper) => sql`${column} > ${after} AND ${column} <= ${upTo}`;
  return sql`
    SELECT ${session.seq} AS seq, 'session' AS kind, ${session.id} AS id,
      ${session.directory} AS directory, ${session.data} AS data
    FROM ${session} WHERE ${within(session.seq)}${own}
    UNION ALL
    SELECT ${message.seq}, 'message', ${message.id}, ${session.directory}, ${message.data}
    FROM ${message} CROSS JOIN ${session} ON ${session.id} = ${message.sessionID}
    WHERE ${within(message.seq)}${own}
    UNION ALL
    SELECT ${part.seq}, 'part', ${part.id}, ${session.directory}, ${part.data}
    FROM ${part} CROSS JOIN ${session} ON ${session.id} = ${part.sessionID}
    WHERE ${within(part.seq)}${own}
    UNION ALL
    SELECT ${todo.seq}, 'todo', ${todo.sessionID}, ${session.directory}, ${todo.data}
    FROM ${todo} CROSS JOIN ${session} ON ${session.id} = ${todo.sessionID}
    WHERE ${within(todo.seq)}${own}
    UNION ALL
    SELECT ${project.seq}, 'project', ${project.id}, ${project.worktree}, ${project.data}
    FROM ${project} WHERE ${within(project.seq)}${place}
    ORDER BY 1 LIMIT ${PAGE_ROWS}`;
}

function readChanged({ log }: Database, row: ChangedRow): ChangedThing | undefined {
  if (row.kind === "todo") return { kind: "todo", sessionID: row.id, todos: readTodos(row, log) };
  if (row.kind === "project") {
    const value = readProject(row, log);
    return value && { kind: "project", project: value };
  }
  if (row.kind === "session") {
    const value = readSession(row, log);
    return value && { kind: "session", session: value };
  }
  if (row.kind === "message") {
    const value = readMessage(row, log);
    return value && { kind: "message", info: value };
  }
  const value = readPart(row, log);
  return value && { kind: "part", part: value };
}

type Tombstone = typeof tombstone.$inferSelect;

function* removalsIn(database: Database, range: Range): Generator<Numbered, void> {
  let { after } = range;
  for (;;) {
    const rows = readPage<Tombstone>(database, removedThings({ ...range, after }), after);
    for (const row of rows) {
      after = row.seq;
      const thing = readRemoved(database, row);
      if (thing) yield { ...thing, seq: row.seq, directory: row.directory };
    }
    if (rows.length < PAGE_ROWS) return;
  }
}

/** Without what came again under the same id: its row is told, so it is not gone. */
function removedThings({ after, upTo, directory }: Range): SQL {
  const own = directory === undefined ? sql`` : sql` AND t.directory = ${directory}`;
  return sql`
    SELECT t.seq, t.kind, t.session_id AS sessionID, t.message_id AS messageID,
      t.part_id AS partID, t.directory, t.data
    FROM ${tombstone} AS t WHERE t.seq > ${after} AND t.seq <= ${upTo}${own}
    AND NOT CASE t.kind
      WHEN 'session' THEN EXISTS (SELECT 1 FROM session WHERE id = t.session_id)
      WHEN 'message' THEN EXISTS (
        SELECT 1 FROM message WHERE session_id = t.session_id AND id = t.message_id)
      ELSE EXISTS (SELECT 1 FROM part
        WHERE session_id = t.session_id AND message_id = t.message_id AND id = t.part_id)
    END
    ORDER BY t.seq LIMIT ${PAGE_ROWS}`;
}

function readRemoved({ log }: Database, row: Tombstone): ChangedThing | undefined {
  const { kind, sessionID, messageID, partID } = row;
  if (kind === "session") {
    const value = readSession({ id: sessionID, data: row.data ?? "" }, log);
    return value && { kind: "session-removed", session: value };
  }
  if (messageID === null) return undefined;
  if (kind === "message") return { kind: "message-removed", sessionID, messageID };
  return partID === null ? undefined : { kind: "part-removed", sessionID, messageID, partID };
}
