// What a listener that was away hears.

import { describe, expect, test } from "bun:test";
import { ProjectStore } from "@/storage/project-store";
import { SessionStore } from "@/storage/session-store";
import type { StoredChange } from "@/storage/change";
import { assistantMessage, id, project, session, testDatabase, textPart } from "./fixtures";

const S = session(1).id;

async function openStore() {
  const fixture = await testDatabase();
  const store = new SessionStore(fixture.database);
  return { fixture, store, [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose]() };
}

const kinds = (changes: Iterable<StoredChange>) => [...changes].map((change) => change.kind);

describe("changes since a number", () => {
  test("each changed row once, with its present state, in order of number", async () => {
    await using opened = await openStore();
    const { store, fixture } = opened;
    const before = store.lastSeq();
    const message = assistantMessage(S, 1);
    const first = store.putSession(session(1));
    store.putMessage(message);
    store.putPart({ ...textPart(message, 1), text: "gro" });
    const todo = { content: "a", status: "pending", priority: "low" };
    const third = store.putTodos(S, [todo]);
    const fourth = store.putPart(textPart(message, 1));
    const fifth = store.putMessage({ ...message, cost: 1 });
    const sixth = new ProjectStore(fixture.database).putProject(project("p"));
    const place = { directory: "/project" };
    expect([...store.changesSince(before)]).toEqual([
      { kind: "session", session: session(1), seq: first, cursor: first, ...place },
      { kind: "todo", sessionID: S, todos: [todo], seq: third, cursor: third, ...place },
      { kind: "part", part: textPart(message, 1), seq: fourth, cursor: fourth, ...place },
      { kind: "message", info: { ...message, cost: 1 }, seq: fifth, cursor: fifth, ...place },
      { kind: "project", project: project("p"), seq: sixth, cursor: sixth, directory: "/p" },
    ]);
    expect(kinds(store.changesSince(fourth))).toEqual(["message", "project"]);
    expect(kinds(store.changesSince(store.lastSeq()))).toEqual([]);
    expect(kinds(store.changesSince(store.lastSeq() + 1_000))).toEqual([]);
  });

  test("then the removals; what came again under its id is not removed", async () => {
    await using opened = await openStore();
    const { store } = opened;
    const message = assistantMessage(S, 1);
    const gone = assistantMessage(S, 2);
    store.putSession(session(1));
    store.putSession(session(2));
    store.putMessage(message);
    store.putMessage(gone);
    for (const number of [1, 2]) store.putPart(textPart(message, number));
    const before = store.lastSeq();
    store.removePart(S, message.id, id("prt", 1));
    store.removePart(S, message.id, id("prt", 2));
    store.removeMessage(S, gone.id);
    store.removeSession(session(2).id);
    store.putPart(textPart(message, 2));
    store.putSession(session(1));
    expect([...store.changesSince(before)]).toMatchObject([
      { kind: "part", part: textPart(message, 2) },
      { kind: "session", session: session(1) },
      { kind: "part-removed", sessionID: S, messageID: message.id, partID: id("prt", 1) },
      { kind: "message-removed", sessionID: S, messageID: gone.id },
      { kind: "session-removed", session: session(2), directory: "/project" },
    ]);
  });

  test("cut off anywhere, going on from the last cursor leaves nothing out", async () => {
    await using opened = await openStore();
    const { store } = opened;
    const before = store.lastSeq();
    const message = assistantMessage(S, 1);
    store.putSession(session(1));
    store.putMessage(message);
    for (let number = 1; number <= 6; number += 1) store.putPart(textPart(message, number));
    store.removePart(S, message.id, id("prt", 2));
    store.putPart({ ...textPart(message, 3), text: "later" });
    store.removePart(S, message.id, id("prt", 5));
    const all = new Set([...store.changesSince(before)].map((change) => change.seq));
    expect(all.size).toBe(8);
    for (let cut = 0; cut <= all.size; cut += 1) {
      const heard = [...store.changesSince(before)].slice(0, cut);
      const cursor = heard.at(-1)?.cursor ?? before;
      expect(heard.map((change) => change.cursor)).toEqual(
        heard.map((change) => change.cursor).sort((a, b) => a - b),
      );
      const rest = [...store.changesSince(cursor)];
      expect(new Set([...heard, ...rest].map((change) => change.seq))).toEqual(all);
    }
    expect([...store.changesSince(before)].at(-1)?.cursor).toBe(store.lastSeq());
  });

  test("more than a page comes whole, also with a number of removals", async () => {
    await using opened = await openStore();
    const { store } = opened;
    const before = store.lastSeq();
    store.transaction(() => {
      store.putSession(session(1));
      const message = assistantMessage(S, 1);
      store.putMessage(message);
      for (let number = 1; number <= 800; number += 1) store.putPart(textPart(message, number));
      for (let number = 1; number <= 350; number += 1) {
        store.removePart(S, message.id, id("prt", number));
      }
    });
    const changes = [...store.changesSince(before)];
    expect(changes.filter((change) => change.kind === "part")).toHaveLength(450);
    expect(changes.filter((change) => change.kind === "part-removed")).toHaveLength(350);
    expect(new Set(changes.map((change) => change.seq)).size).toBe(802);
  });

  test("what is committed while one reads is left to the live stream", async () => {
    await using opened = await openStore();
    const { store } = opened;
    const before = store.lastSeq();
    for (let number = 1; number <= 250; number += 1) store.putSession(session(number));
    const seen: number[] = [];
    for (const change of store.changesSince(before)) {
      seen.push(change.seq);
      if (seen.length === 1) {
        store.putSession(session(999));
        store.removeSession(session(998).id);
      }
    }
    expect(seen).toHaveLength(250);
  });

  test("a directory hears of itself only", async () => {
    await using opened = await openStore();
    const { store, fixture } = opened;
    const before = store.lastSeq();
    for (const [number, directory] of [
      [1, "/a"],
      [2, "/b"],
      [3, "/a/below"],
    ] as const) {
      store.putSession(session(number, { directory }));
      const message = assistantMessage(session(number).id, 1);
      store.putMessage(message);
      store.putPart(textPart(message, 1));
      store.putTodos(session(number).id, []);
      store.putPart(textPart(message, 2));
      store.removePart(session(number).id, message.id, id("prt", 2));
    }
    new ProjectStore(fixture.database).putProject(project("a"));
    store.putSession(session(4, { directory: "/b" }));
    store.removeSession(session(4).id);
    const changes = [...store.changesSince(before, { directory: "/a" })];
    expect(new Set(changes.map((change) => change.directory))).toEqual(new Set(["/a"]));
    expect(kinds(changes)).toEqual([
      "session",
      "message",
      "part",
      "todo",
      "project",
      "part-removed",
    ]);
  });

  test("a damaged row is left out, and the rest is told", async () => {
    await using opened = await openStore();
    const { store, fixture } = opened;
    const before = store.lastSeq();
    store.putSession(session(1));
    store.putSession(session(2));
    fixture.database.orm.run(`UPDATE session SET data = 'x' WHERE id = '${S}'`);
    expect([...store.changesSince(before)]).toMatchObject([{ session: session(2) }]);
  });

  test("a page is found by the numbers, not by reading the tables", async () => {
    await using opened = await openStore();
    const { fixture } = opened;
    for (const table of ["session", "message", "part", "todo", "project"]) {
      const plan = fixture.database.orm.all<{ detail: string }>(
        `EXPLAIN QUERY PLAN SELECT data FROM ${table} WHERE seq > 1 ORDER BY seq`,
      );
      expect(plan.map((step) => step.detail).join()).toContain(`USING INDEX ${table}_seq`);
    }
  });
});
