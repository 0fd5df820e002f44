// What parts of a package become, and the ways in which an answer is no answer.

import { expect, test } from "bun:test";
import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { StreamParts } from "@/llm/stream-parts";
import { EmptyAnswerError, FullContextError, IncompleteAnswerError } from "@/llm/wire-error";

type Unified = Extract<LanguageModelV4StreamPart, { type: "finish" }>["finishReason"]["unified"];

function finish(unified: Unified, raw: string | undefined = unified): LanguageModelV4StreamPart {
  const none = undefined;
  return {
    type: "finish",
    finishReason: { unified, raw },
    usage: {
      inputTokens: { total: none, noCache: none, cacheRead: none, cacheWrite: none },
      outputTokens: { total: none, text: none, reasoning: none },
    },
  };
}

function call(toolCallId: string, input = "{}"): LanguageModelV4StreamPart {
  return { type: "tool-call", toolCallId, toolName: "read", input };
}

function partsOf(...parts: LanguageModelV4StreamPart[]) {
  const stream = new StreamParts([]);
  const events = parts.flatMap((part) => stream.take(part));
  return { stream, events };
}

test("a call that was never announced has an id all the same", () => {
  const { events } = partsOf(call(""), call(""));
  expect(events).toMatchObject([{ callID: "call" }, { callID: "call_2" }]);
});

test("a call keeps the id under which it was announced", () => {
  const { events } = partsOf(
    { type: "tool-input-start", id: "a", toolName: "read" },
    { type: "tool-input-delta", id: "a", delta: "{}" },
    { type: "tool-input-end", id: "a" },
    call("a"),
  );
  expect(events.map((event) => ("callID" in event ? event.callID : ""))).toEqual(["a", "a", "a"]);
});

test("calls which the provider runs itself are not ours to run", () => {
  const part = { ...call("a"), providerExecuted: true } as LanguageModelV4StreamPart;
  expect(partsOf(part).events).toEqual([]);
});

test("a signature without text is kept for sending it back", () => {
  const providerMetadata = { anthropic: { signature: "s" } };
  const { events } = partsOf({ type: "reasoning-delta", id: "1", delta: "", providerMetadata });
  expect(events).toEqual([
    { type: "reasoning-delta", id: "0", text: "", metadata: providerMetadata },
  ]);
});

test("an end that nobody announced is no end", () => {
  expect(() => partsOf().stream.end()).toThrow(IncompleteAnswerError);
  expect(() => partsOf(call("a"), finish("interrupted")).stream.end()).toThrow(
    IncompleteAnswerError,
  );
  const silent = finish("other");
  if (silent.type === "finish") silent.finishReason.raw = undefined;
  expect(() => partsOf(call("a"), silent).stream.end()).toThrow(IncompleteAnswerError);
});

test("a context that is full before the answer is an overflow; in the middle, a length", () => {
  const full = finish("other", "model_context_window_exceeded");
  expect(() => partsOf(full).stream.end()).toThrow(FullContextError);
  const thought = { type: "reasoning-delta" as const, id: "1", delta: "Hm" };
  expect(() => partsOf(thought, full).stream.end()).toThrow(FullContextError);
  const text = { type: "text-delta" as const, id: "1", delta: "Half an" };
  expect(partsOf(text, full).stream.end()).toMatchObject({ reason: "length" });
  expect(partsOf(call("a"), full).stream.end()).toMatchObject({ reason: "length" });
});

test("a good end of nothing is an empty answer", () => {
  expect(() => partsOf(finish("stop")).stream.end()).toThrow(EmptyAnswerError);
});

test("reasoning alone is an answer", () => {
  const { stream } = partsOf({ type: "reasoning-delta", id: "1", delta: "Hm" }, finish("stop"));
  expect(stream.end().reason).toBe("stop");
});

test("an end by stop after calls is an end by calls", () => {
  expect(partsOf(call("a"), finish("stop")).stream.end().reason).toBe("tool-calls");
});

test("the last finish counts", () => {
  const { stream } = partsOf(call("a"), finish("interrupted"), finish("tool-calls"));
  expect(stream.end().reason).toBe("tool-calls");
});

test("an error part is thrown as it is", () => {
  const error = { message: "Overloaded" };
  expect(() => partsOf({ type: "error", error })).toThrow(error.message);
});

test("an answer without end is cut off", () => {
  const stream = new StreamParts([]);
  const delta = "x".repeat(1024 * 1024);
  const feed = () => {
    for (let n = 0; n < 40; n++) stream.take({ type: "text-delta", id: "1", delta });
  };
  expect(feed).toThrow(IncompleteAnswerError);
});
