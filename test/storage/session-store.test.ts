// Sessions, todos, and the lists and removals over them.

import { describe, expect, test } from "bun:test";
import { AppError } from "@/base/error";
import type { Session } from "@/schema/session";
import { SessionStore } from "@/storage/session-store";
import {
  assistantMessage,
  id,
  session,
  testDatabase,
  textPart,
  toolPart,
  userMessage,
} from "./fixtures";

async function openStore(...sessions: Session[]) {
  const fixture = await testDatabase();
  const store = new SessionStore(fixture.database);
  store.transaction(() => sessions.forEach((value) => store.putSession(value)));
  return { fixture, store, [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose]() };
}

const numbers = (sessions: Session[]) => sessions.map((value) => Number(value.id.slice(4)));

describe("one session", () => {
  test("comes back as it was put, and put again it is replaced", async () => {
    const full = session(1, {
      title: "a\u0000b \ud800 ü 🎉",
      metadata: JSON.parse('{"__proto__": 1, "deep": [{"a": null}]}'),
      permission: [{ permission: "bash", pattern: "*", action: "allow" }],
      time: { created: 1, updated: 2, archived: 3 },
    });
    await using opened = await openStore(full);
    expect(JSON.stringify(opened.store.findSession(full.id))).toBe(JSON.stringify(full));
    opened.store.putSession(session(1));
    expect(opened.store.findSession(full.id)).toEqual(session(1));
    expect(opened.store.listSessions()).toEqual([session(1)]);
  });

  test("an unknown one is undefined, and so is a hostile id", async () => {
    await using opened = await openStore(session(1));
    expect(opened.store.findSession("ses_none")).toBeUndefined();
    expect(opened.store.findSession("' OR 1 = 1 --")).toBeUndefined();
    expect(opened.store.findSession("%")).toBeUndefined();
  });

  test("replacing it keeps its messages and todos", async () => {
    await using opened = await openStore(session(1));
    const { store } = opened;
    store.putMessage(userMessage(session(1).id, 1));
    store.putTodos(session(1).id, [{ content: "a", status: "pending", priority: "low" }]);
    store.putSession(session(1, { title: "another" }));
    expect(store.listMessages(session(1).id).messages).toHaveLength(1);
    expect(store.listTodos(session(1).id)).toHaveLength(1);
  });
});

describe("lists", () => {
  test("the one updated last comes first, the newer id at a tie", async () => {
    const at = (updated: number) => ({ time: { created: 0, updated } });
    await using opened = await openStore(
      session(1, at(5)),
      session(2, at(9)),
      session(3, at(5)),
      session(4, at(7)),
    );
    expect(numbers(opened.store.listSessions())).toEqual([2, 4, 1, 3]);
    expect(numbers(opened.store.listSessions({ limit: 2 }))).toEqual([2, 4]);
    expect(numbers(opened.store.listSessions({ limit: 0 }))).toEqual([]);
    expect(numbers(opened.store.listSessions({ start: 7 }))).toEqual([2, 4]);
  });

  test("each filter restricts, and together they do too", async () => {
    const child = { parentID: session(1).id };
    const archived = { time: { created: 4, updated: 4, archived: 4 } };
    await using opened = await openStore(
      session(1),
      session(2, { projectID: "other" }),
      session(3, child),
      session(4, archived),
      session(5, { directory: "/elsewhere" }),
    );
    const list = (filter: Parameters<SessionStore["listSessions"]>[0]) =>
      numbers(opened.store.listSessions(filter));
    expect(list({ projectID: "other" })).toEqual([2]);
    expect(list({ directory: "/elsewhere" })).toEqual([5]);
    expect(list(child)).toEqual([3]);
    expect(list({ roots: true })).toEqual([5, 4, 2, 1]);
    expect(list({ roots: false })).toEqual([5, 4, 3, 2, 1]);
    expect(list({ archived: true })).toEqual([4]);
    expect(list({ archived: false })).toEqual([5, 3, 2, 1]);
    expect(list({ projectID: "project", roots: true, archived: false })).toEqual([5, 1]);
    expect(numbers(opened.store.listChildren(session(1).id))).toEqual([3]);
  });

  test("path means the directory and what lies below it, by whole names", async () => {
    const directories = ["/a", "/a/b", "/a/b/c", "/ab", "/", "/A", "/a%", "/a%/x", "/ü/x"];
    await using opened = await openStore(
      ...directories.map((directory, index) => session(index, { directory })),
    );
    const below = (path: string) =>
      opened.store
        .listSessions({ path })
        .map((value) => value.directory)
        .sort();
    expect(below("/a")).toEqual(["/a", "/a/b", "/a/b/c"]);
    expect(below("/a/")).toEqual(["/a", "/a/b", "/a/b/c"]);
    expect(below("/a%")).toEqual(["/a%", "/a%/x"]);
    expect(below("/ü")).toEqual(["/ü/x"]);
    expect(below("/none")).toEqual([]);
    expect(below("/")).toEqual([...directories].sort());
  });

  test("path knows the other separator", async () => {
    await using opened = await openStore(
      session(1, { directory: "C:\\a\\b" }),
      session(2, { directory: "C:\\ab" }),
    );
    expect(numbers(opened.store.listSessions({ path: "C:\\a" }))).toEqual([1]);
  });

  test("search finds a part of the title in any case, each character literally", async () => {
    const titles = ["Fix the PARSER", "100% done", "100 done", "a_b", "axb", "Äpfel", "É\\n"];
    await using opened = await openStore(
      ...titles.map((title, index) => session(index, { title })),
    );
    const found = (search: string) =>
      opened.store
        .listSessions({ search })
        .map((value) => value.title)
        .sort();
    expect(found("parser")).toEqual(["Fix the PARSER"]);
    expect(found("X THE")).toEqual(["Fix the PARSER"]);
    expect(found("%")).toEqual(["100% done"]);
    expect(found("A_B")).toEqual(["a_b"]);
    expect(found("äP")).toEqual(["Äpfel"]);
    expect(found("a\u0308p")).toEqual(["Äpfel"]);
    expect(found("\\")).toEqual(["É\\n"]);
    expect(found("'")).toEqual([]);
    expect(found("")).toHaveLength(titles.length);
  });
});

describe("removal", () => {
  test("takes everything below, children before parents, with numbers in that order", async () => {
    await using opened = await openStore(
      session(1),
      session(2, { parentID: session(1).id }),
      session(3, { parentID: session(2).id }),
      session(4, { parentID: session(1).id }),
      session(5),
    );
    const { store, fixture } = opened;
    for (const number of [1, 3, 5]) {
      const message = assistantMessage(session(number).id, 1);
      store.putMessage(message);
      store.putPart(textPart(message, 1));
      store.putTodos(session(number).id, []);
    }
    const before = store.lastSeq();
    const { removed, seq } = store.removeSession(session(1).id);
    expect(numbers(removed).at(-1)).toBe(1);
    expect(numbers(removed).indexOf(3)).toBeLessThan(numbers(removed).indexOf(2));
    expect(numbers(removed).sort()).toEqual([1, 2, 3, 4]);
    expect(seq).toBe(before + 4);
    const told = [...store.changesSince(before)].map((change) =>
      change.kind === "session-removed" ? change.session : undefined,
    );
    expect(told).toEqual(removed);
    expect(numbers(store.listSessions())).toEqual([5]);
    for (const table of ["message", "part", "todo"]) {
      const rows = fixture.database.orm.all<{ id: string }>(
        `SELECT session_id AS id FROM ${table}`,
      );
      expect(rows).toEqual([{ id: session(5).id }]);
    }
  });

  test("an unknown one changes nothing", async () => {
    await using opened = await openStore(session(1));
    const before = opened.store.lastSeq();
    expect(opened.store.removeSession("ses_none")).toEqual({ removed: [], seq: before });
    expect(opened.store.lastSeq()).toBe(before);
  });

  test("a circle of parents ends", async () => {
    await using opened = await openStore(
      session(1, { parentID: session(2).id }),
      session(2, { parentID: session(1).id }),
      session(3, { parentID: session(3).id }),
    );
    expect(numbers(opened.store.removeSession(session(1).id).removed)).toEqual([2, 1]);
    expect(numbers(opened.store.removeSession(session(3).id).removed)).toEqual([3]);
  });

  test("a session whose row is damaged can be removed", async () => {
    await using opened = await openStore(session(1), session(2));
    opened.fixture.database.orm.run(`UPDATE session SET data = '{' WHERE id = '${session(1).id}'`);
    expect(opened.store.removeSession(session(1).id).removed).toEqual([]);
    const rows = opened.fixture.database.orm.all("SELECT id FROM session");
    expect(rows).toEqual([{ id: session(2).id }]);
  });
});

describe("todos", () => {
  test("the list is replaced as a whole", async () => {
    await using opened = await openStore(session(1), session(2));
    const { store } = opened;
    const todo = (content: string) => ({ content, status: "pending", priority: "high" });
    expect(store.listTodos(session(1).id)).toEqual([]);
    store.putTodos(session(1).id, [todo("a"), todo("b")]);
    store.putTodos(session(2).id, [todo("c")]);
    store.putTodos(session(1).id, [todo("b")]);
    expect(store.listTodos(session(1).id)).toEqual([todo("b")]);
    expect(store.listTodos(session(2).id)).toEqual([todo("c")]);
    store.putTodos(session(1).id, []);
    expect(store.listTodos(session(1).id)).toEqual([]);
  });

  test("of a session that does not exist: not found", async () => {
    await using opened = await openStore();
    expect(() => opened.store.putTodos("ses_none", [])).toThrow(AppError);
  });
});

test("an export of a session put back into another database is the same", async () => {
  await using from = await openStore(session(1));
  await using to = await openStore();
  const message = assistantMessage(session(1).id, 1);
  const state = { status: "pending" as const, input: {}, raw: "" };
  from.store.putMessage(message);
  from.store.putPart(toolPart(message, 1, state));
  const { messages } = from.store.listMessages(session(1).id);
  to.store.transaction(() => {
    to.store.putSession(session(1));
    for (const { info, parts } of messages) {
      to.store.putMessage(info);
      for (const value of parts) to.store.putPart(value);
    }
  });
  expect(to.store.listMessages(session(1).id).messages).toEqual(messages);
  expect(id("msg", 1)).toBe(message.id);
});
