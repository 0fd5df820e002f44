// Anthropic's messages, and what servers that copy them do differently.

import { event, READ, type WireAnswer, type WireScript } from "./script";

const READ_A = ["read", { filePath: "a.txt" }] as const;
const START = event({
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "main",
    content: [],
    stop_reason: null,
    usage: { input_tokens: 10, output_tokens: 1 },
  },
});
const STOP = event({ type: "message_stop" });

function start(index: number, content_block: Record<string, unknown>): string {
  return event({ type: "content_block_start", index, content_block });
}

function delta(index: number, piece: { type: string } & Record<string, unknown>): string {
  return event({ type: "content_block_delta", index, delta: piece });
}

function stop(index: number): string {
  return event({ type: "content_block_stop", index });
}

function text(index: number, ...pieces: string[]): string[] {
  const deltas = pieces.map((piece) => delta(index, { type: "text_delta", text: piece }));
  return [start(index, { type: "text", text: "" }), ...deltas, stop(index)];
}

function call(index: number, ...pieces: string[]): string[] {
  const deltas = pieces.map((partial_json) =>
    delta(index, { type: "input_json_delta", partial_json }),
  );
  const block = { type: "tool_use", id: `toolu_${index}`, name: "read", input: {} };
  return [start(index, block), ...deltas, stop(index)];
}

function finish(stop_reason: string | null): string {
  return event({
    type: "message_delta",
    delta: { stop_reason, stop_sequence: null },
    usage: { output_tokens: 5 },
  });
}

function answer(reason: string, ...frames: string[]): WireAnswer {
  return { pieces: [START, ...frames, finish(reason), STOP] };
}

function thoughtAt(index: number, thinking: string): string[] {
  return [
    start(index, { type: "thinking", thinking: "", signature: "" }),
    delta(index, { type: "thinking_delta", thinking }),
    delta(index, { type: "signature_delta", signature: "sig" }),
    stop(index),
  ];
}

const THOUGHT = thoughtAt(0, "I look.");
const OVERLOADED = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };

function script(
  name: string,
  answers: readonly WireAnswer[],
  expect: WireScript["expect"],
  source = "Anthropic",
): WireScript {
  return { name, source, wire: "anthropic", answers, expect };
}

export const ANTHROPIC_SCRIPTS: readonly WireScript[] = [
  script("a signed thought before a call", [answer("tool_use", ...THOUGHT, ...call(1, READ))], {
    calls: [READ_A],
    reasoning: "I look.",
  }),
  script(
    "a thought that is redacted",
    [
      answer(
        "tool_use",
        start(0, { type: "redacted_thinking", data: "secret" }),
        stop(0),
        ...call(1, READ),
      ),
    ],
    { calls: [READ_A] },
  ),
  script(
    "a thought of which only the signature is told",
    [
      answer(
        "tool_use",
        start(0, { type: "thinking", thinking: "", signature: "" }),
        delta(0, { type: "signature_delta", signature: "sig" }),
        stop(0),
        ...call(1, READ),
      ),
    ],
    { calls: [READ_A] },
  ),
  script(
    "a thought without a signature",
    [
      answer(
        "tool_use",
        start(0, { type: "thinking", thinking: "" }),
        delta(0, { type: "thinking_delta", thinking: "I look." }),
        stop(0),
        ...call(1, READ),
      ),
    ],
    { calls: [READ_A], reasoning: "I look." },
    "MiniMax, DeepSeek and GLM under Anthropic's address",
  ),
  script(
    "a thought that nothing follows",
    [answer("max_tokens", ...THOUGHT, ...text(1, "Hello"), ...thoughtAt(2, "And"))],
    { text: "Hello", reasoning: "I look.And" },
    "Claude, thinking between texts",
  ),
  script(
    "arguments in pieces of one character to anthropic",
    [answer("tool_use", ...call(0, ...READ))],
    {
      calls: [READ_A],
    },
  ),
  script(
    "arguments that are nothing at all",
    [
      answer(
        "tool_use",
        start(0, { type: "tool_use", id: "toolu_0", name: "todowrite", input: {} }),
        delta(0, { type: "input_json_delta", partial_json: "" }),
        stop(0),
      ),
    ],
    { calls: [["todowrite", {}, "error"]] },
  ),
  script(
    "arguments in the beginning of the block",
    [
      answer(
        "tool_use",
        start(0, { type: "tool_use", id: "toolu_0", name: "read", input: { filePath: "a.txt" } }),
        stop(0),
      ),
    ],
    { calls: [READ_A] },
    "proxies from chat completions",
  ),
  script(
    "pings and events that nobody knows",
    [
      {
        pieces: [
          START,
          event({ type: "ping" }),
          ...text(0, "Hello ", "there"),
          event({ type: "vendor_event", x: 1 }),
          finish("end_turn"),
          STOP,
        ],
      },
    ],
    { text: "Hello there" },
  ),
  script("overloaded in the middle", [{ pieces: [START, ...text(0, "Hel"), event(OVERLOADED)] }], {
    retries: 1,
  }),
  script(
    "overloaded as the whole body of a 200",
    [{ pieces: [JSON.stringify(OVERLOADED)], headers: { "content-type": "application/json" } }],
    { retries: 1 },
  ),
  script(
    "a message that is never closed",
    [{ pieces: [START, ...text(0, "Hello"), finish("end_turn"), STOP], after: "hang" }],
    { text: "Hello" },
    "proxies that keep connections",
  ),
  script(
    "no message_stop",
    [{ pieces: [START, ...text(0, "Hello"), finish("end_turn")] }],
    { text: "Hello" },
    "proxies from chat completions",
  ),
  script(
    "a stream that ends within a block",
    [{ pieces: [START, ...text(0, "Hel").slice(0, 2)] }],
    {
      retries: 1,
    },
  ),
  script("a context that is full before the answer", [answer("model_context_window_exceeded")], {
    error: /ContextOverflowError.*no room left for an answer/,
  }),
  script("a refusal", [answer("refusal", ...text(0, "I"))], {
    text: "I",
    error: /ContentFilterError/,
  }),
  script("an empty answer", [answer("end_turn")], { retries: 1 }, "Claude, now and then"),
  script(
    "an answer of an empty text",
    [answer("end_turn", ...text(0, ""))],
    { retries: 1 },
    "Claude, now and then",
  ),
  script(
    "a text of white space before a call",
    [answer("tool_use", ...text(0, "\n\n"), ...call(1, READ))],
    { calls: [READ_A] },
    "MiniMax",
  ),
  script(
    "a call that came as text",
    [
      answer(
        "end_turn",
        ...text(
          0,
          "Look.\n",
          '<invoke name="read">\n<parameter name="filePath">a.txt',
          "</parameter>\n</invoke>",
        ),
      ),
    ],
    { calls: [READ_A], text: "Look.\n" },
    "Claude behind proxies that drop its stop tokens",
  ),
];
