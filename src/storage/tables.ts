// The tables as drizzle sees them. What really makes them is migrations.ts; a test proves that the
// two agree, so a change here comes with a migration.
//
// Each thing is stored once, as the JSON of its schema in `data`; the other columns are what the
// queries need of it. `seq` is the number of the row's last change (see Database.nextSeq).

import { sql } from "drizzle-orm";
import { foreignKey, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Which migrations this file has seen. */
export const migration = sqliteTable("migration", {
  tag: text("tag").primaryKey().notNull(),
  timeApplied: integer("time_applied").notNull(),
});

/** One row: the last number handed out, and the highest number of a tombstone pruned so far. */
export const counter = sqliteTable("counter", {
  id: integer("id").primaryKey().notNull(),
  seq: integer("seq").notNull(),
  pruned: integer("pruned").notNull(),
});

export const project = sqliteTable(
  "project",
  {
    id: text("id").primaryKey().notNull(),
    worktree: text("worktree").notNull(),
    seq: integer("seq").notNull(),
    data: text("data").notNull(),
  },
  (table) => [index("project_seq").on(table.seq)],
);

export const session = sqliteTable(
  "session",
  {
    id: text("id").primaryKey().notNull(),
    projectID: text("project_id").notNull(),
    parentID: text("parent_id"),
    directory: text("directory").notNull(),
    /** The title folded for searching (see foldTitle), not for showing. */
    title: text("title").notNull(),
    timeUpdated: integer("time_updated").notNull(),
    timeArchived: integer("time_archived"),
    seq: integer("seq").notNull(),
    data: text("data").notNull(),
  },
  (table) => [
    index("session_project").on(table.projectID, table.timeUpdated),
    index("session_updated").on(table.timeUpdated),
    index("session_parent").on(table.parentID),
    index("session_seq").on(table.seq),
  ],
);

export const message = sqliteTable(
  "message",
  {
    sessionID: text("session_id")
      .notNull()
      .references(() => session.id, { onDelete: "cascade" }),
    id: text("id").notNull(),
    /** 0 only for an answer of the assistant that has not ended. */
    completed: integer("completed", { mode: "boolean" }).notNull(),
    seq: integer("seq").notNull(),
    data: text("data").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.sessionID, table.id] }),
    index("message_seq").on(table.seq),
    index("message_unfinished")
      .on(table.sessionID)
      .where(sql`completed = 0`),
  ],
);

export const part = sqliteTable(
  "part",
  {
    sessionID: text("session_id").notNull(),
    messageID: text("message_id").notNull(),
    id: text("id").notNull(),
    /** The status of a tool call, null for every other part. */
    status: text("status"),
    seq: integer("seq").notNull(),
    data: text("data").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.sessionID, table.messageID, table.id] }),
    foreignKey({
      columns: [table.sessionID, table.messageID],
      foreignColumns: [message.sessionID, message.id],
    }).onDelete("cascade"),
    index("part_seq").on(table.seq),
    index("part_unfinished")
      .on(table.sessionID)
      .where(sql`status IN ('pending', 'running')`),
  ],
);

/** The whole list of a session in one row: it is always written as a whole. */
export const todo = sqliteTable(
  "todo",
  {
    sessionID: text("session_id")
      .primaryKey()
      .notNull()
      .references(() => session.id, { onDelete: "cascade" }),
    seq: integer("seq").notNull(),
    data: text("data").notNull(),
  },
  (table) => [index("todo_seq").on(table.seq)],
);

/** Rules a person answered "always" to; a higher id is later and wins. */
export const permission = sqliteTable(
  "permission",
  {
    id: integer("id").primaryKey({ autoIncrement: true }).notNull(),
    projectID: text("project_id").notNull(),
    permission: text("permission").notNull(),
    pattern: text("pattern").notNull(),
    action: text("action").notNull(),
  },
  (table) => [index("permission_project").on(table.projectID, table.permission, table.pattern)],
);

/** The process that works on a session now. */
export const run = sqliteTable("run", {
  sessionID: text("session_id")
    .primaryKey()
    .notNull()
    .references(() => session.id, { onDelete: "cascade" }),
  pid: integer("pid").notNull(),
  startedAt: text("started_at").notNull(),
});

/** What was removed, so that a listener that was away hears of it. */
export const tombstone = sqliteTable("tombstone", {
  seq: integer("seq").primaryKey().notNull(),
  kind: text("kind", { enum: ["session", "message", "part"] }).notNull(),
  sessionID: text("session_id").notNull(),
  messageID: text("message_id"),
  partID: text("part_id"),
  directory: text("directory").notNull(),
  /** The session as it was, for kind session. */
  data: text("data"),
  timeRemoved: integer("time_removed").notNull(),
});

/** Every table, for the checks at opening and for tests. */
export const tables = [
  migration,
  counter,
  project,
  session,
  message,
  part,
  todo,
  permission,
  run,
  tombstone,
] as const;
