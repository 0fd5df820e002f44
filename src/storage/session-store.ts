// SessionStore: sessions with their messages, parts, todos and runs, as rows.
//
// Every write is one transaction that takes the next change number and returns it; the caller tells
// the change after its own transaction has committed, never inside it. Events, permissions to write
// and the meaning of a session are left to session/.

import { and, asc, desc, eq, gte, isNotNull, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Message, MessageWithParts } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Session } from "@/schema/session";
import type { Todo } from "@/schema/todo";
import { type ChangeFilter, changesSince, type StoredChange } from "./change";
import type { Database } from "./database";
import { type MessagePage, MessageRows, type SessionChanges } from "./message-rows";
import { foldTitle, readSession, readTodos, type Row } from "./row";
import { type RunOwner, RunRows, type Unfinished } from "./run-rows";
import { message, part, session, todo } from "./tables";
import { recordRemoval } from "./tombstones";

/** Which sessions a list holds; what is not given does not restrict. */
export interface SessionFilter {
  projectID?: string;
  /** Sessions of exactly this directory. */
  directory?: string;
  /** Sessions of this directory and of all below it. */
  path?: string;
  parentID?: string;
  /** Only sessions without a parent. */
  roots?: boolean;
  /** A part of the title, whatever its case. */
  search?: string;
  /** Updated at this time (epoch ms) or later. */
  start?: number;
  /** Updated earlier than this time. */
  before?: number;
  limit?: number;
  /** Only archived ones (true) or only the others (false). */
  archived?: boolean;
}

interface PlacedRow extends Row {
  directory: string;
}

export class SessionStore {
  readonly #database: Database;
  readonly #messages: MessageRows;
  readonly #runs: RunRows;
  #prepared: ReturnType<typeof prepare> | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#messages = new MessageRows(database);
    this.#runs = new RunRows(database);
  }

  /** All writes of `work`, or none when it throws. See Database.transaction. */
  transaction<T>(work: () => T): T {
    return this.#database.transaction(work);
  }

  /** Adds or replaces a session. Gives the change number, as all writes do. */
  putSession(value: Session): number {
    return this.#database.writeRow((seq) => {
      this.#statements.putSession.run({
        id: value.id,
        projectID: value.projectID,
        parentID: value.parentID ?? null,
        directory: value.directory,
        title: foldTitle(value.title),
        timeUpdated: value.time.updated,
        timeArchived: value.time.archived ?? null,
        seq,
        data: JSON.stringify(value),
      });
    });
  }

  findSession(id: string): Session | undefined {
    return this.#database.read(() => {
      const row = this.#statements.findSession.get({ id });
      return row && readSession(row, this.#database.log);
    });
  }

  /** The matching sessions, the one updated last first. */
  listSessions(filter: SessionFilter = {}): Session[] {
    return this.#database.read(() => {
      const query = this.#database.orm
        .select({ id: session.id, data: session.data })
        .from(session)
        .where(and(...sessionConditions(filter)))
        .orderBy(desc(session.timeUpdated), asc(session.id))
        .$dynamic();
      return this.#readSessions(
        filter.limit === undefined ? query.all() : query.limit(filter.limit).all(),
      );
    });
  }

  /** The direct children, the one updated last first. */
  listChildren(id: string): Session[] {
    return this.listSessions({ parentID: id });
  }

  /**
   * Removes the session with all below it: descendants, messages, parts, todos. `removed` has every
   * session, children before their parents; the last one's change number is `seq` and the others
   * have the numbers just before it, in order. Nothing happens to an unknown id.
   */
  removeSession(id: string): { removed: Session[]; seq: number } {
    const result = this.transaction(() => {
      const rows = this.#listTree(id).reverse();
      for (const row of rows) this.#removeRow(row);
      return { removed: this.#readSessions(rows), seq: this.#database.lastSeq() };
    });
    this.#database.reclaim();
    return result;
  }

  /** Adds or replaces a message; AppError not-found when its session does not exist. */
  putMessage(info: Message): number {
    return this.#messages.putMessage(info);
  }

  /** Adds or replaces a part; AppError not-found when its message does not exist. */
  putPart(value: Part): number {
    return this.#messages.putPart(value);
  }

  /** Removes a message with its parts; undefined when there is none. */
  removeMessage(sessionID: string, messageID: string): number | undefined {
    return this.#messages.removeMessage(sessionID, messageID);
  }

  /** Removes a part; undefined when there is none. */
  removePart(sessionID: string, messageID: string, partID: string): number | undefined {
    return this.#messages.removePart(sessionID, messageID, partID);
  }

  findMessage(sessionID: string, messageID: string): MessageWithParts | undefined {
    return this.#messages.findMessage(sessionID, messageID);
  }

  findPart(sessionID: string, messageID: string, partID: string): Part | undefined {
    return this.#messages.findPart(sessionID, messageID, partID);
  }

  /**
   * Messages with their parts, oldest first: with `limit`, the newest so many (before the id
   * `before`, if given), and `more` tells whether there are older ones.
   */
  listMessages(
    sessionID: string,
    page: MessagePage = {},
  ): { messages: MessageWithParts[]; more: boolean } {
    return this.#messages.listMessages(sessionID, page);
  }

  /** What has changed in the messages of a session after a number (see lastSeq). */
  messageChangesAfter(sessionID: string, seq: number): SessionChanges {
    return this.#messages.changesAfter(sessionID, seq);
  }

  /** Replaces the todos of a session; AppError not-found when it does not exist. */
  putTodos(sessionID: string, todos: Todo[]): number {
    return this.#database.writeRow((seq) => {
      const row = { seq, data: JSON.stringify(todos) };
      this.#database.orm
        .insert(todo)
        .values({ sessionID, ...row })
        .onConflictDoUpdate({ target: todo.sessionID, set: row })
        .run();
    });
  }

  listTodos(sessionID: string): Todo[] {
    return this.#database.read(() => {
      const columns = { id: todo.sessionID, data: todo.data };
      const { orm, log } = this.#database;
      const row = orm.select(columns).from(todo).where(eq(todo.sessionID, sessionID)).get();
      return row ? readTodos(row, log) : [];
    });
  }

  /** The number of the latest stored change, of whichever process. */
  lastSeq(): number {
    return this.#database.lastSeq();
  }

  /** A listener whose cursor is lower than this may have missed removals: it must start afresh. */
  oldestCursor(): number {
    return this.#database.oldestCursor();
  }

  /**
   * The present state of each row with a number above `seq`, in order, then the removals, up to
   * lastSeq() at the time of the first step. A listener goes on from a change's `cursor`.
   */
  changesSince(seq: number, filter?: ChangeFilter): Iterable<StoredChange> {
    return changesSince(this.#database, seq, filter);
  }

  /**
   * Takes the session for a process: undefined when it is `owner`'s now (or was already), else who
   * holds it. A holder that `isAlive` denies is replaced. AppError not-found for an unknown id.
   */
  claimRun(
    sessionID: string,
    owner: RunOwner,
    isAlive: (owner: RunOwner) => boolean,
  ): RunOwner | undefined {
    return this.#runs.claim(sessionID, owner, isAlive);
  }

  /** Which process holds the session, dead or alive. */
  findRun(sessionID: string): RunOwner | undefined {
    return this.#runs.find(sessionID);
  }

  /** Gives the session back; nothing happens when `owner` does not hold it. */
  releaseRun(sessionID: string, owner: RunOwner): void {
    this.#runs.release(sessionID, owner);
  }

  /** Sessions with an unfinished answer or tool call, and the process that holds each, if any. */
  listUnfinished(): Unfinished[] {
    return this.#runs.listUnfinished();
  }

  /** The session and all below it, level by level; a circle of parents ends where it closes. */
  #listTree(id: string): PlacedRow[] {
    const seen = new Set([id]);
    const tree = this.#statements.findPlaced.all({ id });
    for (const { id: parentID } of tree) {
      for (const child of this.#statements.listPlacedChildren.all({ parentID })) {
        if (!seen.has(child.id)) tree.push(child);
        seen.add(child.id);
      }
    }
    return tree;
  }

  #removeRow({ id, data, directory }: PlacedRow): void {
    const { orm } = this.#database;
    // Parts and messages first: one pass over each, where the cascade would search for every row.
    orm.delete(part).where(eq(part.sessionID, id)).run();
    orm.delete(message).where(eq(message.sessionID, id)).run();
    orm.delete(session).where(eq(session.id, id)).run();
    recordRemoval(this.#database, { kind: "session", sessionID: id, directory, data });
  }

  #readSessions(rows: Row[]): Session[] {
    return rows.flatMap((row) => readSession(row, this.#database.log) ?? []);
  }

  get #statements() {
    this.#prepared ??= prepare(this.#database);
    return this.#prepared;
  }
}

function sessionConditions(filter: SessionFilter): SQL[] {
  const { projectID, directory, path, parentID, search, start, before, archived } = filter;
  const conditions: SQL[] = [];
  if (projectID !== undefined) conditions.push(eq(session.projectID, projectID));
  if (directory !== undefined) conditions.push(eq(session.directory, directory));
  if (path !== undefined) conditions.push(isAtOrBelow(path));
  if (parentID !== undefined) conditions.push(eq(session.parentID, parentID));
  if (filter.roots) conditions.push(isNull(session.parentID));
  if (start !== undefined) conditions.push(gte(session.timeUpdated, start));
  if (before !== undefined) conditions.push(lt(session.timeUpdated, before));
  if (search) conditions.push(sql`instr(${session.title}, ${foldTitle(search)}) > 0`);
  if (archived === true) conditions.push(isNotNull(session.timeArchived));
  if (archived === false) conditions.push(isNull(session.timeArchived));
  return conditions;
}

/** By names alone; a session's directory is absolute and normalised, and so is `path`. */
function isAtOrBelow(path: string): SQL {
  const bare = path.length > 1 ? path.replace(/[/\\]$/, "") : path;
  const below = bare.endsWith("/") ? [bare] : [`${bare}/`, `${bare}\\`];
  const prefixes = below.map((prefix) => {
    return sql`substr(${session.directory}, 1, length(${prefix})) = ${prefix}`;
  });
  return sql`(${session.directory} = ${bare} OR ${sql.join(prefixes, sql` OR `)})`;
}

function prepare(database: Database) {
  const { orm } = database;
  const $ = sql.placeholder;
  const placedRow = { id: session.id, data: session.data, directory: session.directory };
  return {
    findPlaced: database.prepare<PlacedRow>(
      orm
        .select(placedRow)
        .from(session)
        .where(eq(session.id, $("id"))),
    ),
    listPlacedChildren: database.prepare<PlacedRow>(
      orm
        .select(placedRow)
        .from(session)
        .where(eq(session.parentID, $("parentID"))),
    ),
    putSession: database.prepare(
      orm
        .insert(session)
        .values({
          id: $("id"),
          projectID: $("projectID"),
          parentID: $("parentID"),
          directory: $("directory"),
          title: $("title"),
          timeUpdated: $("timeUpdated"),
          timeArchived: $("timeArchived"),
          seq: $("seq"),
          data: $("data"),
        })
        .onConflictDoUpdate({
          target: session.id,
          set: {
            projectID: sql`excluded.project_id`,
            parentID: sql`excluded.parent_id`,
            directory: sql`excluded.directory`,
            title: sql`excluded.title`,
            timeUpdated: sql`excluded.time_updated`,
            timeArchived: sql`excluded.time_archived`,
            seq: sql`excluded.seq`,
            data: sql`excluded.data`,
          },
        }),
    ),
    findSession: database.prepare<Row>(
      orm
        .select({ id: session.id, data: session.data })
        .from(session)
        .where(eq(session.id, $("id"))),
    ),
  };
}
