// What is left of a history once it was summarised, whatever happened to the summaries.
import { expect, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import type { CompactionPart } from "@/schema/part";
import { findLastPrompt, findSummary, visibleHistory } from "@/session/visible-history";
import { assistant, user } from "./support";

/** The two messages of a compaction. */
function compaction(
  number: number,
  part: Partial<CompactionPart> = {},
  info: object = { time: { created: 1, completed: 2 } },
): MessageWithParts[] {
  const request = user(number);
  const { id: messageID, sessionID } = request.info;
  const place = { id: `prt_${number}`, sessionID, messageID };
  const answer = assistant(number + 1);
  return [
    { ...request, parts: [{ ...place, type: "compaction", auto: true, ...part }] },
    { ...answer, info: { ...answer.info, summary: true, ...info } as MessageWithParts["info"] },
  ];
}

const ids = (messages: readonly MessageWithParts[]) =>
  messages.map(({ info }) => Number(info.id.slice(-4)));

function synthetic(number: number): MessageWithParts {
  const message = user(number, "go on");
  return { ...message, parts: message.parts.map((part) => ({ ...part, synthetic: true })) };
}

const tail = (number: number) => ({ tail_start_id: user(number).info.id });

test("a history without a summary is seen whole", () => {
  const history = [user(1, "a"), assistant(2), user(3, "b")];
  expect(visibleHistory(history)).toEqual(history);
  expect(findSummary(history)).toBeUndefined();
});

test("the summary stands first, then the prompt under way, then what came later", () => {
  const history = [user(1, "a"), assistant(2), user(3, "b"), ...compaction(4), synthetic(6)];
  expect(ids(visibleHistory(history))).toEqual([4, 5, 3, 6]);
});

test("the messages kept come behind it, the prompt of a turn that is cut before them", () => {
  const steps = [user(1, "a"), assistant(2), user(3, "b"), assistant(4), assistant(5, [], 3)];
  expect(ids(visibleHistory([...steps, ...compaction(6, tail(3))]))).toEqual([6, 7, 3, 4, 5]);
  expect(ids(visibleHistory([...steps, ...compaction(6, tail(5))]))).toEqual([6, 7, 3, 5]);
  expect(ids(visibleHistory([...steps, ...compaction(6, tail(1))]))).toEqual([6, 7, 1, 2, 3, 4, 5]);
});

test("a summary on demand keeps no prompt: it was answered", () => {
  const history = [user(1, "a"), assistant(2), ...compaction(3, { auto: false }), user(5, "b")];
  expect(ids(visibleHistory(history))).toEqual([3, 4, 5]);
});

test("what failed, was stopped or is not finished counts as if it were not there", () => {
  const error = { time: { created: 1, completed: 2 }, error: { name: "UnknownError", data: {} } };
  const history = [
    user(1, "a"),
    ...compaction(2),
    user(4, "b"),
    ...compaction(5, {}, error),
    ...compaction(7, {}, { time: { created: 1 } }),
    user(9, "c"),
  ];
  expect(ids(visibleHistory(history))).toEqual([2, 3, 1, 4, 9]);
  expect(findSummary(history)).toMatchObject({ requestAt: 1, at: 2 });
});

test("only the last summary is seen; it holds what the earlier ones said", () => {
  const history = [user(1, "a"), ...compaction(2), user(4, "b"), ...compaction(5), synthetic(7)];
  expect(ids(visibleHistory(history))).toEqual([5, 6, 4, 7]);
});

test("a tail that began before an earlier summary does not bring that back", () => {
  const history = [user(1, "a"), ...compaction(2), synthetic(4), user(5, "b")];
  const visible = visibleHistory([...history, ...compaction(6, tail(1))]);
  expect(ids(visible)).toEqual([6, 7, 1, 4, 5]);
});

test("a message that is kept but was removed since is passed over", () => {
  const history = [user(1, "a"), user(3, "b"), ...compaction(4, tail(2)), user(6, "c")];
  expect(ids(visibleHistory(history))).toEqual([4, 5, 3, 6]);
});

test("after an overflow the media of a prompt that is all there is are left out", () => {
  const prompt = user(1, "look");
  const { sessionID, id: messageID } = prompt.info;
  const place = { sessionID, messageID, type: "file" as const };
  prompt.parts.push({ ...place, id: "prt_f", mime: "image/png", url: "data:image/png;base64,AA" });
  prompt.parts.push({ ...place, id: "prt_g", mime: "text/plain", url: "file:///a.txt" });
  const seen = (part: Partial<CompactionPart>) =>
    visibleHistory([prompt, ...compaction(2, part)])
      .find(({ info }) => info.id === prompt.info.id)
      ?.parts.map(({ type }) => type);
  expect(seen({ overflow: true })).toEqual(["text", "text", "file"]);
  expect(seen({})).toEqual(["text", "file", "file"]);
});

test("the last prompt is the last thing that a person said", () => {
  const history = [user(1, "a"), user(2, "b"), synthetic(3), ...compaction(4)];
  expect(findLastPrompt(history)?.info.id).toBe(user(2).info.id);
  expect(findLastPrompt([synthetic(1)])).toBeUndefined();
});

test("what a person keeps private is not seen, nor what came of it", () => {
  const command = user(3, "The following command was run by the user:");
  const ignored = { ...command, parts: command.parts.map((part) => ({ ...part, ignored: true })) };
  const answer = assistant(4);
  const output = { ...answer, info: { ...answer.info, parentID: command.info.id } };
  const history = [user(1, "a"), assistant(2), ignored, output, user(5, "b")];
  expect(ids(visibleHistory(history as MessageWithParts[]))).toEqual([1, 2, 5]);
});
