// When a session is full, what goes and what stays: figures only.
import { describe, expect, test } from "bun:test";
import type { AssistantMessage, MessageWithParts } from "@/schema/message";
import type { ToolPart } from "@/schema/part";
import {
  answerTokens,
  countFruitless,
  planCompaction,
  planPruning,
  usableTokens,
  usedTokens,
} from "@/session/compaction-plan";
import { assistant, user } from "./support";

const limit = (context: number, output: number, input?: number) => ({
  limit: { context, output, ...(input === undefined ? {} : { input }) },
});

/** A text that is estimated to have so many tokens. */
const words = (tokens: number) => "abcd".repeat(tokens);

function step(
  number: number,
  {
    total = 0,
    texts = [] as string[],
    ...info
  }: Partial<AssistantMessage> & {
    total?: number;
    texts?: string[];
  } = {},
  parent = number - 1,
): MessageWithParts {
  const message = assistant(number, user(number, ...texts).parts, parent);
  const tokens = { total, input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };
  const time = { created: 1, completed: 2 };
  return { ...message, info: { ...message.info, time, tokens, ...info } as AssistantMessage };
}

function call(id: string, tokens: number, tool = "read"): ToolPart {
  const place = { id, sessionID: "ses_0001", messageID: "msg_x", callID: id };
  const state = {
    status: "completed" as const,
    input: {},
    output: words(tokens),
    title: "",
    metadata: {},
    time: { start: 1, end: 1 },
  };
  return { ...place, type: "tool", tool, state };
}

function summary(number: number, info: Partial<AssistantMessage> = {}): MessageWithParts[] {
  const request = user(number);
  const place = { id: `prt_${number}`, sessionID: "ses_0001", messageID: request.info.id };
  const part = { ...place, type: "compaction" as const, auto: true };
  return [{ ...request, parts: [part] }, step(number + 1, { summary: true, ...info })];
}

describe("what a conversation may take", () => {
  test.each([
    ["the window without the answer", limit(200_000, 8_000), {}, 192_000],
    ["of a large answer what is asked for", limit(200_000, 64_000), {}, 168_000],
    ["what is reserved instead", limit(200_000, 8_000), { reserved: 50_000 }, 150_000],
    ["of a window for input alone little is kept", limit(400_000, 128_000, 272_000), {}, 252_000],
    ["a small window", limit(8_192, 1_024), {}, 7_168],
    ["at least half, whatever the answer", limit(8_192, 8_192), {}, 4_096],
    ["at least half, whatever is reserved", limit(8_192, 1_024), { reserved: 90_000 }, 4_096],
    ["unknown for an unknown window", limit(0, 0), {}, undefined],
  ])("%s", (_, model, settings, expected) => {
    expect(usableTokens(model, settings)).toBe(expected as number);
  });

  test("an answer is no larger than half of the window", () => {
    expect(answerTokens(limit(8_192, 8_192))).toBe(4_096);
    expect(answerTokens(limit(200_000, 64_000))).toBe(32_000);
    expect(answerTokens(limit(0, 0))).toBe(32_000);
  });
});

describe("what the next request takes", () => {
  test("is what the provider counted last, and an estimate of what came since", () => {
    const last = step(2, { total: 5_000 });
    last.parts.push(call("prt_c", 300));
    const history = [user(1, words(9_000)), last, user(3, words(50))];
    expect(usedTokens(history)).toBe(5_350);
  });

  test("is estimated where nobody counted", () => {
    expect(usedTokens([user(1, words(100)), step(2, { texts: [words(10)] })])).toBe(110);
  });

  test("a summary makes figures from before it meaningless", () => {
    const history = [user(1, words(100)), step(2, { total: 9_000 }), ...summary(3)];
    expect(usedTokens(history)).toBe(100); // the prompt, which is kept
  });

  test("a step that failed was not counted", () => {
    const error = { name: "UnknownError" as const, data: { message: "" } };
    const history = [user(1, words(100)), step(2, { total: 9_000, error })];
    expect(usedTokens(history)).toBe(100);
  });
});

describe("fruitless compactions", () => {
  const error = { name: "UnknownError" as const, data: { message: "" } };
  const aborted = { name: "MessageAbortedError" as const, data: { message: "" } };
  const full = step(20, { total: 900 });

  test("are those since a step that left room, failed ones too", () => {
    expect(countFruitless([user(1, "a"), ...summary(2)], 800)).toBe(1);
    expect(countFruitless([...summary(2), full, ...summary(4, { error })], 800)).toBe(2);
    expect(countFruitless([...summary(2), step(4, { total: 700 }), ...summary(5)], 800)).toBe(1);
    expect(countFruitless([...summary(2), step(4, { total: 700 })], 800)).toBe(0);
  });

  test("those that were stopped do not count", () => {
    expect(countFruitless([...summary(2, { error: aborted })], 800)).toBe(0);
  });

  test("without figures a step left room if its conversation was small", () => {
    expect(countFruitless([user(1, words(50)), ...summary(2), step(4)], 800)).toBe(0);
    expect(countFruitless([user(1, words(900)), ...summary(2), step(4)], 800)).toBe(1);
  });
});

describe("pruning", () => {
  const turn = (number: number, ...calls: ToolPart[]) => {
    const answer = step(number + 1);
    answer.parts.push(...calls);
    return [user(number, "a"), answer];
  };
  const gone = (history: MessageWithParts[], usable = 4_000) => {
    const { calls, gain } = planPruning(history, usable);
    return { ids: calls.map(({ id }) => id).toSorted(), gain };
  };

  test("takes old outputs, and keeps the last two turns and the newest of the rest", () => {
    const history = [
      ...turn(1, call("a", 900), call("b", 900)),
      ...turn(3, call("c", 900)),
      ...turn(5, call("d", 9_000)),
      ...turn(7, call("e", 9_000)),
    ];
    expect(gone(history)).toEqual({ ids: ["a", "b"], gain: 1_800 });
  });

  test("leaves skills alone, what was pruned before, and all that would gain little", () => {
    const old = call("b", 9_000);
    if (old.state.status === "completed") old.state.time.compacted = 5;
    const history = [
      ...turn(1, call("a", 9_000, "skill"), old, call("c", 100)),
      ...turn(3, call("d", 1_000)),
      ...turn(5),
      ...turn(7),
    ];
    expect(gone(history)).toEqual({ ids: [], gain: 0 });
  });
});

describe("a plan", () => {
  const options = { usable: 4_000, settings: {}, isUnderWay: true, isHard: false };
  const ids = (plan: ReturnType<typeof planCompaction>) =>
    plan && {
      head: plan.head.map(({ info }) => Number(info.id.slice(-4))),
      tail: plan.tailStartID && Number(plan.tailStartID.slice(-4)),
    };
  const turns = [
    user(1, words(900)),
    step(2, { texts: [words(900)] }),
    user(3, words(300)),
    step(4, { texts: [words(300)] }),
    user(5, words(100)),
  ];

  test("keeps the last turns that fit into a quarter, and summarises the rest", () => {
    expect(ids(planCompaction(turns, options))).toEqual({ head: [1, 2], tail: 3 });
  });

  test.each([
    [{ tail_turns: 1 }, { head: [1, 2, 3, 4], tail: 5 }],
    [{ tail_turns: 0 }, { head: [1, 2, 3, 4, 5], tail: undefined }],
    [{ preserve_recent_tokens: 150 }, { head: [1, 2, 3, 4], tail: 5 }],
    [{ preserve_recent_tokens: 50 }, { head: [1, 2, 3, 4, 5], tail: undefined }],
  ])("obeys %j", (settings, expected) => {
    expect(ids(planCompaction(turns, { ...options, settings }))).toEqual(expected);
  });

  test("cuts a turn that is too long for its own quarter, while it is under way", () => {
    const long = [
      user(1, "a"),
      step(2, { texts: [words(900)] }),
      step(3, { texts: [words(900)] }, 1),
    ];
    expect(ids(planCompaction(long, options))).toEqual({ head: [1, 2], tail: 3 });
    const over = { ...options, isUnderWay: false };
    expect(ids(planCompaction(long, over))).toEqual({ head: [1, 2, 3], tail: undefined });
  });

  test("after a failure keeps nothing", () => {
    const hard = { ...options, isHard: true };
    expect(ids(planCompaction(turns, hard))).toEqual({ head: [1, 2, 3, 4, 5], tail: undefined });
  });

  test("summarises an earlier summary with what came since", () => {
    const history = [...turns, ...summary(6), step(8, { texts: [words(2_000)] }, 5)];
    expect(ids(planCompaction(history, options))).toEqual({ head: [6, 7, 5, 8], tail: undefined });
  });

  test("there is none where only the prompt is left, or nothing since the last summary", () => {
    expect(planCompaction([user(1, words(9_000))], options)).toBeUndefined();
    expect(planCompaction([...turns, ...summary(6)], options)).toBeUndefined();
    expect(planCompaction([], { ...options, isUnderWay: false })).toBeUndefined();
  });
});
