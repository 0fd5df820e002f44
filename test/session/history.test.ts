// What a run reads of a long session is what a model sees, and little more.
import { expect, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import type { CompactionPart } from "@/schema/part";
import { loadConversation } from "@/session/history";
import { visibleHistory } from "@/session/visible-history";
import { assistant, testRecords, user } from "./support";

/** So many turns, with a summary in the middle that keeps what `part` says. */
function summarised(turns: number, part: Partial<CompactionPart>): MessageWithParts[] {
  const messages = Array.from({ length: turns }, (_, n) => [
    user(n * 2, "a"),
    assistant(n * 2 + 1),
  ]);
  const request = user(turns * 2);
  const { sessionID, id: messageID } = request.info;
  request.parts.push({
    id: "prt_c",
    sessionID,
    messageID,
    type: "compaction",
    auto: true,
    ...part,
  });
  const answer = assistant(turns * 2 + 1);
  const info = { ...answer.info, summary: true } as MessageWithParts["info"];
  const later = [user(turns * 2 + 2, "b"), assistant(turns * 2 + 3)];
  return [...messages.flat(), request, { ...answer, info }, ...later];
}

async function store(messages: readonly MessageWithParts[]) {
  const t = await testRecords();
  t.store.transaction(() => {
    for (const { info, parts } of messages) {
      t.store.putMessage(info);
      for (const part of parts) t.store.putPart(part);
    }
  });
  return t;
}

test.each([
  ["keeps nothing", {}, 300],
  ["keeps a few turns", { tail_start_id: user(590).info.id }, 300],
  ["keeps a turn of long ago", { tail_start_id: user(10).info.id }, 604],
  ["was asked for by a person", { auto: false }, 300],
])("a summary that %s", async (_, part, most) => {
  const messages = summarised(300, part);
  using t = await store(messages);
  const conversation = loadConversation(t.sessionID, t);
  expect(visibleHistory(conversation.messages)).toEqual(visibleHistory(messages));
  expect(conversation.messages.length).toBeLessThanOrEqual(most);
});

test("without a summary everything is read", async () => {
  const messages = summarised(250, {}).filter(({ info }) => !("summary" in info));
  using t = await store(messages);
  expect(loadConversation(t.sessionID, t).messages).toEqual(messages);
});

test("a prompt with an id from before all others is read with its answer", async () => {
  const messages = summarised(300, { auto: false });
  const prompt = { ...user(0), info: { ...user(0).info, id: "msg_" } };
  const answer = assistant(900);
  const info = { ...answer.info, parentID: "msg_" } as MessageWithParts["info"];
  using t = await store([...messages, prompt, { ...answer, info }]);
  const { messages: read } = loadConversation(t.sessionID, t);
  expect(read.slice(-2).map(({ info: { id } }) => id)).toEqual(["msg_", "msg_0900"]);
});

test("what a dead process left unfinished is ended, in the store too", async () => {
  const open = assistant(2);
  const { completed: _, ...time } = open.info.time as { created: number; completed?: number };
  const unfinished = { ...open, info: { ...open.info, time } as MessageWithParts["info"] };
  using t = await store([user(1, "a"), unfinished]);
  const answer = loadConversation(t.sessionID, t).answer();
  expect(answer?.info).toMatchObject({ error: { name: "MessageAbortedError" } });
  expect(t.store.findMessage(t.sessionID, open.info.id)).toEqual(answer);
});
