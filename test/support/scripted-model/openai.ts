// OpenAI's responses API, streamed: a flat list of items in, items with events of their own out.

import { numberOf, objectOf, objectsOf, textOf, type JSONObject } from "./json";
import {
  argumentsOf,
  chunksOf,
  emptyMessage,
  finishOf,
  splitArguments,
  usageOf,
  type NeutralMessage,
  type NeutralRequest,
  type Turn,
} from "./turn";
import { eventFrame, mapChunks, type Frame, type Wire } from "./wire";

export const openai: Wire = {
  name: "openai",
  npm: "@ai-sdk/openai",
  basePath: "/v1",
  matches: (path) => path === "/v1/responses",
  parse,
  check,
  frames,
  keepAlive: ": keep-alive\n\n",
  overloaded: eventFrame({
    type: "error",
    sequence_number: 1,
    error: { type: "server_error", code: "server_error", message: "Overloaded", param: null },
  }),
  errorBody: (status, message) => ({
    error: {
      message,
      type: status >= 500 ? "server_error" : "invalid_request_error",
      param: null,
      code: null,
    },
  }),
};

function parse(body: JSONObject): NeutralRequest {
  const items = objectsOf(body["input"]);
  const isSystem = (item: JSONObject) => item["role"] === "system" || item["role"] === "developer";
  const system = items.filter(isSystem).map((item) => contentText(item["content"]));
  return {
    model: textOf(body["model"]),
    system: [textOf(body["instructions"]), ...system].filter((text) => text !== "").join("\n"),
    messages: groupItems(items.filter((item) => !isSystem(item))),
    tools: objectsOf(body["tools"]).map((tool) => ({
      name: textOf(tool["name"]),
      description: textOf(tool["description"]),
      parameters: tool["parameters"],
    })),
    toolChoice: body["tool_choice"],
    maxOutputTokens: numberOf(body["max_output_tokens"]),
    temperature: numberOf(body["temperature"]),
    raw: body,
  };
}

/** Items that follow each other and come from the same side make one message. */
function groupItems(items: readonly JSONObject[]): NeutralMessage[] {
  const messages: NeutralMessage[] = [];
  for (const item of items) {
    const role = roleOf(item);
    const last = messages.at(-1);
    const message = last?.role === role && role !== "user" ? last : emptyMessage(role);
    if (message !== last) messages.push(message);
    addItem(message, item);
  }
  return messages;
}

function roleOf(item: JSONObject): NeutralMessage["role"] {
  if (item["type"] === "function_call_output") return "tool";
  if (item["type"] === "function_call" || item["type"] === "reasoning") return "assistant";
  return item["role"] === "assistant" ? "assistant" : "user";
}

function addItem(message: NeutralMessage, item: JSONObject): void {
  switch (item["type"]) {
    case "function_call":
      message.calls.push({
        id: textOf(item["call_id"]),
        tool: textOf(item["name"]),
        input: textOf(item["arguments"]),
      });
      return;
    case "function_call_output":
      message.results.push({
        id: textOf(item["call_id"]),
        text: contentText(item["output"]),
        isError: false,
      });
      return;
    case "reasoning":
      message.reasoning += contentText(item["summary"]);
      return;
    default:
      message.text += contentText(item["content"]);
      message.attachments += objectsOf(item["content"]).filter(
        (part) => part["type"] === "input_image" || part["type"] === "input_file",
      ).length;
  }
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return objectsOf(content)
    .map((part) => textOf(part["text"]))
    .join("");
}

function check(request: NeutralRequest): string[] {
  const problems: string[] = [];
  const items = objectsOf(request.raw["input"]);
  if (items.length === 0) problems.push("input is empty");
  items.forEach((item, index) => {
    const at = `input[${index}]`;
    if (item["type"] === "item_reference" && request.raw["store"] === false) {
      problems.push(`${at}: item "${textOf(item["id"])}" was not stored`);
    }
    if (item["type"] === "reasoning" && !item["encrypted_content"]) {
      problems.push(`${at}: reasoning item without encrypted_content`);
    }
    const next = items[index + 1];
    if (item["type"] === "reasoning" && (!next || roleOf(next) !== "assistant")) {
      problems.push(`${at}: reasoning without its required following item`);
    }
    if (item["role"] === "user" && objectsOf(item["content"]).length === 0) {
      if (typeof item["content"] !== "string") problems.push(`${at}: user message has no content`);
    }
  });
  return problems;
}

function frames(turn: Turn, serial: number): Frame[] {
  const response = { id: `resp_${serial}`, created_at: 1767225600, model: "main" };
  const items = [
    ...reasoningFrames(turn, serial),
    ...textFrames(turn, serial),
    ...callFrames(turn, serial),
  ];
  return [
    eventFrame({ type: "response.created", response: { ...response, status: "in_progress" } }),
    eventFrame({ type: "response.in_progress", response: { ...response, status: "in_progress" } }),
    ...items,
    endFrame(turn, response),
  ];
}

function reasoningFrames(turn: Turn, serial: number): Frame[] {
  const chunks = chunksOf(turn.reasoning);
  if (chunks.length === 0) return [];
  const id = `rs_${serial}`;
  const encrypted = `encrypted-${serial}`;
  const place = { item_id: id, output_index: 0, summary_index: 0 };
  return [
    added(0, { type: "reasoning", id, summary: [], encrypted_content: encrypted }),
    eventFrame({
      type: "response.reasoning_summary_part.added",
      ...place,
      part: { type: "summary_text", text: "" },
    }),
    ...mapChunks(chunks, (delta) =>
      eventFrame({ type: "response.reasoning_summary_text.delta", ...place, delta }),
    ),
    eventFrame({
      type: "response.reasoning_summary_part.done",
      ...place,
      part: { type: "summary_text", text: "" },
    }),
    done(0, { type: "reasoning", id, summary: [], encrypted_content: encrypted }),
  ];
}

function textFrames(turn: Turn, serial: number): Frame[] {
  const chunks = chunksOf(turn.text);
  if (chunks.length === 0) return [];
  const id = `msg_${serial}`;
  const message = { type: "message", id, role: "assistant", content: [] };
  return [
    added(1, { ...message, status: "in_progress" }),
    ...mapChunks(chunks, (delta) =>
      eventFrame({
        type: "response.output_text.delta",
        item_id: id,
        output_index: 1,
        content_index: 0,
        delta,
      }),
    ),
    done(1, { ...message, status: "completed" }),
  ];
}

function callFrames(turn: Turn, serial: number): Frame[] {
  return (turn.calls ?? []).flatMap((call, position) => {
    const index = 2 + position;
    const id = `fc_${serial}_${position}`;
    const item = {
      type: "function_call",
      id,
      call_id: call.id ?? `call_${serial}_${position}`,
      name: call.tool,
    };
    return [
      added(index, { ...item, arguments: "", status: "in_progress" }),
      ...splitArguments(argumentsOf(call)).map((delta) =>
        eventFrame({
          type: "response.function_call_arguments.delta",
          item_id: id,
          output_index: index,
          delta,
        }),
      ),
      done(index, { ...item, arguments: argumentsOf(call), status: "completed" }),
    ];
  });
}

function added(index: number, item: JSONObject): string {
  return eventFrame({ type: "response.output_item.added", output_index: index, item });
}

function done(index: number, item: JSONObject): string {
  return eventFrame({ type: "response.output_item.done", output_index: index, item });
}

function endFrame(turn: Turn, response: JSONObject): string {
  const finish = finishOf(turn);
  const isComplete = finish === "stop" || finish === "tool-calls";
  const reason = finish === "length" ? "max_output_tokens" : "content_filter";
  const usage = usageOf(turn);
  const input = usage.input + usage.cacheRead + usage.cacheWrite;
  const output = usage.output + usage.reasoning;
  return eventFrame({
    type: isComplete ? "response.completed" : "response.incomplete",
    response: {
      ...response,
      status: isComplete ? "completed" : "incomplete",
      incomplete_details: isComplete ? null : { reason },
      usage: objectOf({
        input_tokens: input,
        input_tokens_details: { cached_tokens: usage.cacheRead },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: usage.reasoning },
        total_tokens: input + output,
      }),
    },
  });
}
