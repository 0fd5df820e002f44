// OpenAI's responses.

import { event, READ, type WireAnswer, type WireScript } from "./script";

const READ_A = ["read", { filePath: "a.txt" }] as const;
const RESPONSE = { id: "resp_1", created_at: 1_767_225_600, model: "main" };
const USAGE = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 2,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 12,
};
const CREATED = event({ type: "response.created", response: RESPONSE });
const COMPLETED = event({ type: "response.completed", response: { ...RESPONSE, usage: USAGE } });

function added(index: number, item: Record<string, unknown>): string {
  return event({ type: "response.output_item.added", output_index: index, item });
}

function done(index: number, item: Record<string, unknown>): string {
  return event({ type: "response.output_item.done", output_index: index, item });
}

function text(index: number, ...pieces: string[]): string[] {
  const item = { type: "message", id: `msg_${index}`, role: "assistant", content: [] };
  const deltas = pieces.map((delta) =>
    event({
      type: "response.output_text.delta",
      item_id: item.id,
      output_index: index,
      content_index: 0,
      delta,
    }),
  );
  return [added(index, item), ...deltas, done(index, item)];
}

function call(index: number, pieces: readonly string[], id = `call_${index}`): string[] {
  const item = { type: "function_call", id: `fc_${index}`, call_id: id, name: "read" };
  const deltas = pieces.map((delta) =>
    event({
      type: "response.function_call_arguments.delta",
      item_id: item.id,
      output_index: index,
      delta,
    }),
  );
  return [
    added(index, { ...item, arguments: "" }),
    ...deltas,
    done(index, { ...item, arguments: READ, status: "completed" }),
  ];
}

function thought(index: number, ...summaries: string[]): string[] {
  const item = { type: "reasoning", id: `rs_${index}`, summary: [] };
  const parts = summaries.flatMap((delta, summary_index) => {
    const place = { item_id: item.id, output_index: index, summary_index };
    const part = { type: "summary_text", text: "" };
    return [
      event({ type: "response.reasoning_summary_part.added", ...place, part }),
      event({ type: "response.reasoning_summary_text.delta", ...place, delta }),
      event({ type: "response.reasoning_summary_part.done", ...place, part }),
    ];
  });
  return [
    added(index, { ...item, encrypted_content: null }),
    ...parts,
    done(index, { ...item, encrypted_content: `secret-${index}` }),
  ];
}

function answer(...frames: string[]): WireAnswer {
  return { pieces: [CREATED, ...frames, COMPLETED] };
}

function script(
  name: string,
  answers: readonly WireAnswer[],
  expect: WireScript["expect"],
  source = "OpenAI",
): WireScript {
  return { name, source, wire: "openai", answers, expect };
}

export const RESPONSES_SCRIPTS: readonly WireScript[] = [
  script(
    "an encrypted thought before a call",
    [answer(...thought(0, "I look."), ...call(1, [READ]))],
    {
      calls: [READ_A],
      reasoning: "I look.",
    },
  ),
  script("an encrypted thought without a summary", [answer(...thought(0), ...call(1, [READ]))], {
    calls: [READ_A],
  }),
  script(
    "a thought of several summaries, and another one",
    [answer(...thought(0, "One.", "Two."), ...thought(1, "Three."), ...call(2, [READ]))],
    { calls: [READ_A], reasoning: "One.Two.Three." },
  ),
  script(
    "a thought that nothing follows in responses",
    [answer(...thought(0, "One."), ...text(1, "Hello"), ...thought(2, "Two."))],
    { text: "Hello", reasoning: "One.Two." },
    "OpenAI, at the limit of its answer",
  ),
  script("arguments in pieces of one character to openai", [answer(...call(0, [...READ]))], {
    calls: [READ_A],
  }),
  script(
    "arguments that come whole at the end",
    [answer(...call(0, []))],
    { calls: [READ_A] },
    "LM Studio, Ollama",
  ),
  script(
    "one id for two calls to openai",
    [answer(...call(0, [READ], "call_same"), ...call(1, [READ], "call_same"))],
    { calls: [READ_A, READ_A] },
    "gateways",
  ),
  script(
    "events that nobody knows",
    [
      answer(
        event({ type: "response.queued", response: RESPONSE }),
        event({ type: "codex.rate_limits", limits: [] }),
        ...text(0, "Hello ", "there"),
      ),
    ],
    { text: "Hello there" },
  ),
  script(
    "a failure at the end",
    [
      {
        pieces: [
          CREATED,
          ...text(0, "Hel"),
          event({
            type: "response.failed",
            response: { ...RESPONSE, error: { code: "server_error", message: "Try again." } },
          }),
        ],
      },
    ],
    { retries: 1 },
  ),
  script(
    "an error as an event",
    [
      {
        pieces: [
          CREATED,
          event({ type: "error", code: "rate_limit_exceeded", message: "Slow down.", param: null }),
        ],
      },
    ],
    { retries: 1 },
  ),
  script("a stream that ends before it is complete", [{ pieces: [CREATED, ...text(0, "Hel")] }], {
    retries: 1,
  }),
  script(
    "a response that is complete but never closed",
    [{ ...answer(...text(0, "Hello")), after: "hang" }],
    { text: "Hello" },
    "proxies that keep connections",
  ),
  script(
    "a response that is incomplete",
    [
      {
        pieces: [
          CREATED,
          ...text(0, "Hel"),
          event({
            type: "response.incomplete",
            response: {
              ...RESPONSE,
              incomplete_details: { reason: "max_output_tokens" },
              usage: USAGE,
            },
          }),
        ],
      },
    ],
    { text: "Hel" },
  ),
  script("a response of nothing", [answer()], { retries: 1 }, "gateways"),
];
