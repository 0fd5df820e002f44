// Transactions, change numbers and space.

import { describe, expect, test } from "bun:test";
import { readdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "@/base/error";
import { SessionStore } from "@/storage/session-store";
import { assistantMessage, runWorkers, session, testDatabase, textPart } from "./fixtures";

describe("transactions", () => {
  test("a throw undoes everything and comes through as it is", async () => {
    await using fixture = await testDatabase();
    const store = new SessionStore(fixture.database);
    const reason = new Error("no");
    const work = () =>
      store.transaction(() => {
        store.putSession(session(1));
        store.putSession(session(2));
        throw reason;
      });
    expect(work).toThrow(reason);
    expect(store.listSessions()).toEqual([]);
    store.putSession(session(3));
    expect(store.listSessions()).toEqual([session(3)]);
  });

  test("a throw inside an inner one that is caught undoes only the inner one", async () => {
    await using fixture = await testDatabase();
    const store = new SessionStore(fixture.database);
    store.transaction(() => {
      store.putSession(session(1));
      expect(() =>
        store.transaction(() => {
          store.putSession(session(2));
          throw new Error("no");
        }),
      ).toThrow("no");
      store.putSession(session(3));
    });
    expect(store.listSessions()).toEqual([session(3), session(1)]);
  });

  test("a row inside one that is refused and caught undoes only itself", async () => {
    await using fixture = await testDatabase();
    const store = new SessionStore(fixture.database);
    const orphan = textPart(assistantMessage(session(2).id, 1), 1);
    store.transaction(() => {
      const before = store.putSession(session(1));
      expect(() => store.putPart(orphan)).toThrow(AppError);
      expect(store.putSession(session(3))).toBeGreaterThan(before);
    });
    expect(store.listSessions()).toEqual([session(3), session(1)]);
    expect(() => store.putPart(orphan)).toThrow(AppError);
    expect(store.findPart(orphan.sessionID, orphan.messageID, orphan.id)).toBeUndefined();
  });

  test("asynchronous work is a bug that is named, and nothing is stored", async () => {
    await using fixture = await testDatabase();
    const store = new SessionStore(fixture.database);
    const work = () =>
      store.transaction(() => {
        store.putSession(session(1));
        return Promise.resolve();
      });
    expect(work).toThrow("synchronous");
    expect(store.listSessions()).toEqual([]);
  });

  test("after closing, each use is an AppError, and closing again is nothing", async () => {
    await using fixture = await testDatabase();
    const store = new SessionStore(fixture.database);
    fixture.database.close();
    fixture.database.close();
    expect(() => store.listSessions()).toThrow(AppError);
    expect(() => store.putSession(session(1))).toThrow(`${fixture.path} is closed`);
  });
});

describe("change numbers", () => {
  test("they begin at the time of birth and rise by every write", async () => {
    await using fixture = await testDatabase();
    const store = new SessionStore(fixture.database);
    const birth = fixture.clock.now();
    expect(store.lastSeq()).toBe(birth);
    const message = assistantMessage(session(1).id, 1);
    const seqs = [
      store.putSession(session(1)),
      store.putMessage(message),
      store.putPart(textPart(message, 1)),
      store.putPart(textPart(message, 1)),
      store.putTodos(session(1).id, []),
      store.removePart(session(1).id, message.id, textPart(message, 1).id),
      store.removeMessage(session(1).id, message.id),
      store.removeSession(session(1).id).seq,
    ];
    expect(seqs).toEqual(seqs.map((_, index) => birth + 1 + index));
    expect(store.lastSeq()).toBe(birth + seqs.length);
  });

  test("a number of a transaction that was undone is neither told nor used again", async () => {
    await using fixture = await testDatabase();
    const store = new SessionStore(fixture.database);
    const first = store.putSession(session(1));
    let undone = 0;
    const work = () =>
      store.transaction(() => {
        undone = store.putSession(session(2));
        throw new Error("no");
      });
    expect(work).toThrow("no");
    expect(store.lastSeq()).toBe(first);
    expect(store.putSession(session(3))).toBeGreaterThan(undone);
  });

  test("they rise across closing and opening, also when the clock went back", async () => {
    await using fixture = await testDatabase();
    await fixture.clock.advance(60_000);
    const before = new SessionStore(fixture.database).putSession(session(1));
    await fixture.clock.advance(-120_000);
    const database = await fixture.reopen();
    expect(new SessionStore(database).putSession(session(2))).toBe(before + 1);
  });

  test("two processes that write at the same time share one row of numbers", async () => {
    await using fixture = await testDatabase();
    fixture.database.close();
    const { path } = fixture;
    const results = await runWorkers([
      { path, first: 0, count: 150 },
      { path, first: 150, count: 150 },
    ]);
    expect(results.filter((result) => result.error)).toEqual([]);
    for (const { seqs } of results) expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(new Set(results.flatMap((result) => result.seqs)).size).toBe(300);
    const store = new SessionStore(await fixture.reopen());
    expect(store.listSessions()).toHaveLength(300);
  }, 180_000);

  test("outside a transaction no number is given", async () => {
    await using fixture = await testDatabase();
    expect(() => fixture.database.nextSeq()).toThrow("inside a transaction");
  });
});

describe("space", () => {
  test("removing everything gives the space back", async () => {
    await using fixture = await testDatabase();
    const store = new SessionStore(fixture.database);
    store.transaction(() => {
      store.putSession(session(1));
      for (let number = 1; number <= 200; number += 1) {
        const message = assistantMessage(session(1).id, number);
        store.putMessage(message);
        store.putPart({ ...textPart(message, number), text: "x".repeat(50_000) });
      }
    });
    await fixture.reopen();
    expect((await stat(fixture.path)).size).toBeGreaterThan(10_000_000);
    new SessionStore(fixture.database).removeSession(session(1).id);
    fixture.database.close();
    expect((await stat(fixture.path)).size).toBeLessThan(300_000);
    expect(await readdir(dirname(fixture.path))).toEqual(["sessions.sqlite"]);
  });

  test("inside a transaction it waits for the next occasion", async () => {
    await using fixture = await testDatabase();
    const store = new SessionStore(fixture.database);
    store.putSession(session(1));
    store.transaction(() => store.removeSession(session(1).id));
    expect(store.listSessions()).toEqual([]);
  });
});
