// Every wire script, from the bytes to the stored history: it ends in an executed call, a retry or
// a clear error, and a strict server takes the history at the next prompt.

import { describe, expect, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Turn } from "@test/support/scripted-model/turn";
import { FakeClock } from "@test/support/clock";
import { type SessionApp, sessionApp } from "@test/support/session-app";
import { ANTHROPIC_SCRIPTS } from "./anthropic";
import { BEDROCK_SCRIPTS } from "./bedrock";
import { BROKEN_SCRIPTS } from "./broken";
import { CHAT_CALL_SCRIPTS } from "./chat-calls";
import { CHAT_CHUNK_SCRIPTS } from "./chat-chunks";
import { CHAT_REASONING_SCRIPTS } from "./chat-reasoning";
import { CHAT_TEXT_SCRIPTS } from "./chat-text";
import { GOOGLE_SCRIPTS } from "./google";
import { MISTRAL_SCRIPTS } from "./mistral";
import { RESPONSES_SCRIPTS } from "./responses";
import type { WireAnswer, WireScript } from "./script";

const GROUPS: Record<string, readonly WireScript[]> = {
  "calls of chat completions": CHAT_CALL_SCRIPTS,
  "chunks of chat completions": CHAT_CHUNK_SCRIPTS,
  "text of chat completions": CHAT_TEXT_SCRIPTS,
  "reasoning of chat completions": CHAT_REASONING_SCRIPTS,
  responses: RESPONSES_SCRIPTS,
  anthropic: ANTHROPIC_SCRIPTS,
  google: GOOGLE_SCRIPTS,
  mistral: MISTRAL_SCRIPTS,
  bedrock: BEDROCK_SCRIPTS,
  "broken answers": BROKEN_SCRIPTS,
};

test("there are at least 60 of them, under names of their own", () => {
  const names = Object.values(GROUPS).flatMap((scripts) => scripts.map(({ name }) => name));
  expect(names.length).toBeGreaterThanOrEqual(60);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(Object.keys(GROUPS))("%s", (group) => {
  test.each((GROUPS[group] ?? []).map((script) => [script.name, script] as const))(
    "%s",
    (_, script) => play(script),
  );
});

async function play(script: WireScript): Promise<void> {
  const clock = new FakeClock();
  const turns = script.answers.map(toTurn);
  await using t = await sessionApp({
    clock,
    turns: [...turns, ...Array.from({ length: 10 }, () => ({ text: "Done." }))],
    ...(script.wire && { wire: script.wire }),
    models: [script.model ?? "main"],
    modelOptions: { reasoning: true, ...script.modelOptions },
    providerOptions: { headerTimeout: false, chunkTimeout: false, ...script.providerOptions },
    files: { "a.txt": "one\n", "b.txt": "two\n" },
    config: { permission: "allow" },
  });
  const session = t.create();
  const answer = await passing(clock, t.prompt(session, "Go"));
  checkAnswer(t, t.history(session), answer, script);
  const again = await passing(clock, t.prompt(session, "And now?"));
  expect(again.info).toMatchObject({ finish: "stop" });
  expect(t.model.violations).toEqual([]);
}

function checkAnswer(
  t: SessionApp,
  history: readonly MessageWithParts[],
  answer: MessageWithParts,
  { expect: wanted }: WireScript,
): void {
  const parts = history.filter(({ info }) => info.role === "assistant").flatMap((m) => m.parts);
  const calls = parts.flatMap((part) =>
    part.type === "tool" ? [[part.tool, part.state.input, part.state.status]] : [],
  );
  const error = answer.info.role === "assistant" ? answer.info.error : undefined;
  const retries = t.told("session.status").filter(({ status }) => status.type === "retry");
  const wantedCalls = (wanted.calls ?? []).map(([tool, input, status]) => [
    tool,
    input,
    status ?? "completed",
  ]);
  expect({
    calls,
    text: textOf(parts, "text").replace(/Done\.$/, ""),
    reasoning: textOf(parts, "reasoning"),
    retries: retries.length,
  }).toEqual({
    calls: wantedCalls as typeof calls,
    text: wanted.text ?? "",
    reasoning: wanted.reasoning ?? "",
    retries: wanted.retries ?? 0,
  });
  if (wanted.error) expect(JSON.stringify(error)).toMatch(wanted.error);
  else expect(error).toBeUndefined();
}

function textOf(parts: readonly Part[], type: "text" | "reasoning"): string {
  return parts.map((part) => (part.type === type ? part.text : "")).join("");
}

/** Lets every wait pass at once until the work is done. */
async function passing<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  const done = work.then((value) => ({ value }));
  for (;;) {
    const settled = await Promise.race([done, clock.waitForPending()]);
    if (settled) return settled.value;
    await clock.advance(10_000);
  }
}

function toTurn({ pieces, status, headers, after }: WireAnswer): Turn {
  return {
    body: streamed(pieces),
    ...(status && { status }),
    headers: { "content-type": "text/event-stream", ...headers },
    ...(after && { fault: after === "cut" ? "cut-mid" : "hang-mid" }),
  };
}

async function* streamed(
  pieces: readonly (string | Uint8Array)[],
): AsyncGenerator<string | Uint8Array> {
  yield* pieces;
}
