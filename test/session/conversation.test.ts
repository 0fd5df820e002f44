// A conversation is in the order in which it was said, whatever ids clients choose.
import { expect, test } from "bun:test";
import { Conversation, orderMessages } from "@/session/conversation";
import { assistant, user } from "./support";

const ids = (messages: readonly { info: { id: string } }[]) =>
  messages.map(({ info }) => Number(info.id.slice(4)));

test("ids in order stay as they are, also with prompts that were taken together", () => {
  const messages = [user(1), user(2), assistant(3, [], 2), user(4), assistant(5, [], 2), user(6)];
  expect(orderMessages(messages)).toEqual(messages);
});

test("a prompt with too great an id stands before its first answer", () => {
  const messages = [
    assistant(2, [], 9),
    assistant(3, [], 9),
    user(4),
    assistant(5, [], 4),
    user(9),
  ];
  expect(ids(orderMessages(messages))).toEqual([9, 2, 3, 4, 5]);
});

test("a prompt with too small an id stands before its first answer", () => {
  const messages = [
    user(0),
    user(1),
    assistant(2, [], 1),
    assistant(3, [], 0),
    assistant(4, [], 0),
  ];
  expect(ids(orderMessages(messages))).toEqual([1, 2, 0, 3, 4]);
});

test("what is added comes last; what is in its place already stays", () => {
  const conversation = new Conversation([user(1), assistant(2), user(3), user(4)]);
  conversation.add([user(3), user(4)]);
  expect(ids(conversation.messages)).toEqual([1, 2, 3, 4]);
  conversation.add([user(0)]);
  conversation.add([assistant(5, [], 0)]);
  expect(ids(conversation.messages)).toEqual([1, 2, 3, 4, 0, 5]);
});

test("a new prompt that the store lists before answers to others is moved behind them", () => {
  const conversation = new Conversation([user(0), user(1), assistant(2)]);
  conversation.add([user(0)]);
  expect(ids(conversation.messages)).toEqual([1, 2, 0]);
});

test("the newest prompt and the newest answer", () => {
  const conversation = new Conversation([user(1), assistant(2), user(3)]);
  expect(conversation.prompt()?.info.id).toBe("msg_0003");
  expect(conversation.answer()?.info.id).toBe("msg_0002");
  expect(new Conversation([]).prompt()).toBeUndefined();
  expect(new Conversation([user(1)]).answer()).toBeUndefined();
});

test("no request of a summary is a prompt; a summary is an answer, unless it failed", () => {
  const request = user(3);
  const { sessionID, id: messageID } = request.info;
  request.parts.push({ id: "prt_3", sessionID, messageID, type: "compaction", auto: true });
  const summary = assistant(4);
  const error = { name: "UnknownError", data: { message: "none" } };
  const answerWith = (more: object) => {
    const info = { ...summary.info, summary: true, ...more } as typeof summary.info;
    const messages = [user(1), assistant(2), request, { ...summary, info }];
    const conversation = new Conversation(messages);
    expect(conversation.prompt()?.info.id).toBe("msg_0001");
    return conversation.answer()?.info.id;
  };
  expect(answerWith({})).toBe("msg_0004");
  expect(answerWith({ error })).toBe("msg_0002");
});

test("a part is replaced where it stands", () => {
  const conversation = new Conversation([user(1, "a", "b"), user(2, "c")]);
  const part = conversation.messages[0]?.parts[1];
  if (part?.type !== "text") throw new Error("there are two texts");
  conversation.replacePart({ ...part, text: "new" });
  conversation.replacePart({ ...part, id: "prt_other" });
  expect(conversation.messages.flatMap(({ parts }) => parts)).toMatchObject([
    { text: "a" },
    { text: "new" },
    { text: "c" },
  ]);
});
