import { expect, test } from "bun:test";
import { Blocks, type Block } from "@/tui/views/blocks";
import {
  answerMessage,
  messageID,
  textPart,
  toolPart,
  userMessage,
} from "@test/support/transcript";

const kinds = (blocks: readonly Block[]) => blocks.map(({ kind }) => kind);
const idle = { isBusy: false, revert: undefined };
const asked = userMessage(1, "Do it");
const step = answerMessage(2, messageID(1), (id) => [toolPart(id, 1, "bash", {})]);
const last = answerMessage(3, messageID(1), (id) => [textPart(id, 1, "Done.")], { cost: 0.2 });

test("a turn ends after its last step, with the time and cost of all of them", () => {
  const messages = [asked, { ...step, info: { ...step.info, cost: 0.1 } }, last];
  const blocks = new Blocks().of({ ...idle, messages });
  expect(kinds(blocks)).toEqual(["user", "part", "text", "end"]);
  const end = blocks.at(-1);
  expect(end).toMatchObject({ kind: "end", end: { durationMs: 3_100, isInterrupted: false } });
  expect(end?.kind === "end" && end.end.cost).toBeCloseTo(0.3);
});

test("a turn that runs has no end yet", () => {
  const blocks = new Blocks().of({ ...idle, isBusy: true, messages: [asked, step] });
  expect(kinds(blocks)).toEqual(["user", "part"]);
});

test("what waits behind a running step is marked", () => {
  const { completed: _, ...time } = step.info.time;
  const running = { ...step, info: { ...step.info, time } };
  const messages = [asked, running, userMessage(4, "then this"), userMessage(5, "and that")];
  const blocks = new Blocks().of({ ...idle, isBusy: true, messages });
  const queued = blocks.map((block) => block.kind === "user" && block.isQueued);
  expect(queued).toEqual([false, false, true, true]);
});

test("messages that stayed the same keep their blocks", () => {
  const blocks = new Blocks();
  const before = blocks.of({ ...idle, messages: [asked, step, last] });
  const after = blocks.of({ ...idle, messages: [asked, step, last, userMessage(4, "More")] });
  expect(after.slice(0, before.length)).toEqual([...before]);
  for (const [index, block] of before.entries()) expect(after[index]).toBe(block);
});

test("what is undone is counted, and not shown", () => {
  const messages = [asked, step, last, userMessage(4, "More"), userMessage(5, "And more")];
  const revert = { messageID: messageID(4) };
  const blocks = new Blocks().of({ isBusy: false, revert, messages });
  expect(kinds(blocks)).toEqual(["user", "part", "text", "end", "undone"]);
  expect(blocks.at(-1)).toMatchObject({ count: 2 });
});
