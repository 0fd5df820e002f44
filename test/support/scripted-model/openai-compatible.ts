// OpenAI's chat completions, streamed, as the many servers that copy it speak them.

import { listOf, numberOf, objectOf, objectsOf, textOf, type JSONObject } from "./json";
import {
  argumentsOf,
  chunksOf,
  emptyMessage,
  finishOf,
  splitArguments,
  usageOf,
  type NeutralMessage,
  type NeutralRequest,
  type ScriptedFinish,
  type Turn,
} from "./turn";
import { dataFrame, mapChunks, type Frame, type Wire } from "./wire";

const FINISH: Record<ScriptedFinish, string> = {
  stop: "stop",
  "tool-calls": "tool_calls",
  length: "length",
  "content-filter": "content_filter",
};

export const openaiCompatible: Wire = {
  name: "openai-compatible",
  npm: "@ai-sdk/openai-compatible",
  basePath: "/v1",
  matches: (path) => path === "/v1/chat/completions",
  parse,
  check,
  frames: framesThinking((reasoning_content) => ({ reasoning_content })),
  keepAlive: ": keep-alive\n\n",
  overloaded: dataFrame({ error: { message: "overloaded", type: "server_error", code: 503 } }),
  errorBody: (status, message) => ({
    error: { message, type: status >= 500 ? "server_error" : "invalid_request_error", code: null },
  }),
};

function parse(body: JSONObject): NeutralRequest {
  const messages = objectsOf(body["messages"]);
  const isSystem = (message: JSONObject) =>
    message["role"] === "system" || message["role"] === "developer";
  return {
    model: textOf(body["model"]),
    system: messages
      .filter(isSystem)
      .map((message) => contentText(message["content"]))
      .join("\n"),
    messages: messages.filter((message) => !isSystem(message)).map(parseMessage),
    tools: objectsOf(body["tools"]).map((tool) => {
      const definition = objectOf(tool["function"]);
      return {
        name: textOf(definition["name"]),
        description: textOf(definition["description"]),
        parameters: definition["parameters"],
      };
    }),
    toolChoice: body["tool_choice"],
    maxOutputTokens: numberOf(body["max_tokens"]) ?? numberOf(body["max_completion_tokens"]),
    temperature: numberOf(body["temperature"]),
    raw: body,
  };
}

function parseMessage(message: JSONObject): NeutralMessage {
  const role = message["role"];
  const text = contentText(message["content"]);
  if (role === "tool") {
    const result = { id: textOf(message["tool_call_id"]), text, isError: false };
    return { ...emptyMessage("tool"), results: [result] };
  }
  return {
    ...emptyMessage(role === "assistant" ? "assistant" : "user"),
    text,
    reasoning: textOf(message["reasoning_content"]) + thinkingText(message["content"]),
    attachments: objectsOf(message["content"]).filter((part) => part["type"] !== "text").length,
    calls: objectsOf(message["tool_calls"]).map((call) => {
      const definition = objectOf(call["function"]);
      return {
        id: textOf(call["id"]),
        tool: textOf(definition["name"]),
        input: textOf(definition["arguments"]),
      };
    }),
  };
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return objectsOf(content)
    .map((part) => textOf(part["text"]))
    .join("");
}

/** Of typed pieces, as Mistral has them. */
function thinkingText(content: unknown): string {
  return objectsOf(content)
    .map((part) => contentText(part["thinking"]))
    .join("");
}

function check(request: NeutralRequest): string[] {
  const roles = ["system", "developer", "user", "assistant", "tool"];
  const problems: string[] = [];
  if (listOf(request.raw["messages"]).length === 0) problems.push("messages is empty");
  objectsOf(request.raw["messages"]).forEach((message, index) => {
    const at = `messages[${index}]`;
    const role = textOf(message["role"]);
    const content = message["content"];
    const isEmpty = content === null || content === undefined || listOf(content).length === 0;
    if (!roles.includes(role)) problems.push(`${at}: unknown role "${role}"`);
    if (typeof content !== "string" && isEmpty && !message["tool_calls"]) {
      problems.push(`${at}: ${role} message has no content`);
    }
    if (message["tool_calls"] !== undefined && listOf(message["tool_calls"]).length === 0) {
      problems.push(`${at}: tool_calls is empty`);
    }
  });
  return problems;
}

/** The frames of a server that puts a piece of a thought into this delta. */
export function framesThinking(delta: (text: string) => JSONObject): Wire["frames"] {
  return (turn, serial) => frames(turn, serial, delta);
}

function frames(turn: Turn, serial: number, thought: (text: string) => JSONObject): Frame[] {
  const head = {
    id: `chatcmpl-${serial}`,
    object: "chat.completion.chunk",
    created: 1767225600,
    model: "main",
  };
  const choice = (delta: unknown, finish: string | null = null) =>
    dataFrame({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] });
  const calls = (turn.calls ?? []).flatMap((call, index) => [
    choice({
      tool_calls: [
        {
          index,
          id: call.id ?? `call_${serial}_${index}`,
          type: "function",
          function: { name: call.tool, arguments: "" },
        },
      ],
    }),
    ...splitArguments(argumentsOf(call)).map((piece) =>
      choice({ tool_calls: [{ index, function: { arguments: piece } }] }),
    ),
  ]);
  return [
    choice({ role: "assistant", content: "" }),
    ...mapChunks(chunksOf(turn.reasoning), (text) => choice(thought(text))),
    ...mapChunks(chunksOf(turn.text), (text) => choice({ content: text })),
    ...calls,
    choice({}, FINISH[finishOf(turn)]),
    dataFrame({ ...head, choices: [], usage: wireUsage(turn) }),
    "data: [DONE]\n\n",
  ];
}

function wireUsage(turn: Turn): JSONObject {
  const usage = usageOf(turn);
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  const completion = usage.output + usage.reasoning;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}
