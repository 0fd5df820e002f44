// How reasoning goes back over chat completions: in its field, with its details, or as a filler.

import { expect, test } from "bun:test";
import { CHAT_OPTIONS } from "@/llm/chat-chunks";
import type { ModelMessage } from "@/llm/model-event";
import { echoReasoning } from "@/llm/reasoning-echo";
import type { Model } from "@/schema/provider";
import { modelOf } from "@test/llm/scripted-request";

const ADDRESS = { baseURL: "http://127.0.0.1:1/v1", wire: "openai-compatible" } as const;
type Interleaved = Model["capabilities"]["interleaved"];

interface Case {
  id?: string;
  npm?: string;
  interleaved?: Interleaved;
  came?: Record<string, unknown>;
  thought?: string;
  hasCall?: boolean;
}

/** What stands beside the message when it goes back. */
function echoed(options: Case): unknown {
  const { id = "main", npm = "@ai-sdk/openai-compatible", interleaved = false, came } = options;
  const model = modelOf(ADDRESS, { api: { id, url: "", npm } });
  const capabilities = { ...model.capabilities, interleaved };
  const metadata = came && {
    providerOptions: { [CHAT_OPTIONS]: JSON.parse(JSON.stringify(came)) },
  };
  const message: ModelMessage = {
    role: "assistant",
    content: [
      ...(options.thought === undefined
        ? []
        : [{ type: "reasoning" as const, text: options.thought, ...metadata }]),
      { type: "text", text: "Yes" },
      ...(options.hasCall
        ? [{ type: "tool-call" as const, toolCallId: "c", toolName: "read", input: {} }]
        : []),
    ],
  };
  const [sent] = echoReasoning([message], { ...model, capabilities });
  const parts = typeof sent?.content === "string" ? [] : (sent?.content ?? []);
  const kinds: string[] = parts.map(({ type }) => type);
  expect(kinds).toEqual(["text", ...(options.hasCall ? ["tool-call"] : [])]);
  return sent?.providerOptions?.[CHAT_OPTIONS];
}

const DETAILS = [{ type: "reasoning.encrypted", data: "secret" }];
const FIELD: Interleaved = { field: "reasoning_content" };

const CASES: [string, Case, unknown][] = [
  ["the usual field", { thought: "Hm" }, { reasoning_content: "Hm" }],
  ["the field it came in", { thought: "Hm", came: { field: "reasoning" } }, { reasoning: "Hm" }],
  [
    "the field that is configured",
    { thought: "Hm", came: { field: "reasoning" }, interleaved: FIELD },
    { reasoning_content: "Hm" },
  ],
  [
    "its details beside it",
    { thought: "Hm", came: { field: "reasoning", details: DETAILS } },
    { reasoning: "Hm", reasoning_details: DETAILS },
  ],
  ["details alone", { thought: "", came: { details: DETAILS } }, { reasoning_details: DETAILS }],
  [
    "no text where details are wanted",
    { thought: "Hm", interleaved: { field: "reasoning_details" } },
    undefined,
  ],
  ["nothing", {}, undefined],
  ["nothing, of a model that wants it with calls", { interleaved: FIELD }, undefined],
  ["a filler with calls", { interleaved: FIELD, hasCall: true }, { reasoning_content: " " }],
  ["a filler for families that refuse without", { id: "kimi-k3" }, { reasoning_content: " " }],
];

test.each(CASES)("%s", (_, options, fields) => {
  const given = echoed(options);
  if (fields === undefined) expect(Object.keys(given ?? {})).toEqual([]);
  else expect(given).toEqual(fields);
});

test("other wires keep reasoning as it is", () => {
  const model = modelOf(ADDRESS, { api: { id: "x", url: "", npm: "@ai-sdk/anthropic" } });
  const messages: ModelMessage[] = [
    { role: "assistant", content: [{ type: "reasoning", text: "Hm" }] },
  ];
  expect(echoReasoning(messages, model)).toEqual(messages);
});
