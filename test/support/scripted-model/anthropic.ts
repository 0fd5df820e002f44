// Anthropic's messages API, streamed: named events, content blocks by index, usage in two places.

import { numberOf, objectOf, objectsOf, textOf, type JSONObject } from "./json";
import {
  argumentsOf,
  chunksOf,
  emptyMessage,
  finishOf,
  splitArguments,
  usageOf,
  type Chunk,
  type NeutralMessage,
  type NeutralRequest,
  type ScriptedFinish,
  type Turn,
} from "./turn";
import { eventFrame, mapChunks, type Frame, type Wire } from "./wire";

const FINISH: Record<ScriptedFinish, string> = {
  stop: "end_turn",
  "tool-calls": "tool_use",
  length: "max_tokens",
  "content-filter": "refusal",
};

const ERROR_TYPES: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

/** The API refuses a request with more. */
const MAX_CACHE_BREAKPOINTS = 4;

export const anthropic: Wire = {
  name: "anthropic",
  npm: "@ai-sdk/anthropic",
  basePath: "/v1",
  matches: (path) => path === "/v1/messages",
  parse,
  check,
  frames,
  keepAlive: eventFrame({ type: "ping" }),
  overloaded: eventFrame({
    type: "error",
    error: { type: "overloaded_error", message: "Overloaded" },
  }),
  errorBody: (status, message) => ({
    type: "error",
    error: { type: ERROR_TYPES[status] ?? "api_error", message },
  }),
};

function parse(body: JSONObject): NeutralRequest {
  return {
    model: textOf(body["model"]),
    system: blocksText(body["system"], "\n"),
    messages: objectsOf(body["messages"]).map(parseMessage),
    tools: objectsOf(body["tools"]).map((tool) => ({
      name: textOf(tool["name"]),
      description: textOf(tool["description"]),
      parameters: tool["input_schema"],
    })),
    toolChoice: body["tool_choice"],
    maxOutputTokens: numberOf(body["max_tokens"]),
    temperature: numberOf(body["temperature"]),
    raw: body,
  };
}

function parseMessage(message: JSONObject): NeutralMessage {
  const blocks = blocksOf(message["content"]);
  const ofType = (type: string) => blocks.filter((block) => block["type"] === type);
  const known = ["text", "thinking", "redacted_thinking", "tool_use", "tool_result"];
  return {
    ...emptyMessage(message["role"] === "assistant" ? "assistant" : "user"),
    text: blocksText(ofType("text")),
    reasoning: ofType("thinking")
      .map((block) => textOf(block["thinking"]))
      .join(""),
    attachments: blocks.filter((block) => !known.includes(textOf(block["type"]))).length,
    calls: ofType("tool_use").map((block) => ({
      id: textOf(block["id"]),
      tool: textOf(block["name"]),
      input: JSON.stringify(block["input"]) ?? "",
    })),
    results: ofType("tool_result").map((block) => ({
      id: textOf(block["tool_use_id"]),
      text: blocksText(block["content"]),
      isError: block["is_error"] === true,
    })),
  };
}

function blocksOf(content: unknown): JSONObject[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : objectsOf(content);
}

function blocksText(content: unknown, separator = ""): string {
  return blocksOf(content)
    .map((block) => textOf(block["text"]))
    .join(separator);
}

function check(request: NeutralRequest): string[] {
  const problems: string[] = [];
  if (request.maxOutputTokens === undefined) problems.push("max_tokens: Field required");
  const messages = objectsOf(request.raw["messages"]);
  if (messages[0]?.["role"] !== "user") problems.push("messages: first must have role user");
  messages.forEach((message, index) => {
    problems.push(...checkContent(message, `messages[${index}]`));
  });
  const emptySystem = blocksOf(request.raw["system"] ?? []).some((block) => !block["text"]);
  if (emptySystem) problems.push("system: text content blocks must be non-empty");
  const breakpoints = JSON.stringify(request.raw).split('"cache_control":').length - 1;
  if (breakpoints > MAX_CACHE_BREAKPOINTS) {
    problems.push(`${breakpoints} blocks with cache_control, at most ${MAX_CACHE_BREAKPOINTS}`);
  }
  return problems;
}

function checkContent(message: JSONObject, at: string): string[] {
  const blocks = blocksOf(message["content"]);
  const problems: string[] = [];
  if (blocks.length === 0) problems.push(`${at}: content must not be empty`);
  if (blocks.some((block) => block["type"] === "text" && textOf(block["text"]).trim() === "")) {
    problems.push(`${at}: text content blocks must be non-empty`);
  }
  const types = blocks.map((block) => block["type"]);
  const lastResult = types.lastIndexOf("tool_result");
  if (types.slice(0, lastResult + 1).some((type) => type !== "tool_result")) {
    problems.push(`${at}: tool_result blocks must come first`);
  }
  if (message["role"] === "assistant" && /thinking/.test(textOf(types.at(-1)))) {
    problems.push(`${at}: the final block in an assistant message cannot be thinking`);
  }
  for (const block of blocks.filter((block) => block["type"] === "thinking")) {
    if (!block["signature"]) problems.push(`${at}: thinking block without its signature`);
  }
  return problems;
}

function frames(turn: Turn, serial: number): Frame[] {
  const blocks: Frame[][] = [];
  const addBlock = (start: JSONObject, deltas: (index: number) => Frame[]) => {
    const index = blocks.length;
    blocks.push([
      eventFrame({ type: "content_block_start", index, content_block: start }),
      ...deltas(index),
      eventFrame({ type: "content_block_stop", index }),
    ]);
  };
  const deltaFrame = (index: number, delta: JSONObject) =>
    eventFrame({ type: "content_block_delta", index, delta });
  const reasoning: readonly Chunk[] = chunksOf(turn.reasoning);
  if (reasoning.length > 0) {
    addBlock({ type: "thinking", thinking: "", signature: "" }, (index) => [
      ...mapChunks(reasoning, (thinking) =>
        deltaFrame(index, { type: "thinking_delta", thinking }),
      ),
      deltaFrame(index, { type: "signature_delta", signature: `signature-${serial}` }),
    ]);
  }
  const text: readonly Chunk[] = chunksOf(turn.text);
  if (text.length > 0) {
    addBlock({ type: "text", text: "" }, (index) =>
      mapChunks(text, (piece) => deltaFrame(index, { type: "text_delta", text: piece })),
    );
  }
  for (const [position, call] of (turn.calls ?? []).entries()) {
    const id = call.id ?? `toolu_${serial}_${position}`;
    addBlock({ type: "tool_use", id, name: call.tool, input: {} }, (index) =>
      splitArguments(argumentsOf(call)).map((piece) =>
        deltaFrame(index, { type: "input_json_delta", partial_json: piece }),
      ),
    );
  }
  return [startFrame(turn, serial), eventFrame({ type: "ping" }), ...blocks.flat(), ...end(turn)];
}

function startFrame(turn: Turn, serial: number): string {
  const usage = usageOf(turn);
  return eventFrame({
    type: "message_start",
    message: {
      id: `msg_${serial}`,
      type: "message",
      role: "assistant",
      model: "main",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: usage.input,
        cache_creation_input_tokens: usage.cacheWrite,
        cache_read_input_tokens: usage.cacheRead,
        output_tokens: 1,
      },
    },
  });
}

function end(turn: Turn): string[] {
  const usage = usageOf(turn);
  const details = objectOf(
    usage.reasoning > 0 ? { output_tokens_details: { thinking_tokens: usage.reasoning } } : {},
  );
  return [
    eventFrame({
      type: "message_delta",
      delta: { stop_reason: FINISH[finishOf(turn)], stop_sequence: null },
      usage: { output_tokens: usage.output + usage.reasoning, ...details },
    }),
    eventFrame({ type: "message_stop" }),
  ];
}
