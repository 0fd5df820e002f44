// Calls as servers of chat completions send them.

import {
  byByte,
  callDelta,
  chatFinish,
  chatText,
  chunk,
  DONE,
  READ,
  type WireAnswer,
  type WireScript,
} from "./script";

const CALL = {
  index: 0,
  id: "call_1",
  type: "function",
  function: { name: "read", arguments: "" },
};
const END = [chatFinish("tool_calls"), DONE];
const READ_A = ["read", { filePath: "a.txt" }] as const;
const READ_B = ["read", { filePath: "b.txt" }] as const;
const READ_OF_B = JSON.stringify({ filePath: "b.txt" });

function pieceOf(text: string, more: Record<string, unknown> = { index: 0 }): string {
  return chunk(callDelta({ ...more, function: { arguments: text } }));
}

function calls(...deltas: Record<string, unknown>[]): WireAnswer {
  return { pieces: [...deltas.map((call) => chunk(callDelta(call))), ...END] };
}

function named(args: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { index: 0, id: "call_1", function: { name: "read", arguments: args }, ...more };
}

export const CHAT_CALL_SCRIPTS: readonly WireScript[] = [
  {
    name: "arguments in pieces of one character",
    source: "OpenAI, vLLM",
    answers: [{ pieces: [chunk(callDelta(CALL)), ...[...READ].map((c) => pieceOf(c)), ...END] }],
    expect: { calls: [READ_A] },
  },
  {
    name: "the whole answer in writes of one byte",
    source: "proxies without buffers",
    answers: [
      {
        pieces: byByte(
          [...chatText("Äpfel, 林檎, 🍎: "), chunk(callDelta(named(READ))), ...END].join(""),
        ),
      },
    ],
    expect: { calls: [READ_A], text: "Äpfel, 林檎, 🍎: " },
  },
  {
    name: "arguments cut within an escape and within a character",
    source: "llama.cpp, which streams tokens",
    answers: [
      {
        pieces: [
          chunk(callDelta(named('{"filePath": "a.'))),
          pieceOf("\\"),
          pieceOf('u0074xt"}'),
          ...END,
        ],
      },
    ],
    expect: { calls: [READ_A] },
  },
  {
    name: "arguments null for a tool that wants none",
    source: "LM Studio, vLLM",
    answers: [calls({ ...named(null), function: { name: "todowrite", arguments: null } })],
    expect: { calls: [["todowrite", {}, "error"]] },
  },
  {
    name: "arguments missing",
    source: "LiteLLM",
    answers: [calls({ index: 0, id: "call_1", function: { name: "todowrite" } })],
    expect: { calls: [["todowrite", {}, "error"]] },
  },
  {
    name: "arguments as an object",
    source: "Ollama's own shape behind shims",
    answers: [calls(named({ filePath: "a.txt" }))],
    expect: { calls: [READ_A] },
  },
  {
    name: "arguments that are no JSON",
    source: "small models",
    answers: [calls(named('{"filePath": "a.txt'))],
    expect: {
      calls: [
        [
          "invalid",
          { tool: "read", error: "The arguments of read are not a JSON object" },
          "completed",
        ],
      ],
    },
  },
  {
    name: "arguments that are JSON within a JSON text",
    source: "Qwen behind LiteLLM",
    answers: [calls(named(JSON.stringify(READ)))],
    expect: { calls: [READ_A] },
  },
  {
    name: "no index",
    source: "Gemini's compatible API",
    answers: [calls({ id: "call_1", function: { name: "read", arguments: READ } })],
    expect: { calls: [READ_A] },
  },
  {
    name: "no index, two calls in one chunk",
    source: "Gemini's compatible API",
    answers: [
      {
        pieces: [
          chunk({
            tool_calls: [
              { id: "call_1", function: { name: "read", arguments: READ } },
              { id: "call_2", function: { name: "read", arguments: READ_OF_B } },
            ],
          }),
          ...END,
        ],
      },
    ],
    expect: { calls: [READ_A, READ_B] },
  },
  {
    name: "an index that is a text",
    source: "gateways in Go and PHP",
    answers: [calls(named(READ, { index: "0" }))],
    expect: { calls: [READ_A] },
  },
  {
    name: "one id for two calls",
    source: "Ollama, older vLLM",
    answers: [calls(named(READ), named(READ_OF_B, { index: 1 }))],
    expect: { calls: [READ_A, READ_B] },
  },
  {
    name: "one index for two calls",
    source: "older LM Studio",
    answers: [calls(named(READ), named(READ_OF_B, { id: "call_2" }))],
    expect: { calls: [READ_A, READ_B] },
  },
  {
    name: "ids that are empty",
    source: "SGLang, MLX servers",
    answers: [calls(named(READ, { id: "" }), named(READ_OF_B, { index: 1, id: "" }))],
    expect: { calls: [READ_A, READ_B] },
  },
  {
    name: "ids that are numbers",
    source: "gateways",
    answers: [calls(named(READ, { id: 7 }))],
    expect: { calls: [READ_A] },
  },
  {
    name: "ids that other servers refuse",
    source: "Kimi K2: functions.read:0; gateways: up to 200 characters",
    answers: [
      calls(
        named(READ, { id: "functions.read:0" }),
        named(READ_OF_B, { index: 1, id: `fc_${"é".repeat(100)}` }),
      ),
    ],
    expect: { calls: [READ_A, READ_B] },
  },
  {
    name: "the same ids in each answer",
    source: "llama.cpp numbers the calls of an answer",
    answers: [calls(named(READ, { id: "0" })), calls(named(READ_OF_B, { id: "0" }))],
    expect: { calls: [READ_A, READ_B] },
  },
  {
    name: "the name after the arguments began",
    source: "some vLLM parsers",
    answers: [
      {
        pieces: [
          chunk(callDelta({ index: 0, id: "call_1", function: { arguments: READ.slice(0, 5) } })),
          chunk(callDelta({ index: 0, function: { name: "read", arguments: READ.slice(5) } })),
          ...END,
        ],
      },
    ],
    expect: { calls: [READ_A] },
  },
  {
    name: "the name in every piece",
    source: "Fireworks, Together",
    answers: [
      {
        pieces: [
          chunk(callDelta(named(READ.slice(0, 5)))),
          chunk(callDelta({ index: 0, function: { name: "read", arguments: READ.slice(5) } })),
          ...END,
        ],
      },
    ],
    expect: { calls: [READ_A] },
  },
  {
    name: "the name in capitals",
    source: "models trained on other agents",
    answers: [calls({ ...CALL, function: { name: "Read", arguments: READ } })],
    expect: { calls: [READ_A] },
  },
  {
    name: "name and arguments beside a function that is missing",
    source: "hand-made servers",
    answers: [calls({ index: 0, id: "call_1", name: "read", arguments: READ })],
    expect: { calls: [READ_A] },
  },
  {
    name: "one call instead of a list",
    source: "hand-made servers",
    answers: [{ pieces: [chunk({ tool_calls: named(READ) }), ...END] }],
    expect: { calls: [READ_A] },
  },
  {
    name: "the function_call of OpenAI's first API",
    source: "old proxies",
    answers: [
      {
        pieces: [
          chunk({ function_call: { name: "read", arguments: READ.slice(0, 9) } }),
          chunk({ function_call: { arguments: READ.slice(9) } }),
          chatFinish("function_call"),
          DONE,
        ],
      },
    ],
    expect: { calls: [READ_A] },
  },
  {
    name: "an end by stop after calls",
    source: "Ollama, LM Studio",
    answers: [{ pieces: [chunk(callDelta(named(READ))), chatFinish("stop"), DONE] }],
    expect: { calls: [READ_A] },
  },
  {
    name: "an end by calls without one",
    source: "vLLM, when its parser fails",
    answers: [{ pieces: [chatFinish("tool_calls"), DONE] }],
    expect: { retries: 1 },
  },
  {
    name: "calls within a whole message",
    source: "servers that do not stream calls",
    answers: [
      {
        pieces: [
          `data: ${JSON.stringify({
            choices: [
              {
                index: 0,
                message: { role: "assistant", content: null, tool_calls: [named(READ)] },
                finish_reason: "tool_calls",
              },
            ],
          })}\n\n`,
          DONE,
        ],
      },
    ],
    expect: { calls: [READ_A] },
  },
  {
    name: "an answer cut at its limit within the arguments",
    source: "any",
    answers: [{ pieces: [chunk(callDelta(named('{"fileP'))), chatFinish("length"), DONE] }],
    expect: { calls: [["read", {}, "error"]] },
  },
];
