// Gemini's stream.

import { data, type WireAnswer, type WireScript } from "./script";

const READ_A = ["read", { filePath: "a.txt" }] as const;
const READ_B = ["read", { filePath: "b.txt" }] as const;

function part(...parts: Record<string, unknown>[]): string {
  return data({ candidates: [{ index: 0, content: { role: "model", parts } }] });
}

function finish(finishReason: string, more: Record<string, unknown> = {}): string {
  return data({
    candidates: [{ index: 0, content: { role: "model", parts: [] }, finishReason }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 2, totalTokenCount: 12 },
    ...more,
  });
}

function callOf(filePath: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { functionCall: { name: "read", args: { filePath } }, ...more };
}

function script(
  name: string,
  answers: readonly WireAnswer[],
  expect: WireScript["expect"],
  source = "Gemini",
): WireScript {
  return { name, source, wire: "google", answers, expect };
}

export const GOOGLE_SCRIPTS: readonly WireScript[] = [
  script(
    "a signed call without an id",
    [{ pieces: [part(callOf("a.txt", { thoughtSignature: "sig" })), finish("STOP")] }],
    { calls: [READ_A] },
  ),
  {
    ...script(
      "signed calls one after the other",
      [
        { pieces: [part(callOf("a.txt", { thoughtSignature: "sig-1" })), finish("STOP")] },
        {
          pieces: [
            part({ text: "I think.", thought: true }),
            part(callOf("b.txt", { thoughtSignature: "sig-2" }), callOf("a.txt")),
            finish("STOP"),
          ],
        },
      ],
      { calls: [READ_A, READ_B, READ_A], reasoning: "I think." },
    ),
    model: "gemini-3-pro",
  },
  script(
    "two calls in one chunk",
    [
      {
        pieces: [
          part(callOf("a.txt", { thoughtSignature: "sig" }), callOf("b.txt")),
          finish("STOP"),
        ],
      },
    ],
    { calls: [READ_A, READ_B] },
  ),
  script(
    "a call and its end in one chunk",
    [
      {
        pieces: [
          data({
            candidates: [
              { content: { role: "model", parts: [callOf("a.txt")] }, finishReason: "STOP" },
            ],
          }),
        ],
      },
    ],
    { calls: [READ_A] },
  ),
  script(
    "thoughts, then a text whose signature comes with nothing",
    [
      {
        pieces: [
          part({ text: "I think.", thought: true }),
          part({ text: "Hello" }),
          part({ text: "", thoughtSignature: "sig" }),
          finish("STOP"),
        ],
      },
    ],
    { text: "Hello", reasoning: "I think." },
  ),
  script(
    "a call without arguments",
    [{ pieces: [part({ functionCall: { name: "todowrite" } }), finish("STOP")] }],
    { calls: [["todowrite", {}, "error"]] },
  ),
  script(
    "a call that Gemini itself cannot read",
    [{ pieces: [finish("MALFORMED_FUNCTION_CALL")] }],
    { retries: 1 },
  ),
  script("an end without a word", [{ pieces: [finish("STOP")] }], { retries: 1 }),
  script(
    "chunks without candidates",
    [
      {
        pieces: [
          data({ usageMetadata: { promptTokenCount: 10 } }),
          part({ text: "Hello" }),
          data({ candidates: [] }),
          finish("STOP"),
        ],
      },
    ],
    { text: "Hello" },
  ),
  script("a stream without a reason to end", [{ pieces: [part({ text: "Hel" })] }], { retries: 1 }),
  script("a filter in the middle", [{ pieces: [part({ text: "Hel" }), finish("SAFETY")] }], {
    text: "Hel",
    error: /ContentFilterError/,
  }),
  script(
    "a prompt that is blocked",
    [{ pieces: Array<string>(1).fill(data({ promptFeedback: { blockReason: "SAFETY" } })) }],
    { error: /ContentFilterError/ },
  ),
  script(
    "an error in the middle to google",
    [
      {
        pieces: [
          part({ text: "Hel" }),
          data({
            error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" },
          }),
        ],
      },
    ],
    { retries: 1 },
  ),
  script(
    "a schema that Gemini does not know",
    [
      {
        pieces: [
          JSON.stringify({
            error: {
              code: 400,
              message: 'Invalid JSON payload received. Unknown name "$ref" at tools[0]',
              status: "INVALID_ARGUMENT",
            },
          }),
        ],
        status: 400,
        headers: { "content-type": "application/json" },
      },
    ],
    {},
  ),
  script(
    "a list where a stream is due",
    [
      {
        pieces: [JSON.stringify([{ candidates: [{ content: { parts: [{ text: "Hello" }] } }] }])],
        headers: { "content-type": "application/json" },
      },
    ],
    { retries: 1 },
    "proxies that drop alt=sse",
  ),
];
