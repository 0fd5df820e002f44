// Where the write-ahead log cannot be had, a rollback journal serves and the log says so.

import { expect, test } from "bun:test";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { FakeClock } from "@test/support/clock";
import { tempDirectory } from "@test/support/temp";
import { Logger } from "@/base/log";
import { openDatabase } from "@/storage/open-database";
import { SessionStore } from "@/storage/session-store";
import { session, testLog } from "./fixtures";

// SQLite does not follow such a link: it is a place where no shared memory can be made.
const forbid = (path: string) => symlink("nowhere", `${path}-shm`);

for (const existing of [false, true]) {
  const what = existing ? "a file that had one before" : "a fresh file";
  test(`${what}, no shared memory: it works without, and the log says so`, async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "sessions.sqlite");
    const clock = new FakeClock();
    if (existing) {
      const before = await openDatabase(path, { clock, log: Logger.silent() });
      new SessionStore(before).putSession(session(1));
      before.close();
    }
    await forbid(path);
    const { logger, lines } = testLog(directory, clock);
    const database = await openDatabase(path, { clock, log: logger });
    const store = new SessionStore(database);
    store.putSession(session(2));
    expect(store.listSessions()).toHaveLength(existing ? 2 : 1);
    expect(database.keptAside).toBeUndefined();
    const setting = (name: string) => {
      return Object.values(database.orm.get<object>(`PRAGMA ${name}`))[0];
    };
    expect(setting("journal_mode")).toBe("truncate");
    expect(setting("synchronous")).toBe(2);
    const warnings = (await lines()).filter((line) => line.level === "WARN");
    expect(warnings.map((line) => line.path)).toEqual([path]);

    // The file is not kept from others.
    const other = await openDatabase(path, { clock, log: Logger.silent() });
    new SessionStore(other).putSession(session(3));
    expect(store.findSession(session(3).id)).toEqual(session(3));
    other.close();
    database.close();
  });
}
