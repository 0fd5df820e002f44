// Removals are remembered for a week, and then a cursor from before them can be told apart.

import { expect, test } from "bun:test";
import { SessionStore } from "@/storage/session-store";
import { session, testDatabase } from "./fixtures";

const DAY_MS = 24 * 60 * 60 * 1000;

test("within a week a removal is told, after it the cursor is too old", async () => {
  await using fixture = await testDatabase();
  let store = new SessionStore(fixture.database);
  for (const number of [1, 2, 3]) store.putSession(session(number));
  const cursor = store.lastSeq();
  const first = store.removeSession(session(1).id).seq;
  await fixture.clock.advance(3 * DAY_MS);
  const second = store.removeSession(session(2).id).seq;
  await fixture.clock.advance(3 * DAY_MS);

  store = new SessionStore(await fixture.reopen());
  const removals = () => [...store.changesSince(cursor)].map((change) => change.seq);
  expect(removals()).toEqual([first, second]);
  expect(store.oldestCursor()).toBeLessThan(cursor);

  await fixture.clock.advance(2 * DAY_MS);
  store = new SessionStore(await fixture.reopen());
  expect(removals()).toEqual([second]);
  expect(store.oldestCursor()).toBe(first);

  await fixture.clock.advance(8 * DAY_MS);
  store = new SessionStore(await fixture.reopen());
  expect(removals()).toEqual([]);
  expect(store.oldestCursor()).toBe(second);
  expect(store.putSession(session(4))).toBe(second + 1);
});

test("a cursor from before the file's birth is too old", async () => {
  await using fixture = await testDatabase();
  const store = new SessionStore(fixture.database);
  expect(store.oldestCursor()).toBe(fixture.clock.now());
});
