// Commit, then tell: with the number of the change, after all that was committed together.
import { expect, test } from "bun:test";
import { session, textPart, userMessage } from "@test/storage/fixtures";
import { testRecords } from "./support";

test("each change is told with its number, once it is stored", async () => {
  using t = await testRecords();
  const info = userMessage(t.sessionID, 1);
  const before = t.store.lastSeq();
  t.records.putMessage(info);
  t.records.putPart(textPart(info, 1));
  t.records.putTodos(t.sessionID, []);
  expect(t.told.map(({ type, seq }) => [type, Number(seq) - before])).toEqual([
    ["message.updated", 1],
    ["message.part.updated", 2],
    ["todo.updated", 3],
  ]);
  expect(t.store.lastSeq()).toBe(before + 3);
});

test("what is done together is told after all of it is stored, in order", async () => {
  using t = await testRecords();
  const info = userMessage(t.sessionID, 1);
  t.records.together(() => {
    t.records.putMessage(info);
    t.records.together(() => t.records.putPart(textPart(info, 1)));
    t.records.updateSession(session(1));
    expect(t.told).toEqual([]);
  });
  expect(t.told.map(({ type }) => type)).toEqual([
    "message.updated",
    "message.part.updated",
    "session.updated",
  ]);
});

test("what is undone is not told", async () => {
  using t = await testRecords();
  const info = userMessage(t.sessionID, 1);
  const fail = () =>
    t.records.together(() => {
      t.records.putMessage(info);
      throw new Error("no");
    });
  expect(fail).toThrow("no");
  expect(t.told).toEqual([]);
  expect(t.store.findMessage(t.sessionID, info.id)).toBeUndefined();
});

test("an inner failure that is caught undoes and hides only its own part", async () => {
  using t = await testRecords();
  const info = userMessage(t.sessionID, 1);
  t.records.together(() => {
    t.records.putMessage(info);
    try {
      t.records.together(() => {
        t.records.putPart(textPart(info, 1));
        throw new Error("no");
      });
    } catch {
      // The point of the test: the outer work goes on.
    }
  });
  expect(t.told.map(({ type }) => type)).toEqual(["message.updated"]);
});

test("a listener may change more while it is told", async () => {
  using t = await testRecords();
  t.records.together(() => t.records.putMessage(userMessage(t.sessionID, 1)));
  t.records.putMessage(userMessage(t.sessionID, 2));
  expect(t.told).toHaveLength(2);
});

test("removals tell whether there was something, and every session that went", async () => {
  using t = await testRecords();
  t.records.createSession(session(2, { parentID: t.sessionID }));
  t.told.length = 0;
  expect(t.records.removeMessage(t.sessionID, "msg_none")).toBe(false);
  expect(t.records.removePart(t.sessionID, "msg_none", "prt_none")).toBe(false);
  expect(t.told).toEqual([]);
  t.records.removeSession(t.sessionID);
  expect(t.told.map(({ properties }) => properties["sessionID"])).toEqual(["ses_0002", "ses_0001"]);
});
