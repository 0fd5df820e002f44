// Amazon Bedrock's frames, as Claude and others answer in them.

import { amazonFrame } from "@test/support/scripted-model/amazon-frames";
import { READ, type WireAnswer, type WireScript } from "./script";

const READ_A = ["read", { filePath: "a.txt" }] as const;
const HEADERS = { "content-type": "application/vnd.amazon.eventstream" };
const START = amazonFrame("messageStart", { role: "assistant" });

function delta(contentBlockIndex: number, piece: Record<string, unknown>): string {
  return amazonFrame("contentBlockDelta", { contentBlockIndex, delta: piece });
}

function stop(contentBlockIndex: number): string {
  return amazonFrame("contentBlockStop", { contentBlockIndex });
}

function text(index: number, ...pieces: string[]): string[] {
  return [...pieces.map((piece) => delta(index, { text: piece })), stop(index)];
}

function thought(index: number, words: string, signature?: string): string[] {
  const sealed = signature ? [delta(index, { reasoningContent: { signature } })] : [];
  return [delta(index, { reasoningContent: { text: words } }), ...sealed, stop(index)];
}

function call(index: number, pieces: readonly string[], toolUseId = `tooluse_${index}`): string[] {
  const start = { toolUse: { toolUseId, name: "read" } };
  return [
    amazonFrame("contentBlockStart", { contentBlockIndex: index, start }),
    ...pieces.map((input) => delta(index, { toolUse: { input } })),
    stop(index),
  ];
}

function bytes(frames: readonly string[], pieceSize = Infinity): WireAnswer {
  const all = Buffer.from(frames.join(""), "latin1");
  const size = Math.min(pieceSize, Math.max(1, all.length));
  const count = Math.ceil(all.length / size);
  const pieces = Array.from({ length: count }, (_, n) => all.subarray(n * size, (n + 1) * size));
  return { pieces, headers: HEADERS };
}

function answer(stopReason: string, ...frames: string[]): string[] {
  const usage = { inputTokens: 10, outputTokens: 2, totalTokens: 12 };
  const end = [amazonFrame("messageStop", { stopReason }), amazonFrame("metadata", { usage })];
  return [START, ...frames, ...end];
}

function exception(type: string, message: string): string {
  return amazonFrame(type, { message }, "exception");
}

function script(
  name: string,
  frames: readonly string[],
  expect: WireScript["expect"],
  pieceSize?: number,
): WireScript {
  const answers = [bytes(frames, pieceSize)];
  return { name: `${name} by bedrock`, source: "Bedrock", wire: "bedrock", answers, expect };
}

export const BEDROCK_SCRIPTS: readonly WireScript[] = [
  script(
    "a signed thought before a call",
    answer("tool_use", ...thought(0, "I look.", "sig"), ...call(1, [...READ])),
    { calls: [READ_A], reasoning: "I look." },
  ),
  script(
    "frames cut at every seventh byte",
    answer("tool_use", ...text(0, "Look."), ...call(1, [READ])),
    { calls: [READ_A], text: "Look." },
    7,
  ),
  script(
    "a thought without a signature",
    answer("tool_use", ...thought(0, "I look."), ...call(1, [READ])),
    { calls: [READ_A], reasoning: "I look." },
  ),
  script(
    "a thought that nothing follows",
    answer("max_tokens", ...text(0, "Hello"), ...thought(1, "And", "sig")),
    { text: "Hello", reasoning: "And" },
  ),
  script(
    "a text of white space before a call",
    answer("tool_use", ...text(0, "\n\n"), ...call(1, [READ])),
    { calls: [READ_A] },
  ),
  script(
    "ids that it does not take back",
    answer("tool_use", ...call(0, [READ], "call.with:odd/letters")),
    { calls: [READ_A] },
  ),
  script("an empty answer", answer("end_turn"), { retries: 1 }),
  script("a context that is full before the answer", answer("model_context_window_exceeded"), {
    error: /ContextOverflowError.*no room left for an answer/,
  }),
  script(
    "throttled in the middle",
    [START, ...text(0, "Hel"), exception("throttlingException", "Slow down")],
    { retries: 1 },
  ),
  {
    name: "a frame that claims four gigabytes",
    source: "proxies that spoil bytes",
    wire: "bedrock",
    answers: [{ pieces: [Uint8Array.of(0xff, 0xff, 0xff, 0xff)], headers: HEADERS, after: "hang" }],
    expect: { retries: 1 },
  },
  script("an end without a reason", [START, ...text(0, "Hel")], { retries: 1 }),
  script("a guardrail in the middle", answer("guardrail_intervened", ...text(0, "I")), {
    text: "I",
    error: /ContentFilterError/,
  }),
];
