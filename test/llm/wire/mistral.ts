// Mistral's own API, whose ids and roles are checked at every request.

import { callDelta, chatFinish, chatText, chunk, DONE, READ, type WireScript } from "./script";

const READ_A = ["read", { filePath: "a.txt" }] as const;
const END = [chatFinish("tool_calls"), DONE];

function callOf(id: string): string {
  return chunk(callDelta({ index: 0, id, function: { name: "read", arguments: READ } }));
}

export const MISTRAL_SCRIPTS: readonly WireScript[] = [
  {
    name: "a call in one chunk, with an id of nine",
    source: "Mistral",
    wire: "mistral",
    answers: [{ pieces: [callOf("aB3dE6gH9"), ...END] }],
    expect: { calls: [READ_A] },
  },
  {
    name: "a call with the id of another server",
    source: "proxies under Mistral's name",
    wire: "mistral",
    answers: [{ pieces: [callOf("call_0123456789"), ...END] }],
    expect: { calls: [READ_A] },
  },
  {
    name: "thoughts in typed pieces",
    source: "Magistral",
    wire: "mistral",
    answers: [
      {
        pieces: [
          chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm." }] }] }),
          ...chatText("Hello"),
          chatFinish("stop"),
          DONE,
        ],
      },
    ],
    expect: { text: "Hello", reasoning: "Hm." },
  },
  {
    name: "a person who speaks right after a result",
    source: "any, when the answer after a call fails",
    wire: "mistral",
    answers: [
      { pieces: [callOf("aB3dE6gH9"), ...END] },
      { pieces: ['{"message": "Bad request"}'], status: 400 },
    ],
    expect: { calls: [READ_A], error: /Bad request/ },
  },
  {
    name: "Mistral's templates under another server",
    source: "vLLM, llama.cpp",
    model: "devstral-small",
    answers: [
      { pieces: [callOf("call_0123456789"), ...END] },
      { pieces: ['{"message": "Bad request"}'], status: 400 },
    ],
    expect: { calls: [READ_A], error: /Bad request/ },
  },
];
