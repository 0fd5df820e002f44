// Opening: fresh, by many processes at once, not ours, newer, damaged, not writable, full.

import { Database as SqliteDatabase } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FakeClock } from "@test/support/clock";
import { readSeed } from "@test/support/seed";
import { type TempDirectory, tempDirectory } from "@test/support/temp";
import { systemClock } from "@/base/clock";
import { AppError } from "@/base/error";
import { Logger } from "@/base/log";
import { APPLICATION_ID, damageMarker } from "@/storage/database-file";
import { openDatabase } from "@/storage/open-database";
import { SessionStore } from "@/storage/session-store";
import { assistantMessage, runWorkers, session, testDatabase, testLog, textPart } from "./fixtures";

const quiet = () => ({ clock: new FakeClock(), log: Logger.silent() });

async function failureOf(opening: Promise<unknown>): Promise<AppError> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

async function hashOf(path: string): Promise<string> {
  return Bun.SHA256.hash(await Bun.file(path).bytes(), "hex");
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe("a fresh place", () => {
  test("the file and what SQLite puts beside it are private, and so is the directory", async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "a", "b", "sessions.sqlite");
    const database = await openDatabase(path, quiet());
    new SessionStore(database).putSession(session(1));
    expect((await readdir(dirname(path))).sort()).toEqual([
      "sessions.sqlite",
      "sessions.sqlite-shm",
      "sessions.sqlite-wal",
    ]);
    for (const name of await readdir(dirname(path))) {
      expect(await modeOf(join(dirname(path), name))).toBe(0o600);
    }
    expect(await modeOf(dirname(path))).toBe(0o700);
    expect(await modeOf(dirname(dirname(path)))).toBe(0o700);
    database.close();
    expect(await readdir(dirname(path))).toEqual(["sessions.sqlite"]);
  });

  test("a file that others could read becomes private, with its companions", async () => {
    await using fixture = await testDatabase();
    fixture.database.close();
    await chmod(fixture.path, 0o644);
    await fixture.reopen();
    new SessionStore(fixture.database).putSession(session(1));
    expect(await modeOf(fixture.path)).toBe(0o600);
    expect(await modeOf(`${fixture.path}-wal`)).toBe(0o600);
  });

  test("the settings are those that were promised", async () => {
    await using fixture = await testDatabase();
    const setting = (name: string) => {
      return Object.values(fixture.database.orm.get<object>(`PRAGMA ${name}`) ?? {})[0];
    };
    expect({
      applicationID: setting("application_id"),
      journal: setting("journal_mode"),
      synchronous: setting("synchronous"),
      foreignKeys: setting("foreign_keys"),
      busyTimeout: setting("busy_timeout"),
      autoVacuum: setting("auto_vacuum"),
    }).toEqual({
      applicationID: APPLICATION_ID,
      journal: "wal",
      synchronous: 1,
      foreignKeys: 1,
      busyTimeout: 15_000,
      autoVacuum: 2,
    });
  });

  test("an empty file is taken, and names with special characters are no trouble", async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "a %41?mode=ro&x#y 'ü'.sqlite");
    await writeFile(path, "");
    const database = await openDatabase(path, quiet());
    new SessionStore(database).putSession(session(1));
    database.close();
    expect(await readdir(directory.path)).toEqual([basename(path)]);
    const again = await openDatabase(path, quiet());
    expect(new SessionStore(again).listSessions()).toEqual([session(1)]);
    again.close();
  });

  test(":memory: is a database without a file", async () => {
    const database = await openDatabase(":memory:", quiet());
    new SessionStore(database).putSession(session(1));
    expect(new SessionStore(database).findSession(session(1).id)).toEqual(session(1));
    database.close();
    expect(existsSync(":memory:")).toBe(false);
  });

  test("sixteen processes at once all succeed, and lose nothing", async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "data", "sessions.sqlite");
    const tasks = Array.from({ length: 16 }, (_, index) => ({ path, first: index * 5, count: 5 }));
    const results = await runWorkers(tasks);
    expect(results.filter((result) => result.error || result.keptAside)).toEqual([]);
    const seqs = results.flatMap((result) => result.seqs);
    expect(new Set(seqs).size).toBe(80);
    const database = await openDatabase(path, quiet());
    expect(new SessionStore(database).listSessions()).toHaveLength(80);
    database.close();
    expect(await readdir(dirname(path))).toEqual(["sessions.sqlite"]);
  }, 180_000);
});

describe("a file that is not ours", () => {
  const makers: Record<string, (sqlite: SqliteDatabase) => void> = {
    "of another program": (sqlite) => sqlite.run("CREATE TABLE session (id TEXT)"),
    "of another program, marked as its own": (sqlite) =>
      sqlite.run("PRAGMA application_id = 12345; CREATE TABLE t (a); DROP TABLE t"),
    "of another program, in WAL mode": (sqlite) =>
      sqlite.run("PRAGMA journal_mode = WAL; CREATE TABLE session (id TEXT)"),
    "of another program that has migrations too": (sqlite) =>
      sqlite.run("CREATE TABLE migration (tag TEXT); INSERT INTO migration VALUES ('0000-x')"),
  };
  for (const [name, make] of Object.entries(makers)) {
    test(`${name}: refused, untouched, nothing left beside it`, async () => {
      await using directory = await tempDirectory();
      const path = join(directory.path, "sessions.sqlite");
      const other = new SqliteDatabase(path, { create: true });
      make(other);
      other.close(true);
      await chmod(path, 0o644);
      const before = await hashOf(path);
      const error = await failureOf(openDatabase(path, quiet()));
      expect(error.kind).toBe("unavailable");
      expect(error.message).toContain(`${path} is not a database of this program`);
      expect(await hashOf(path)).toBe(before);
      expect(await modeOf(path)).toBe(0o644);
      expect(await readdir(directory.path)).toEqual(["sessions.sqlite"]);
    });
  }

  test("one whose tables are only in its log of writes: refused, untouched", async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "sessions.sqlite");
    const other = new SqliteDatabase(path, { create: true });
    other.run("PRAGMA journal_mode = WAL; CREATE TABLE theirs (id TEXT)");
    const before = [await hashOf(path), await hashOf(`${path}-wal`)];
    const error = await failureOf(openDatabase(path, quiet()));
    expect(error.message).toContain("is not a database of this program");
    expect([await hashOf(path), await hashOf(`${path}-wal`)]).toEqual(before);
    expect(other.query("SELECT count(*) AS count FROM theirs").get()).toEqual({ count: 0 });
    other.close(true);
  });

  test("of a newer version: refused, untouched, nothing left beside it", async () => {
    await using fixture = await testDatabase();
    fixture.database.close();
    const newer = new SqliteDatabase(fixture.path);
    newer.run("INSERT INTO migration VALUES ('9999-of-the-future', 1)");
    newer.close(true);
    const before = await hashOf(fixture.path);
    const error = await failureOf(openDatabase(fixture.path, quiet()));
    expect(error.kind).toBe("unavailable");
    expect(error.message).toContain(fixture.path);
    expect(error.message).toContain("newer version");
    expect(await hashOf(fixture.path)).toBe(before);
    expect(await readdir(dirname(fixture.path))).toEqual(["sessions.sqlite"]);
  });

  test("of a newer version that runs now: refused, and it works on", async () => {
    await using fixture = await testDatabase();
    fixture.database.orm.run("INSERT INTO migration VALUES ('9999-of-the-future', 1)");
    const error = await failureOf(openDatabase(fixture.path, quiet()));
    expect(error.message).toContain("newer version");
    const store = new SessionStore(fixture.database);
    store.putSession(session(1));
    expect(store.listSessions()).toHaveLength(1);
  });
});

describe("a damaged file", () => {
  // A sound file with some content, made once and copied for each case.
  let template: TempDirectory;
  let sound: string;
  beforeAll(async () => {
    template = await tempDirectory();
    sound = join(template.path, "sessions.sqlite");
    const database = await openDatabase(sound, quiet());
    const store = new SessionStore(database);
    store.transaction(() => {
      for (let number = 1; number <= 20; number += 1) {
        store.putSession(session(number));
        const message = assistantMessage(session(number).id, 1);
        store.putMessage(message);
        for (let part = 1; part <= 20; part += 1) store.putPart(textPart(message, part));
      }
    });
    database.close();
  });
  afterAll(() => template[Symbol.asyncDispose]());

  async function damagedCopy(damage: (path: string) => Promise<void>) {
    const directory = await tempDirectory();
    const path = join(directory.path, "sessions.sqlite");
    await copyFile(sound, path);
    await damage(path);
    return { path, directory, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
  }

  test("it is kept aside with its companions, the log says so, a new one works", async () => {
    await using copy = await damagedCopy((file) => writeFile(file, "x".repeat(9_000)));
    const { path } = copy;
    await writeFile(`${path}-wal`, "the log of writes");
    const clock = new FakeClock();
    const { logger, lines } = testLog(copy.directory, clock);
    const database = await openDatabase(path, { clock, log: logger });
    const aside = database.keptAside ?? "";
    expect(aside).toStartWith(`${path}.corrupt-`);
    expect(await Bun.file(aside).text()).toBe("x".repeat(9_000));
    expect(await Bun.file(`${aside}-wal`).text()).toBe("the log of writes");
    const errors = (await lines()).filter((line) => line.level === "ERROR");
    expect(errors.map((line) => line.keptAside)).toEqual([aside]);
    expect(errors[0]?.message).toContain(aside);
    const store = new SessionStore(database);
    store.putSession(session(1));
    expect(store.listSessions()).toEqual([session(1)]);
    database.close();
    const again = await openDatabase(path, quiet());
    expect(again.keptAside).toBeUndefined();
    again.close();
  });

  test("change numbers of the new one are above those of the damaged one", async () => {
    await using copy = await damagedCopy((file) => truncate(file, 5_000));
    const { path } = copy;
    const before = await openDatabase(sound, quiet());
    const last = before.lastSeq();
    before.close();
    const clock = new FakeClock();
    await clock.advance(60_000);
    const database = await openDatabase(path, { clock, log: Logger.silent() });
    expect(database.keptAside).toBeDefined();
    expect(new SessionStore(database).putSession(session(1))).toBeGreaterThan(last);
    expect(database.oldestCursor()).toBeGreaterThan(last);
    database.close();
  });

  test("cut off anywhere, it starts", async () => {
    const { size } = await stat(sound);
    const lengths = [
      1,
      15,
      50,
      99,
      100,
      101,
      4_095,
      4_096,
      4_097,
      size >> 1,
      size - 4_096,
      size - 1,
    ];
    for (const length of lengths) {
      await using copy = await damagedCopy((file) => truncate(file, length));
      const { path } = copy;
      const database = await openDatabase(path, quiet());
      expect({ length, aside: database.keptAside !== undefined }).toEqual({ length, aside: true });
      new SessionStore(database).putSession(session(1));
      database.close();
    }
  });

  test("with random bytes in its header, it starts and answers", async () => {
    const seed = readSeed();
    const random = randomFrom(seed);
    let aside = 0;
    for (let round = 0; round < 60; round += 1) {
      // Not the application id: with more damage than that, the file passes for another program's
      // and is left alone, as it should be.
      const positions = Array.from({ length: 1 + random(4) }, () => random(100)).filter(
        (position) => position < 68 || position > 71,
      );
      await using copy = await damagedCopy((file) => flip(file, positions, random));
      const { path } = copy;
      try {
        const database = await openDatabase(path, quiet());
        if (database.keptAside) aside += 1;
        useEverything(new SessionStore(database));
        database.close();
      } catch (error) {
        throw new Error(`seed ${seed}, round ${round}, bytes ${positions}`, { cause: error });
      }
    }
    expect(aside).toBeGreaterThan(10);
  }, 180_000);

  test("a damaged application id alone loses nothing", async () => {
    await using copy = await damagedCopy((file) => flip(file, [68, 70], () => 7));
    const { path } = copy;
    const database = await openDatabase(path, quiet());
    expect(database.keptAside).toBeUndefined();
    expect(new SessionStore(database).listSessions()).toHaveLength(20);
    database.close();
  });

  test("damage met at work says what to do, and the next start does it", async () => {
    await using copy = await damagedCopy(async (file) => {
      const pages = leafPages(file, "part");
      const bytes = await Bun.file(file).bytes();
      // The first rows are sound, what comes after is not.
      for (const page of pages.slice(1)) bytes.fill(0xff, (page - 1) * 4_096, page * 4_096);
      await writeFile(file, bytes);
    });
    const { path } = copy;
    const database = await openDatabase(path, quiet());
    expect(database.keptAside).toBeUndefined();
    const store = new SessionStore(database);
    const read = () => store.listSessions().map((value) => store.listMessages(value.id));
    expect(read).toThrow(/is damaged\. Start the program again/);
    database.close();
    expect(existsSync(damageMarker(path))).toBe(true);
    const next = await openDatabase(path, quiet());
    expect(next.keptAside).toStartWith(path);
    expect(existsSync(damageMarker(path))).toBe(false);
    next.close();
  });

  test("a false alarm costs one examination and nothing else", async () => {
    await using copy = await damagedCopy((file) => writeFile(damageMarker(file), ""));
    const { path } = copy;
    const database = await openDatabase(path, quiet());
    expect(database.keptAside).toBeUndefined();
    expect(new SessionStore(database).listSessions()).toHaveLength(20);
    expect(existsSync(damageMarker(path))).toBe(false);
    database.close();
  });

  test("several processes that find it at once keep it aside once", async () => {
    await using copy = await damagedCopy((file) => truncate(file, 9_000));
    const { path } = copy;
    const tasks = Array.from({ length: 6 }, (__, index) => ({ path, first: index, count: 1 }));
    const results = await runWorkers(tasks);
    expect(results.filter((result) => result.error)).toEqual([]);
    expect(results.filter((result) => result.keptAside)).toHaveLength(1);
    const asides = (await readdir(copy.directory.path)).filter((name) =>
      /\.corrupt-[^-]*$/.test(name),
    );
    expect(asides).toHaveLength(1);
    const database = await openDatabase(path, quiet());
    expect(new SessionStore(database).listSessions()).toHaveLength(6);
    database.close();
  }, 180_000);

  function useEverything(store: SessionStore): void {
    try {
      store.putSession(session(99));
      for (const { id } of store.listSessions()) store.listMessages(id);
      store.removeSession(session(99).id);
    } catch (error) {
      // Damage that opening cannot see is allowed, but only with a name.
      expect(error).toBeInstanceOf(AppError);
    }
  }

  function leafPages(file: string, table: string): number[] {
    const sqlite = new SqliteDatabase(file, { readonly: true });
    const query = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path";
    const pages = sqlite
      .query(query)
      .values(table)
      .map(([page]) => Number(page));
    sqlite.close(true);
    return pages;
  }

  async function flip(file: string, positions: number[], random: (below: number) => number) {
    const bytes = await Bun.file(file).bytes();
    for (const position of positions) bytes[position] = (bytes[position] ?? 0) ^ (1 + random(255));
    await writeFile(file, bytes);
  }
});

describe("a place that cannot be written", () => {
  test("below a file: named", async () => {
    await using directory = await tempDirectory();
    await writeFile(join(directory.path, "file"), "");
    const path = join(directory.path, "file", "sessions.sqlite");
    const error = await failureOf(openDatabase(path, quiet()));
    expect(error.kind).toBe("unavailable");
    expect(error.message).toContain(join(directory.path, "file"));
  });

  test("a directory in place of the file: named", async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "sessions.sqlite");
    await mkdir(path);
    const error = await failureOf(openDatabase(path, quiet()));
    expect(error.kind).toBe("unavailable");
    expect(error.message).toContain(path);
  });

  test("a read-only directory, with and without a database: named", async () => {
    await using directory = await tempDirectory();
    const folder = join(directory.path, "data");
    const path = join(folder, "sessions.sqlite");
    await mkdir(folder);
    await chmod(directory.path, 0o755);
    await chmod(folder, 0o555);
    const [fresh] = await runWorkers([{ path, unprivileged: true }]);
    expect(fresh?.error).toMatchObject({ kind: "unavailable" });
    expect(fresh?.error?.message).toContain(path);

    await chmod(folder, 0o700);
    (await openDatabase(path, quiet())).close();
    const before = await hashOf(path);
    await chmod(path, 0o444);
    await chmod(folder, 0o555);
    const [existing] = await runWorkers([{ path, unprivileged: true }]);
    expect(existing?.error).toMatchObject({ kind: "unavailable" });
    expect(existing?.error?.message).toContain(path);
    await chmod(folder, 0o700);
    expect(await hashOf(path)).toBe(before);
    expect(await readdir(folder)).toEqual(["sessions.sqlite"]);
  });

  test.skipIf(process.platform === "win32")(
    "no room for the file: named, and it opens once there is room",
    async () => {
      await using directory = await tempDirectory();
      const path = join(directory.path, "sessions.sqlite");
      // A file may not grow beyond 8 KB there: what a full disk does, without filling one.
      const launcher = ["/bin/sh", "-c", 'trap "" XFSZ; ulimit -f 16; exec "$@"', "sh"];
      const [result] = await runWorkers([{ path, count: 1 }], launcher);
      expect(result?.error).toMatchObject({ kind: "unavailable" });
      expect(result?.error?.message).toContain(path);
      const database = await openDatabase(path, { clock: systemClock, log: Logger.silent() });
      expect(database.keptAside).toBeUndefined();
      new SessionStore(database).putSession(session(1));
      database.close();
    },
  );

  test("a disk that is full at work: named, and nothing is half written", async () => {
    await using fixture = await testDatabase();
    const store = new SessionStore(fixture.database);
    store.putSession(session(1));
    fixture.database.orm.run("PRAGMA max_page_count = 60");
    const fill = () =>
      store.transaction(() => {
        store.putSession(session(2));
        for (let number = 1; number <= 100; number += 1) {
          const message = assistantMessage(session(2).id, number);
          store.putMessage(message);
          store.putPart({ ...textPart(message, number), text: "x".repeat(10_000) });
        }
      });
    expect(fill).toThrow(`The disk is full: ${fixture.path}`);
    expect(store.listSessions()).toEqual([session(1)]);
    fixture.database.orm.run("PRAGMA max_page_count = 100000");
    fill();
    expect(store.listMessages(session(2).id).messages).toHaveLength(100);
  });
});

/** A small generator of numbers (mulberry32), so that a failing seed can be run again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

test("a process that dies in the middle of recovery leaves no lock behind", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "sessions.sqlite");
  await writeFile(path, "x".repeat(5_000));
  await writeFile(`${path}.lock`, "");
  const database = await openDatabase(path, quiet());
  expect(database.keptAside).toBeDefined();
  database.close();
  await rm(`${path}.lock`);
});
