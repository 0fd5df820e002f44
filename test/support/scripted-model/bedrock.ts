// Amazon Bedrock's ConverseStream: blocks by index as at Anthropic, in frames of bytes.

import { amazonFrame } from "./amazon-frames";
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
  type ScriptedFinish,
  type Turn,
} from "./turn";
import { mapChunks, type Frame, type Wire } from "./wire";

const FINISH: Record<ScriptedFinish, string> = {
  stop: "end_turn",
  "tool-calls": "tool_use",
  length: "max_tokens",
  "content-filter": "guardrail_intervened",
};

const MAX_CACHE_POINTS = 4;

export const bedrock: Wire = {
  name: "bedrock",
  npm: "@ai-sdk/amazon-bedrock",
  basePath: "",
  options: { region: "us-east-1" },
  contentType: "application/vnd.amazon.eventstream",
  matches: (path) => /^\/model\/[^/]+\/converse-stream$/.test(path),
  parse,
  check,
  frames,
  keepAlive: amazonFrame("ping", {}),
  overloaded: amazonFrame("serviceUnavailableException", { message: "Overloaded" }, "exception"),
  errorBody: (_, message) => ({ message }),
};

function parse(body: JSONObject, path: string): NeutralRequest {
  const settings = objectOf(body["inferenceConfig"]);
  return {
    model: decodeURIComponent(/\/model\/([^/]+)\//.exec(path)?.[1] ?? ""),
    system: blocksText(objectsOf(body["system"]), "\n"),
    messages: objectsOf(body["messages"]).map(parseMessage),
    tools: objectsOf(objectOf(body["toolConfig"])["tools"]).flatMap((tool) => {
      const spec = objectOf(tool["toolSpec"]);
      if (!tool["toolSpec"]) return [];
      return {
        name: textOf(spec["name"]),
        description: textOf(spec["description"]),
        parameters: objectOf(spec["inputSchema"])["json"],
      };
    }),
    toolChoice: objectOf(body["toolConfig"])["toolChoice"],
    maxOutputTokens: numberOf(settings["maxTokens"]),
    temperature: numberOf(settings["temperature"]),
    raw: body,
  };
}

function parseMessage(message: JSONObject): NeutralMessage {
  const blocks = objectsOf(message["content"]);
  const within = (key: string) => blocks.filter((block) => key in block).map((b) => b[key]);
  return {
    ...emptyMessage(message["role"] === "assistant" ? "assistant" : "user"),
    text: blocksText(blocks),
    reasoning: objectsOf(within("reasoningContent"))
      .map((block) => textOf(objectOf(block["reasoningText"])["text"]))
      .join(""),
    attachments: within("image").length + within("document").length,
    calls: objectsOf(within("toolUse")).map((call) => ({
      id: textOf(call["toolUseId"]),
      tool: textOf(call["name"]),
      input: JSON.stringify(call["input"]) ?? "",
    })),
    results: objectsOf(within("toolResult")).map((result) => ({
      id: textOf(result["toolUseId"]),
      text: blocksText(objectsOf(result["content"])),
      isError: result["status"] === "error",
    })),
  };
}

function blocksText(blocks: readonly JSONObject[], separator = ""): string {
  return blocks.map((block) => textOf(block["text"])).join(separator);
}

function check(request: NeutralRequest): string[] {
  const messages = objectsOf(request.raw["messages"]);
  const roles = messages.map((message) => message["role"]);
  const blocks = messages.flatMap((message) => objectsOf(message["content"]));
  const points = JSON.stringify(request.raw).split('"cachePoint":').length - 1;
  const names = blocks.map((block) => textOf(objectOf(block["document"])["name"])).filter(Boolean);
  const usesTools = blocks.some((block) => "toolUse" in block || "toolResult" in block);
  return [
    ...(roles[0] === "user" ? [] : ["messages: a conversation must start with a user message"]),
    ...(roles.some((role, at) => role === roles[at + 1]) ? ["messages: roles must alternate"] : []),
    ...messages.flatMap((message, index) => checkContent(message, `messages[${index}]`)),
    ...(points > MAX_CACHE_POINTS ? [`${points} cache points, at most ${MAX_CACHE_POINTS}`] : []),
    ...(new Set(names).size < names.length ? ["documents have the same name"] : []),
    ...names.filter((name) => !/^[\w ()[\]-]{1,200}$/.test(name)).map((name) => `name "${name}"`),
    ...(usesTools && request.tools.length === 0 ? ["toolConfig must be defined"] : []),
  ];
}

function checkContent(message: JSONObject, at: string): string[] {
  const blocks = objectsOf(message["content"]);
  const said = blocks.filter((block) => !("cachePoint" in block));
  const problems: string[] = [];
  if (said.length === 0) problems.push(`${at}: content must not be empty`);
  if (blocks.some((block) => "text" in block && textOf(block["text"]).trim() === "")) {
    problems.push(`${at}: the text field is blank`);
  }
  const last = said.at(-1) ?? {};
  if (message["role"] === "assistant" && "reasoningContent" in last) {
    problems.push(`${at}: the final block in an assistant message cannot be thinking`);
  }
  for (const block of blocks.filter((block) => "reasoningContent" in block)) {
    const { reasoningText, redactedContent } = objectOf(block["reasoningContent"]);
    const isSealed = redactedContent || objectOf(reasoningText)["signature"];
    if (!isSealed) problems.push(`${at}: thinking block without its signature`);
  }
  return problems;
}

function frames(turn: Turn, serial: number): Frame[] {
  const blocks: Frame[][] = [];
  const addBlock = (start: JSONObject | undefined, deltas: (index: number) => Frame[]) => {
    const contentBlockIndex = blocks.length;
    blocks.push([
      ...(start ? [amazonFrame("contentBlockStart", { contentBlockIndex, start })] : []),
      ...deltas(contentBlockIndex),
      amazonFrame("contentBlockStop", { contentBlockIndex }),
    ]);
  };
  const delta = (contentBlockIndex: number, piece: JSONObject) =>
    amazonFrame("contentBlockDelta", { contentBlockIndex, delta: piece });
  const reasoning = chunksOf(turn.reasoning);
  if (reasoning.length > 0) {
    addBlock(undefined, (index) => [
      ...mapChunks(reasoning, (text) => delta(index, { reasoningContent: { text } })),
      delta(index, { reasoningContent: { signature: `signature-${serial}` } }),
    ]);
  }
  const text = chunksOf(turn.text);
  if (text.length > 0) {
    addBlock(undefined, (index) => mapChunks(text, (piece) => delta(index, { text: piece })));
  }
  for (const [position, call] of (turn.calls ?? []).entries()) {
    const toolUseId = call.id ?? `tooluse_${serial}_${position}`;
    addBlock({ toolUse: { toolUseId, name: call.tool } }, (index) =>
      splitArguments(argumentsOf(call)).map((input) => delta(index, { toolUse: { input } })),
    );
  }
  return [amazonFrame("messageStart", { role: "assistant" }), ...blocks.flat(), ...end(turn)];
}

function end(turn: Turn): string[] {
  const counted = usageOf(turn);
  const output = counted.output + counted.reasoning;
  const usage = {
    inputTokens: counted.input,
    outputTokens: output,
    totalTokens: counted.input + output,
    cacheReadInputTokens: counted.cacheRead,
    cacheWriteInputTokens: counted.cacheWrite,
  };
  return [
    amazonFrame("messageStop", { stopReason: FINISH[finishOf(turn)] }),
    amazonFrame("metadata", { usage }),
  ];
}
