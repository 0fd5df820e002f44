// Sessions are made, found, changed and removed; a removed one takes along all that is its own.
import { expect, test } from "bun:test";
import { isDefaultTitle } from "@/session/sessions";
import { sessionApp } from "@test/support/session-app";

test("a new session has a default title, its place, and no usage", async () => {
  await using t = await sessionApp();
  const session = t.create({});
  expect(session).toMatchObject({
    directory: t.directory,
    path: "",
    projectID: "global",
    cost: 0,
    slug: expect.stringMatching(/^[a-z]+-[a-z]+$/),
  });
  expect(isDefaultTitle(session.title)).toBe(true);
  expect(isDefaultTitle(t.create({ parentID: session.id }).title)).toBe(true);
  expect(isDefaultTitle("New session - tomorrow")).toBe(false);
  expect(t.instance.sessions.get(session.id)).toEqual(session);
});

test("what is unknown is not found", async () => {
  await using t = await sessionApp();
  const { sessions } = t.instance;
  const { id } = t.create();
  const calls = [
    () => sessions.get("ses_x"),
    () => sessions.create({ parentID: "ses_x" }),
    () => sessions.update("ses_x", {}),
    () => sessions.children("ses_x"),
    () => sessions.todos("ses_x"),
    () => sessions.messages("ses_x"),
    () => sessions.message(id, "msg_x"),
    () => sessions.fork("ses_x"),
    () => sessions.fork(id, "msg_x"),
    () => sessions.removeMessage("ses_x", "msg_x"),
  ];
  for (const call of calls) {
    expect(call).toThrow(expect.objectContaining({ kind: "not-found" }));
  }
  await expect(sessions.remove("ses_x")).rejects.toMatchObject({ kind: "not-found" });
});

test("a list is of the project, the one changed last first, and can be narrowed", async () => {
  await using t = await sessionApp();
  const { sessions } = t.instance;
  const [a, b] = [t.create({ title: "Apple" }), t.create({ title: "Pear" })];
  const child = t.create({ title: "Pip", parentID: a.id });
  sessions.update(b.id, { time: { archived: 5 } });
  const ids = (filter: Parameters<typeof sessions.list>[0]) =>
    sessions.list(filter).map(({ id }) => id);
  expect(ids({}).toSorted()).toEqual([a.id, b.id, child.id].toSorted());
  expect(ids({ roots: true }).toSorted()).toEqual([a.id, b.id].toSorted());
  expect(ids({ search: "appl" })).toEqual([a.id]);
  expect(ids({ archived: true })).toEqual([b.id]);
  expect(ids({ parentID: a.id })).toEqual([child.id]);
  expect(ids({ limit: 1 })).toHaveLength(1);
  expect(sessions.children(a.id)).toEqual([child]);
});

test("removing ends what runs in the family, and forgets all of it", async () => {
  const task = { description: "Look", prompt: "Look", subagent_type: "general" };
  await using t = await sessionApp({
    turns: [{ calls: [{ tool: "task", input: task }] }, { fault: "hang-headers" }],
  });
  const session = t.create();
  const answered = t.prompt(session, "Delegate").catch(() => undefined);
  await t.model.waitForRequest(1);
  const [child] = t.instance.sessions.children(session.id);
  await t.instance.sessions.remove(session.id);
  await answered;
  expect(t.told("session.deleted").map(({ sessionID }) => sessionID)).toEqual([
    child?.id ?? "",
    session.id,
  ]);
  expect(t.instance.sessions.list()).toEqual([]);
  expect(t.instance.runs.status()).toEqual({});
});

test("messages and parts are removed and replaced only while nothing runs", async () => {
  const gate = Promise.withResolvers<void>();
  await using t = await sessionApp({
    turns: [{ text: "One" }, { text: "Two", gate: gate.promise }],
  });
  const { sessions } = t.instance;
  const session = t.create();
  const { info, parts } = await t.prompt(session, "Hi");
  const text = parts.find((part) => part.type === "text") ?? expect.unreachable();
  sessions.updatePart({ ...text, text: "Changed" });
  expect(sessions.message(session.id, info.id).parts).toContainEqual({ ...text, text: "Changed" });
  expect(() => sessions.updatePart({ ...text, id: "prt_x" })).toThrow(/Part not found/);
  const answered = t.prompt(session, "Again");
  await t.model.waitForRequest(1);
  for (const change of [
    () => sessions.removeMessage(session.id, info.id),
    () => sessions.removePart(session.id, info.id, text.id),
    () => sessions.updatePart(text),
  ]) {
    expect(change).toThrow(expect.objectContaining({ kind: "busy" }));
  }
  gate.resolve();
  await answered;
  sessions.removePart(session.id, info.id, text.id);
  sessions.removeMessage(session.id, info.id);
  expect(t.history(session).map((message) => message.info.id)).not.toContain(info.id);
});
