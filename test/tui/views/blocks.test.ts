import { expect, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import { makeBlockView } from "@/tui/views/block-view";
import { Blocks, type Block } from "@/tui/views/blocks";
import { compactionWords } from "@/tui/views/compaction";
import { findHits } from "@/tui/views/find-hits";
import { testScreen } from "@test/support/screen";
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

test("a compaction says how much shorter the session is, and keeps its summary folded", () => {
  const { info } = userMessage(4, "");
  const part = { ...textPart(info.id, 1, ""), type: "compaction", auto: false } as const;
  const request = { info, parts: [part] };
  const text = (id: string) => [textPart(id, 1, "We did it.")];
  const tokens = { input: 900, output: 90, reasoning: 0, cache: { read: 0, write: 0 } };
  const summary = answerMessage(5, info.id, text, { summary: true, tokens });
  const { completed: _, ...time } = summary.info.time;
  const growing = { ...summary, info: { ...summary.info, time } };
  const blocks = new Blocks();
  const of = (...more: MessageWithParts[]) => {
    return blocks.of({ ...idle, messages: [asked, last, request, ...more] }).slice(3);
  };
  const words = (shown: readonly Block[]) => {
    return shown.flatMap((block) => (block.kind === "compaction" ? [compactionWords(block)] : []));
  };
  expect(words(of())).toEqual(["compacting…"]);
  expect(words(of(growing))).toEqual(["compacting…"]);
  const done = of(summary);
  expect(kinds(done)).toEqual(["compaction"]);
  expect(words(done)).toEqual(["compacted: 120 → 90 tokens"]);
  expect(findHits(done, "we did", 80)).toHaveLength(1);
  const error = { name: "UnknownError", data: { message: "no" } } as const;
  const failed = of({ ...summary, info: { ...summary.info, error } });
  expect(kinds(failed)).toEqual(["compaction", "error"]);
  expect(words(failed)).toEqual(["not compacted"]);
});

test("the summary of a compaction stands beneath its rule when it is opened", async () => {
  await using screen = await testScreen({ width: 60, height: 12 });
  const { info } = userMessage(4, "");
  const part = { ...textPart(info.id, 1, ""), type: "compaction", auto: false } as const;
  const text = (id: string) => [textPart(id, 1, "## Goal\n\nA test.")];
  const summary = answerMessage(5, info.id, text, { summary: true });
  const messages = [last, { info, parts: [part] }, summary];
  const block = new Blocks().of({ ...idle, messages }).find(({ kind }) => kind === "compaction");
  if (!block) throw new Error("there is one");
  const view = makeBlockView(screen.ui, block);
  screen.ui.renderer.root.add(view.root);
  expect((await screen.frame()).trim()).toBe("── compacted: 120 → 20 tokens ──");
  expect(view.setExpanded(true)).toBe(true);
  expect(await screen.frame()).toMatch(/compacted.*\n\n *Goal\n\n *A test\./);
  view.destroy();
});
