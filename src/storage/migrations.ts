// The history of the tables, embedded: an ordered list that only grows. An entry that has been
// released is never edited, because files that have seen it will not see it again.
//
// The first entry's tag also tells a file of ours whose application id is damaged.

/** One step: `tag` names it for ever, `sql` may hold several statements. */
export interface Migration {
  tag: string;
  sql: string;
}

export const migrations: readonly [Migration, ...Migration[]] = [
  {
    tag: "0001-sessions",
    sql: `
      CREATE TABLE counter (
        id INTEGER PRIMARY KEY NOT NULL,
        seq INTEGER NOT NULL,
        pruned INTEGER NOT NULL
      );

      CREATE TABLE project (
        id TEXT PRIMARY KEY NOT NULL,
        worktree TEXT NOT NULL,
        seq INTEGER NOT NULL,
        data TEXT NOT NULL
      );
      CREATE INDEX project_seq ON project (seq);

      CREATE TABLE session (
        id TEXT PRIMARY KEY NOT NULL,
        project_id TEXT NOT NULL,
        parent_id TEXT,
        directory TEXT NOT NULL,
        title TEXT NOT NULL,
        time_updated INTEGER NOT NULL,
        time_archived INTEGER,
        seq INTEGER NOT NULL,
        data TEXT NOT NULL
      );
      CREATE INDEX session_project ON session (project_id, time_updated);
      CREATE INDEX session_updated ON session (time_updated);
      CREATE INDEX session_parent ON session (parent_id);
      CREATE INDEX session_seq ON session (seq);

      CREATE TABLE message (
        session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        completed INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (session_id, id)
      );
      CREATE INDEX message_seq ON message (seq);
      CREATE INDEX message_unfinished ON message (session_id) WHERE completed = 0;

      CREATE TABLE part (
        session_id TEXT NOT NULL,
        message_id TEXT NOT NULL,
        id TEXT NOT NULL,
        status TEXT,
        seq INTEGER NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (session_id, message_id, id),
        FOREIGN KEY (session_id, message_id) REFERENCES message (session_id, id) ON DELETE CASCADE
      );
      CREATE INDEX part_seq ON part (seq);
      CREATE INDEX part_unfinished ON part (session_id) WHERE status IN ('pending', 'running');

      CREATE TABLE todo (
        session_id TEXT PRIMARY KEY NOT NULL REFERENCES session (id) ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        data TEXT NOT NULL
      );
      CREATE INDEX todo_seq ON todo (seq);

      CREATE TABLE permission (
        id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        project_id TEXT NOT NULL,
        permission TEXT NOT NULL,
        pattern TEXT NOT NULL,
        action TEXT NOT NULL
      );
      CREATE INDEX permission_project ON permission (project_id, permission, pattern);

      CREATE TABLE run (
        session_id TEXT PRIMARY KEY NOT NULL REFERENCES session (id) ON DELETE CASCADE,
        pid INTEGER NOT NULL,
        started_at TEXT NOT NULL
      );

      CREATE TABLE tombstone (
        seq INTEGER PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL,
        session_id TEXT NOT NULL,
        message_id TEXT,
        part_id TEXT,
        directory TEXT NOT NULL,
        data TEXT,
        time_removed INTEGER NOT NULL
      );
    `,
  },
];
