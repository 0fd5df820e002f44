// Chunks of chat completions that are not quite of OpenAI's shape.

import { chatFinish, chatText, chunk, data, DONE, type WireScript } from "./script";

const HELLO = chatText("Hello there");
const STOP = chatFinish("stop");
const USAGE = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };

export const CHAT_CHUNK_SCRIPTS: readonly WireScript[] = [
  {
    name: "chunks without choices among the others",
    source: "Azure's filter results, OpenRouter's pings",
    answers: [
      {
        pieces: [
          data({ choices: [], prompt_filter_results: [] }),
          ": OPENROUTER PROCESSING\n\n",
          data({ type: "ping" }),
          ...HELLO,
          data({ id: "c", choices: null, usage: null }),
          STOP,
          DONE,
        ],
      },
    ],
    expect: { text: "Hello there" },
  },
  {
    name: "usage in the last chunk, without choices",
    source: "vLLM, Azure",
    answers: [{ pieces: [...HELLO, STOP, data({ id: "c", usage: USAGE }), DONE] }],
    expect: { text: "Hello there" },
  },
  {
    name: "usage never",
    source: "LM Studio, llama.cpp",
    answers: [{ pieces: [...HELLO, STOP, DONE] }],
    expect: { text: "Hello there" },
  },
  {
    name: "usage in texts and of odd shapes",
    source: "gateways",
    answers: [
      {
        pieces: [
          ...HELLO,
          chatFinish("stop", {
            usage: { prompt_tokens: "10", completion_tokens: "x", prompt_tokens_details: 3 },
          }),
          DONE,
        ],
      },
    ],
    expect: { text: "Hello there" },
  },
  {
    name: "no [DONE]",
    source: "many proxies",
    answers: [{ pieces: [...HELLO, STOP] }],
    expect: { text: "Hello there" },
  },
  {
    name: "no [DONE] and a connection that stays open",
    source: "proxies that keep connections",
    answers: [{ pieces: [...HELLO, STOP], after: "hang" }],
    expect: { text: "Hello there" },
  },
  {
    name: "[DONE] and a connection that stays open",
    source: "servers behind HTTP/1.1 keep-alive",
    answers: [{ pieces: [...HELLO, STOP, DONE], after: "hang" }],
    expect: { text: "Hello there" },
  },
  {
    name: "no empty line at the end",
    source: "hand-made servers",
    answers: [{ pieces: [...HELLO, STOP.trimEnd()] }],
    expect: { text: "Hello there" },
  },
  {
    name: "lines that end in CR LF, without a space after the colon",
    source: "ASP.NET",
    answers: [
      {
        pieces: [...HELLO, STOP, DONE].map((text) =>
          text.replaceAll("\n", "\r\n").replace("data: ", "data:"),
        ),
      },
    ],
    expect: { text: "Hello there" },
  },
  {
    name: "a byte order mark first",
    source: "IIS",
    answers: [{ pieces: ["\uFEFF", ...HELLO, STOP, DONE] }],
    expect: { text: "Hello there" },
  },
  {
    name: "[DONE] without a reason to end",
    source: "TabbyAPI, KoboldCpp",
    answers: [{ pieces: [...HELLO, DONE] }],
    expect: { text: "Hello there" },
  },
  {
    name: "reasons to end that are empty until the last",
    source: "Zhipu, Baidu",
    answers: [
      {
        pieces: [
          data({ choices: [{ index: 0, delta: { content: "Hello " }, finish_reason: "" }] }),
          data({ choices: [{ index: 0, delta: { content: "there" }, finish_reason: "null" }] }),
          STOP,
          DONE,
        ],
      },
    ],
    expect: { text: "Hello there" },
  },
  {
    name: "a reason that nobody knows",
    source: "gateways: eos, stop_sequence, COMPLETE",
    answers: [{ pieces: [...HELLO, chatFinish("eos"), DONE] }],
    expect: { text: "Hello there" },
  },
  {
    name: '"error": null in every chunk',
    source: "one-api and its forks",
    answers: [{ pieces: [chunk({ content: "Hello there" }, { error: null }), STOP, DONE] }],
    expect: { text: "Hello there" },
  },
  {
    name: "ids, times and models of other types",
    source: "hand-made servers",
    answers: [
      {
        pieces: [
          chunk({ content: "Hello there" }, { id: 7, created: "2026-01-01", model: {} }),
          STOP,
          DONE,
        ],
      },
    ],
    expect: { text: "Hello there" },
  },
  {
    name: "roles other than assistant",
    source: "Databricks, some vLLM templates",
    answers: [{ pieces: [chunk({ role: "model", content: "Hello there" }), STOP, DONE] }],
    expect: { text: "Hello there" },
  },
  {
    name: "the text of old completions",
    source: "text-generation servers",
    answers: [{ pieces: [data({ choices: [{ index: 0, text: "Hello there" }] }), STOP, DONE] }],
    expect: { text: "Hello there" },
  },
  {
    name: "content in typed pieces",
    source: "Mistral's models behind gateways",
    answers: [
      {
        pieces: [chunk({ content: [{ type: "text", text: "Hello there" }] }), STOP, DONE],
      },
    ],
    expect: { text: "Hello there" },
  },
  {
    name: "half of a character in a text",
    source: "servers that cut UTF-16",
    answers: [
      {
        pieces: [
          'data: {"choices":[{"index":0,"delta":{"content":"Hello \\ud83d"}}]}\n\n',
          STOP,
          DONE,
        ],
      },
    ],
    expect: { text: "Hello \ud83d" },
  },
  {
    name: "a character in two chunks",
    source: "servers that cut UTF-16",
    answers: [
      {
        pieces: [
          'data: {"choices":[{"index":0,"delta":{"content":"Hello \\ud83d"}}]}\n\n',
          'data: {"choices":[{"index":0,"delta":{"content":"\\ude00"}}]}\n\n',
          STOP,
          DONE,
        ],
      },
    ],
    expect: { text: "Hello 😀" },
  },
  {
    name: "bytes that are no UTF-8",
    source: "servers that cut tokens",
    answers: [
      {
        pieces: [
          'data: {"choices":[{"index":0,"delta":{"content":"Hello ',
          Uint8Array.of(0xf0, 0x9f),
          '"}}]}\n\n',
          STOP,
          DONE,
        ],
      },
    ],
    expect: { text: "Hello \uFFFD" },
  },
  {
    name: "a context that is full before the answer, by its reason",
    source: "Z.ai",
    answers: [{ pieces: [chatFinish("model_context_window_exceeded"), DONE] }],
    expect: { error: /ContextOverflowError.*no room left for an answer/ },
  },
];
