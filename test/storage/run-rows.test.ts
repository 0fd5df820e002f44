// Which process works on a session, and what dead ones left unfinished.

import { expect, test } from "bun:test";
import { AppError } from "@/base/error";
import { openDatabase } from "@/storage/open-database";
import { SessionStore } from "@/storage/session-store";
import {
  assistantMessage,
  session,
  testDatabase,
  textPart,
  toolPart,
  userMessage,
} from "./fixtures";

const S = session(1).id;
const one = { pid: 1, startedAt: "a" };
const other = { pid: 2, startedAt: "b" };
const alive = () => true;
const dead = () => false;

async function openStore() {
  const fixture = await testDatabase();
  const store = new SessionStore(fixture.database);
  store.putSession(session(1));
  return { fixture, store, [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose]() };
}

test("one holds it; another one hears who; the holder may claim again", async () => {
  await using opened = await openStore();
  const { store } = opened;
  expect(store.claimRun(S, one, alive)).toBeUndefined();
  expect(store.claimRun(S, other, alive)).toEqual(one);
  expect(store.claimRun(S, one, alive)).toBeUndefined();
});

test("a dead holder is replaced, also one whose pid lives on as another process", async () => {
  await using opened = await openStore();
  const { store } = opened;
  const asked: unknown[] = [];
  store.claimRun(S, one, alive);
  const again = { pid: one.pid, startedAt: "later" };
  const claim = store.claimRun(S, again, (owner) => {
    asked.push(owner);
    return false;
  });
  expect(claim).toBeUndefined();
  expect(asked).toEqual([one]);
  expect(store.claimRun(S, other, alive)).toEqual(again);
});

test("only the holder can release it", async () => {
  await using opened = await openStore();
  const { store } = opened;
  store.claimRun(S, one, alive);
  store.releaseRun(S, other);
  store.releaseRun(S, { ...one, startedAt: "later" });
  expect(store.claimRun(S, other, alive)).toEqual(one);
  store.releaseRun(S, one);
  store.releaseRun(S, one);
  expect(store.claimRun(S, other, alive)).toBeUndefined();
});

test("it holds across connections and restarts, and takes no change number", async () => {
  await using opened = await openStore();
  const { fixture, store } = opened;
  const before = store.lastSeq();
  store.claimRun(S, one, alive);
  expect(store.lastSeq()).toBe(before);
  const { clock, path } = fixture;
  const second = await openDatabase(path, { clock, log: fixture.database.log });
  expect(new SessionStore(second).claimRun(S, other, alive)).toEqual(one);
  second.close();
  const reopened = new SessionStore(await fixture.reopen());
  expect(reopened.claimRun(S, other, alive)).toEqual(one);
  expect(reopened.claimRun(S, other, dead)).toBeUndefined();
});

test("an unknown session is not found, and a removed one is free of its holder", async () => {
  await using opened = await openStore();
  const { store } = opened;
  expect(() => store.claimRun("ses_none", one, alive)).toThrow(AppError);
  store.claimRun(S, one, alive);
  store.removeSession(S);
  store.putSession(session(1));
  expect(store.claimRun(S, other, alive)).toBeUndefined();
});

test("unfinished are open answers and open tool calls, with their holder", async () => {
  await using opened = await openStore();
  const { store } = opened;
  for (let number = 2; number <= 5; number += 1) store.putSession(session(number));
  const open = { time: { created: 1 } };
  // 1: an open answer with an open call; 2: an open call in an ended answer; 3: all ended;
  // 4: only the user spoke; 5: nothing.
  const first = assistantMessage(S, 1, open);
  store.putMessage(first);
  store.putPart(toolPart(first, 1, { status: "pending", input: {}, raw: "" }));
  const second = assistantMessage(session(2).id, 1);
  store.putMessage(second);
  store.putPart(toolPart(second, 1, { status: "running", input: {}, time: { start: 1 } }));
  const third = assistantMessage(session(3).id, 1);
  store.putMessage(third);
  store.putPart(textPart(third, 1));
  const error = { status: "error" as const, input: {}, error: "no", time: { start: 1, end: 2 } };
  store.putPart(toolPart(third, 2, error));
  store.putMessage(userMessage(session(4).id, 1));
  store.claimRun(session(2).id, one, alive);
  const list = () => store.listUnfinished().sort((a, b) => (a.sessionID < b.sessionID ? -1 : 1));
  expect(list()).toEqual([{ sessionID: S }, { sessionID: session(2).id, owner: one }]);

  store.putMessage(assistantMessage(S, 1));
  expect(list()).toHaveLength(2);
  store.putPart(toolPart(first, 1, error));
  expect(list()).toEqual([{ sessionID: session(2).id, owner: one }]);
});
