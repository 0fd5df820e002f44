// Queries of drizzle's, run by SQLite alone.

import { eq, sql } from "drizzle-orm";
import { expect, test } from "bun:test";
import { message } from "@/storage/tables";
import { SessionStore } from "@/storage/session-store";
import { assistantMessage, session, testDatabase } from "./fixtures";

async function openMessages() {
  const fixture = await testDatabase();
  const store = new SessionStore(fixture.database);
  store.putSession(session(1));
  for (const number of [1, 2]) store.putMessage(assistantMessage(session(1).id, number));
  return fixture;
}

test("values go where their names stand, fixed ones are encoded as their column says", async () => {
  await using fixture = await openMessages();
  const { database } = fixture;
  const $ = sql.placeholder;
  const rows = database.orm
    .select({ id: message.id, completed: message.completed })
    .from(message)
    .where(sql`${eq(message.completed, true)} AND ${message.id} = ${$("id")} AND ${$("yes")}`);
  const find = database.prepare<{ id: string; completed: number }>(rows);
  expect(find.get({ yes: 1, id: "msg_0002" })).toEqual({ id: "msg_0002", completed: 1 });
  expect(find.all({ yes: 1, id: "msg_0001" })).toEqual([{ id: "msg_0001", completed: 1 }]);
  expect(find.get({ yes: 0, id: "msg_0001" })).toBeUndefined();
});

test("a write binds each column, and a value that is missing is a bug that is named", async () => {
  await using fixture = await openMessages();
  const { database } = fixture;
  const update = database.orm
    .update(message)
    .set({ completed: false, seq: sql`${sql.placeholder("seq")}` });
  const write = database.prepare(update.where(eq(message.id, sql.placeholder("id"))));
  database.transaction(() => write.run({ id: "msg_0001", seq: 7 }));
  const all = database.prepare<{ id: string; completed: number; seq: number }>(
    database.orm
      .select({ id: message.id, completed: message.completed, seq: message.seq })
      .from(message)
      .where(eq(message.seq, 7)),
  );
  expect(all.all({})).toEqual([{ id: "msg_0001", completed: 0, seq: 7 }]);
  expect(() => write.run({ id: "msg_0001" })).toThrow("placeholder");
});
