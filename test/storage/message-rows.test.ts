// Messages and parts, as SessionStore gives them.

import { describe, expect, test } from "bun:test";
import { AppError } from "@/base/error";
import { SessionStore } from "@/storage/session-store";
import { assistantMessage, id, session, testDatabase, textPart, userMessage } from "./fixtures";

const S = session(1).id;

async function openStore(messages = 0, partsEach = 0) {
  const fixture = await testDatabase();
  const store = new SessionStore(fixture.database);
  store.transaction(() => {
    store.putSession(session(1));
    for (let number = 1; number <= messages; number += 1) {
      const message = assistantMessage(S, number);
      store.putMessage(message);
      // Written backwards: the order is by id, not by time of writing.
      for (let part = partsEach; part >= 1; part -= 1) store.putPart(textPart(message, part));
    }
  });
  return { fixture, store, [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose]() };
}

describe("pages", () => {
  test("without a limit: all, oldest first, each with its parts in order", async () => {
    await using opened = await openStore(3, 2);
    const { messages, more } = opened.store.listMessages(S);
    expect(more).toBe(false);
    expect(messages).toEqual(
      [1, 2, 3].map((number) => {
        const info = assistantMessage(S, number);
        return { info, parts: [textPart(info, 1), textPart(info, 2)] };
      }),
    );
  });

  test("a limit gives the newest, and pages lead back to the first", async () => {
    await using opened = await openStore(7, 1);
    const pages: string[][] = [];
    let before: string | undefined;
    for (let more = true; more;) {
      const page = opened.store.listMessages(S, { limit: 3, before });
      pages.push(page.messages.map(({ info }) => info.id));
      for (const { parts } of page.messages) expect(parts).toHaveLength(1);
      more = page.more;
      before = page.messages[0]?.info.id;
    }
    expect(pages).toEqual([
      [id("msg", 5), id("msg", 6), id("msg", 7)],
      [id("msg", 2), id("msg", 3), id("msg", 4)],
      [id("msg", 1)],
    ]);
  });

  test("the edges: a limit that just fits, none, before the first, unknown session", async () => {
    await using opened = await openStore(3);
    const { store } = opened;
    expect(store.listMessages(S, { limit: 3 })).toMatchObject({ more: false });
    expect(store.listMessages(S, { limit: 0 })).toEqual({ messages: [], more: true });
    expect(store.listMessages(S, { before: id("msg", 1) })).toEqual({ messages: [], more: false });
    expect(store.listMessages("ses_none")).toEqual({ messages: [], more: false });
  });
});

test("the same ids in two sessions are two messages", async () => {
  await using opened = await openStore(2, 1);
  const { store } = opened;
  const other = userMessage(session(2).id, 1);
  store.putSession(session(2));
  store.putMessage(other);
  store.putPart({ ...textPart(other, 1), text: "other" });
  expect(store.findMessage(S, id("msg", 1))?.info).toEqual(assistantMessage(S, 1));
  expect(store.findMessage(other.sessionID, other.id)?.info).toEqual(other);
  expect(store.findPart(S, id("msg", 1), id("prt", 1))).toMatchObject({ text: "text 1" });
  store.removeMessage(S, id("msg", 1));
  expect(store.findPart(other.sessionID, other.id, id("prt", 1))).toMatchObject({ text: "other" });
});

test("putting again replaces in place and keeps the parts", async () => {
  await using opened = await openStore(2, 2);
  const { store } = opened;
  const changed = assistantMessage(S, 1, { cost: 7 });
  store.putMessage(changed);
  store.putPart({ ...textPart(changed, 1), text: "changed" });
  expect(store.listMessages(S).messages[0]).toEqual({
    info: changed,
    parts: [{ ...textPart(changed, 1), text: "changed" }, textPart(changed, 2)],
  });
});

test("a message without its session and a part without its message are not found", async () => {
  await using opened = await openStore(1);
  const { store } = opened;
  const before = store.lastSeq();
  const attempts = [
    () => store.putMessage(userMessage("ses_none", 1)),
    () => store.putPart(textPart({ id: "msg_none", sessionID: S }, 1)),
  ];
  for (const attempt of attempts) {
    expect(attempt).toThrow(AppError);
    expect(attempt).toThrow("does not exist");
  }
  expect(store.lastSeq()).toBe(before);
});

test("removing gives a number once, and a message takes its parts along", async () => {
  await using opened = await openStore(2, 2);
  const { store } = opened;
  const before = store.lastSeq();
  expect(store.removePart(S, id("msg", 1), id("prt", 1))).toBe(before + 1);
  expect(store.removePart(S, id("msg", 1), id("prt", 1))).toBeUndefined();
  expect(store.removeMessage(S, id("msg", 1))).toBe(before + 2);
  expect(store.removeMessage(S, id("msg", 1))).toBeUndefined();
  expect(store.findMessage(S, id("msg", 1))).toBeUndefined();
  expect(store.findPart(S, id("msg", 1), id("prt", 2))).toBeUndefined();
  expect(store.listMessages(S).messages).toHaveLength(1);
  expect(store.lastSeq()).toBe(before + 2);
});

test("rows that are damaged or lie about themselves are left out and logged", async () => {
  await using opened = await openStore(4, 3);
  const { fixture, store } = opened;
  const damage = (table: string, column: string, messageID: string, data: string) =>
    fixture.database.orm.run(
      `UPDATE ${table} SET data = '${data}' WHERE ${column} = '${messageID}' AND id LIKE '%1'`,
    );
  damage("part", "message_id", id("msg", 1), '{"id":');
  damage("part", "message_id", id("msg", 2), "null");
  damage("part", "message_id", id("msg", 3), `{"id":"${id("prt", 1)}","type":"tool"}`);
  damage("part", "message_id", id("msg", 4), `{"id":"prt_other","type":"text","text":""}`);
  damage("message", "session_id", S, `{"id":"${id("msg", 1)}","role":"system"}`);
  const { messages } = store.listMessages(S);
  expect(messages.map(({ info, parts }) => [info.id, parts.length])).toEqual([
    [id("msg", 2), 2],
    [id("msg", 3), 2],
    [id("msg", 4), 2],
  ]);
  expect(store.findPart(S, id("msg", 1), id("prt", 1))).toBeUndefined();
  const errors = (await fixture.log()).filter((line) => line.level === "ERROR");
  expect(errors.map((line) => line.id)).toContain(id("prt", 1));
  expect(errors.map((line) => line.id)).toContain(id("msg", 1));
});
