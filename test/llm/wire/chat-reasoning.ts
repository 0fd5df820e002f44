// Reasoning over chat completions: the fields that it comes in, and what has to go back.

import { callDelta, chatFinish, chunk, DONE, READ, type WireScript } from "./script";

const READ_A = ["read", { filePath: "a.txt" }] as const;
const CALL = callDelta({ index: 0, id: "call_1", function: { name: "read", arguments: READ } });
const END = [chatFinish("tool_calls"), DONE];

export const CHAT_REASONING_SCRIPTS: readonly WireScript[] = [
  ...["reasoning_content", "reasoning", "thinking", "reasoning_text"].map((field): WireScript => {
    return {
      name: `reasoning under ${field}`,
      source: "DeepSeek; OpenRouter, Groq, newer vLLM; Ollama; Copilot",
      answers: [
        { pieces: [chunk({ [field]: "I " }), chunk({ [field]: "look." }), chunk(CALL), ...END] },
      ],
      expect: { calls: [READ_A], reasoning: "I look." },
    };
  }),
  {
    name: "reasoning under two names at once",
    source: "OpenRouter, LiteLLM",
    answers: [
      {
        pieces: [
          chunk({ reasoning: "I look.", reasoning_content: "I look." }),
          chunk(CALL),
          ...END,
        ],
      },
    ],
    expect: { calls: [READ_A], reasoning: "I look." },
  },
  {
    name: "reasoning in details alone",
    source: "OpenRouter",
    answers: [
      {
        pieces: [
          chunk({ reasoning_details: [{ type: "reasoning.text", index: 0, text: "I " }] }),
          chunk({ reasoning_details: [{ type: "reasoning.text", index: 0, text: "look." }] }),
          chunk(CALL),
          ...END,
        ],
      },
    ],
    expect: { calls: [READ_A], reasoning: "I look." },
  },
  {
    name: "reasoning that is encrypted",
    source: "OpenRouter, for OpenAI and Gemini",
    answers: [
      {
        pieces: [
          chunk({ reasoning_details: [{ type: "reasoning.encrypted", index: 0, data: "secret" }] }),
          chunk(CALL),
          ...END,
        ],
      },
    ],
    expect: { calls: [READ_A] },
  },
  {
    name: "reasoning as an object",
    source: "gateways",
    answers: [{ pieces: [chunk({ reasoning: { text: "I look." } }), chunk(CALL), ...END] }],
    expect: { calls: [READ_A], reasoning: "I look." },
  },
  {
    name: "calls without the reasoning that has to come back",
    source: "DeepSeek and Kimi, when they did not think",
    model: "kimi-k2.6",
    answers: [{ pieces: [chunk(CALL), ...END] }],
    expect: { calls: [READ_A] },
  },
  {
    name: "reasoning between texts",
    source: "MiniMax, GLM: interleaved thinking",
    answers: [
      {
        pieces: [
          chunk({ reasoning_content: "First." }),
          chunk({ content: "One. " }),
          chunk({ reasoning_content: "Then." }),
          chunk({ content: "Two." }),
          chatFinish("stop"),
          DONE,
        ],
      },
    ],
    expect: { text: "One. Two.", reasoning: "First.Then." },
  },
  {
    name: "the length limit within a thought",
    source: "any that thinks",
    answers: [{ pieces: [chunk({ reasoning_content: "Hm" }), chatFinish("length"), DONE] }],
    expect: { reasoning: "Hm", error: /MessageOutputLengthError/ },
  },
];
