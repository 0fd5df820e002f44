// Answers that are none: each is retried by the one policy, or said in words what is wrong. Five
// failures are the last.

import {
  chatFinish,
  chatText,
  chunk,
  callDelta,
  data,
  DONE,
  READ,
  type WireAnswer,
  type WireScript,
} from "./script";

const HTML = { "content-type": "text/html" };
const JSON_TYPE = { "content-type": "application/json" };
const PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Portal</body></html>";
const COMPLETION = JSON.stringify({
  id: "c",
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
});
const CALL = callDelta({
  index: 0,
  id: "c",
  function: { name: "read", arguments: READ.slice(0, 9) },
});

const ONCE: readonly [name: string, source: string, WireAnswer][] = [
  ["an empty body", "proxies", { pieces: [] }],
  [
    "an empty body without a type",
    "proxies",
    { pieces: [], headers: { "content-type": "text/plain" } },
  ],
  ["a page of HTML as 200", "hotel portals", { pieces: [PAGE], headers: HTML }],
  ["a page of HTML as 502", "nginx", { pieces: [PAGE], headers: HTML, status: 502 }],
  [
    "JSON where a stream was due",
    "servers without streams",
    { pieces: [COMPLETION], headers: JSON_TYPE },
  ],
  ["JSON that is cut", "proxies", { pieces: [COMPLETION.slice(0, 30)], headers: JSON_TYPE }],
  ["a page of HTML as a stream", "proxies", { pieces: [PAGE] }],
  [
    "words where a stream was due",
    "envoy",
    { pieces: ["upstream connect error"], headers: { "content-type": "text/plain" } },
  ],
  [
    "an error that passes behind 200",
    "OpenRouter",
    { pieces: ['{"error": {"message": "Overloaded", "code": 529}}'], headers: JSON_TYPE },
  ],
  [
    "an error that passes in the first event",
    "OpenRouter",
    { pieces: [data({ error: { message: "Rate limited", code: 429 } })] },
  ],
  [
    "an error in the middle",
    "OpenRouter",
    { pieces: [...chatText("Hel"), data({ error: { message: "Provider error", code: 502 } })] },
  ],
  [
    "an error in the middle as an event of its own",
    "vLLM, SGLang",
    {
      pieces: [
        ...chatText("Hel"),
        "event: error\n",
        data({ error: { message: "Internal server error", type: "server_error" } }),
      ],
    },
  ],
  [
    "an error in the middle that is a text",
    "llama.cpp, Ollama",
    { pieces: [...chatText("Hel"), data({ error: "llama runner process has terminated" })] },
  ],
  [
    "an error in the middle, with choices",
    "OpenRouter",
    {
      pieces: [
        ...chatText("Hel"),
        data({
          error: { message: "Provider disconnected", code: 502 },
          choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
        }),
      ],
    },
  ],
  [
    "garbage in the middle",
    "proxies",
    { pieces: [...chatText("Hel"), "data: {not json\n\n", DONE] },
  ],
  ["an end in the middle", "proxies", { pieces: chatText("Hel") }],
  ["a cut in the middle", "networks", { pieces: chatText("Hello there"), after: "cut" }],
  ["a cut within the arguments", "networks", { pieces: [chunk(CALL)], after: "cut" }],
  ["[DONE] and nothing else", "proxies", { pieces: [DONE] }],
  [
    "status 503 with words",
    "Cloudflare",
    { pieces: ["error code: 1015"], status: 503, headers: { "content-type": "text/plain" } },
  ],
  ["status 500 with an empty body", "gateways", { pieces: [], status: 500 }],
  ["status 429 without a word", "gateways", { pieces: [], status: 429 }],
];

const STALLS: readonly [name: string, WireAnswer][] = [
  ["silence after the headers", { pieces: [], after: "hang" }],
  ["silence in a text", { pieces: chatText("Hel"), after: "hang" }],
  ["silence in a thought", { pieces: [chunk({ reasoning_content: "Hm" })], after: "hang" }],
  ["silence in the arguments", { pieces: [chunk(CALL)], after: "hang" }],
  ["comments and then silence", { pieces: [": ping\n\n", ": ping\n\n"], after: "hang" }],
];

const FINAL: readonly [name: string, WireAnswer, error: RegExp][] = [
  [
    "a page of HTML as 404",
    { pieces: [PAGE], headers: HTML, status: 404 },
    /web page, .*Sign in.*baseURL/,
  ],
  ["a page of HTML as 403", { pieces: [PAGE], headers: HTML, status: 403 }, /web page, .*Sign in/],
  [
    "an error under detail",
    {
      pieces: ['{"detail": [{"msg": "field required", "loc": ["body"]}]}'],
      status: 422,
      headers: JSON_TYPE,
    },
    /field required/,
  ],
  [
    "an error within the text of another",
    {
      pieces: ['{"error": {"message": "{\\"error\\": {\\"message\\": \\"No such model\\"}}"}}'],
      status: 404,
      headers: JSON_TYPE,
    },
    /No such model/,
  ],
  [
    "a model that takes no tools",
    { pieces: ['{"error": "gemma does not support tools"}'], status: 400, headers: JSON_TYPE },
    /does not support tools/,
  ],
  [
    "an error that stays, behind 200",
    { pieces: ['{"error": {"message": "Invalid key", "code": 401}}'], headers: JSON_TYPE },
    /ProviderAuthError/,
  ],
];

/** Refused for what the request can do without: it is asked again without that, at once. */
const CONCEDED: readonly [name: string, source: string, WireAnswer][] = [
  [
    "a schema that a grammar compiler refuses",
    "llama.cpp",
    {
      pieces: ['{"error": {"code": 400, "message": "Failed to parse grammar"}}'],
      status: 400,
      headers: JSON_TYPE,
    },
  ],
  [
    "a schema that a grammar compiler fails at",
    "llama.cpp",
    {
      pieces: [
        '{"error": {"code": 500, "message": "Unable to generate parser for this template"}}',
      ],
      status: 500,
      headers: JSON_TYPE,
    },
  ],
  [
    "a pattern that a grammar compiler does not know",
    "vLLM, xgrammar",
    {
      pieces: ['{"message": "The tool parameters have an invalid pattern: lookahead"}'],
      status: 400,
      headers: JSON_TYPE,
    },
  ],
  [
    "roles that a template wants to alternate",
    "vLLM, for Gemma and Mistral",
    {
      pieces: ['{"message": "Conversation roles must alternate user/assistant/user/..."}'],
      status: 400,
      headers: JSON_TYPE,
    },
  ],
];

/** What is no better after five times. */
const ALWAYS: readonly [name: string, WireAnswer, error: RegExp][] = [
  [
    "HTML, however often it is asked",
    { pieces: [PAGE], headers: HTML },
    /web page, .*Sign in.*baseURL/,
  ],
  [
    "JSON, however often it is asked",
    { pieces: [COMPLETION], headers: JSON_TYPE },
    /no event stream/,
  ],
  ["nothing, however often it is asked", { pieces: [] }, /before the answer was complete/],
  [
    "an end in the middle, however often",
    { pieces: chatText("Hel") },
    /before the answer was complete|finish/,
  ],
];

export const BROKEN_SCRIPTS: readonly WireScript[] = [
  ...ONCE.map(([name, source, answer]): WireScript => {
    return { name, source, answers: [answer], expect: { retries: 1 } };
  }),
  ...STALLS.map(([name, answer]): WireScript => {
    const providerOptions = { chunkTimeout: 60_000 };
    return { name, source: "any", answers: [answer], providerOptions, expect: { retries: 1 } };
  }),
  ...CONCEDED.map(([name, source, answer]): WireScript => {
    return { name, source, answers: [answer], expect: {} };
  }),
  ...FINAL.map(([name, answer, error]): WireScript => {
    return { name, source: "gateways", answers: [answer], expect: { error } };
  }),
  ...ALWAYS.map(([name, answer, error]): WireScript => {
    const answers = Array<WireAnswer>(5).fill(answer);
    const text = name.startsWith("an end") ? "Hel" : "";
    return { name, source: "any", answers, expect: { retries: 4, error, text } };
  }),
  {
    name: "a finish that comes with the last text",
    source: "Groq, Cerebras",
    answers: [
      {
        pieces: [
          data({ choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: "stop" }] }),
          chatFinish(null),
          DONE,
        ],
      },
    ],
    expect: { text: "Hello" },
  },
];
