// What is kept of the messages of a session between its steps, and that it stays what is stored.
import { expect, test } from "bun:test";
import type { ToolPart } from "@/schema/part";
import { Outlines } from "@/session/outlines";
import { SessionStore } from "@/storage/session-store";
import { pruneTombstones } from "@/storage/tombstones";
import {
  assistantMessage,
  id,
  session,
  testDatabase,
  textPart,
  toolPart,
  userMessage,
} from "@test/storage/fixtures";
import type { Message } from "@/schema/message";

const S = session(1).id;
const RECORD = "a".repeat(64);

async function openStore() {
  const fixture = await testDatabase();
  const { database, clock } = fixture;
  const store = new SessionStore(fixture.database);
  for (const number of [1, 2]) store.putSession(session(number));
  return { store, database, clock, [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose]() };
}

/** A call that wrote `output`, with this metadata. */
function call(message: Message, number: number, metadata: Record<string, unknown>): ToolPart {
  const time = { start: 1, end: 2 };
  const said = { input: { filePath: "a" }, output: "much", title: "a" };
  return toolPart(message, number, { status: "completed", ...said, metadata, time });
}

test("prompts and calls that changed something are kept, without what they say", async () => {
  await using opened = await openStore();
  const { store } = opened;
  const prompt = userMessage(S, 1);
  const answer = assistantMessage(S, 2, { parentID: prompt.id });
  store.putMessage({ ...prompt, summary: { diffs: [] } });
  store.putPart(textPart(prompt, 1));
  store.putMessage(answer);
  store.putPart(textPart(answer, 1));
  store.putPart(call(answer, 2, { changes: RECORD, preview: "much" }));
  store.putPart(call(answer, 3, { preview: "much" }));
  store.putPart(call(answer, 4, { sessionId: session(2).id }));
  const bare = {
    status: "completed",
    input: {},
    output: "",
    title: "",
    time: { start: 1, end: 2 },
  };
  expect(new Outlines(store).read(S)).toMatchObject([
    { info: prompt, parts: [{ ...textPart(prompt, 1), text: "" }] },
    {
      info: answer,
      parts: [
        { id: id("prt", 2), state: { ...bare, metadata: { changes: RECORD } } },
        { id: id("prt", 4), state: { ...bare, metadata: { sessionId: session(2).id } } },
      ],
    },
  ]);
  expect(new Outlines(store).read(S)[0]?.info).toEqual(prompt);
});

test("whatever changes, it is the same as when it is read anew", async () => {
  await using opened = await openStore();
  const { store } = opened;
  const outlines = new Outlines(store);
  const check = () => expect(outlines.read(S)).toEqual(new Outlines(store).read(S));
  check();
  const [late, early] = [assistantMessage(S, 5), assistantMessage(S, 3)];
  store.putMessage(late);
  store.putPart(call(late, 2, { changes: RECORD }));
  check();
  // Before what is known, of a message and of a part.
  store.putMessage(early);
  store.putPart(call(early, 1, { changes: RECORD }));
  store.putPart(call(late, 1, { changes: RECORD }));
  store.putPart(toolPart(late, 3, { status: "pending", input: {}, raw: "" }));
  check();
  expect(outlines.read(S).map(({ parts }) => parts.length)).toEqual([1, 2]);
  // A call that ends, one that no longer counts, one that is removed, one of another session.
  store.putPart(call(late, 3, { changes: RECORD }));
  store.putPart(call(late, 1, {}));
  store.removePart(S, late.id, id("prt", 2));
  store.putMessage(assistantMessage(session(2).id, 9));
  check();
  expect(outlines.read(S).map(({ parts }) => parts.map((part) => part.id))).toEqual([
    [id("prt", 1)],
    [id("prt", 3)],
  ]);
  // Removed and stored again under its id, then gone for good.
  store.removeMessage(S, late.id);
  store.putMessage(late);
  store.putPart(call(late, 4, { changes: RECORD }));
  check();
  expect(outlines.read(S).at(-1)?.parts).toHaveLength(1);
  store.removeMessage(S, early.id);
  store.putMessage({ ...late, cost: 7 });
  check();
  expect(outlines.read(S)).toMatchObject([{ info: { id: late.id, cost: 7 } }]);
});

test("what was removed so long ago that it is forgotten is gone from it too", async () => {
  await using opened = await openStore();
  const { store, database, clock } = opened;
  const outlines = new Outlines(store);
  const answer = assistantMessage(S, 2);
  store.putMessage(answer);
  expect(outlines.read(S)).toHaveLength(1);
  store.removeMessage(S, answer.id);
  await clock.advance(8 * 24 * 60 * 60 * 1000);
  pruneTombstones(database);
  expect(outlines.read(S)).toEqual([]);
});
