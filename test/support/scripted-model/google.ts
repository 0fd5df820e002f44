// Google's generateContent, streamed as SSE: whole function calls, and ids only where given.

import { numberOf, objectOf, objectsOf, textOf, type JSONObject } from "./json";
import {
  argumentsOf,
  chunksOf,
  emptyMessage,
  finishOf,
  usageOf,
  type NeutralMessage,
  type NeutralRequest,
  type ScriptedCall,
  type ScriptedFinish,
  type Turn,
} from "./turn";
import { dataFrame, mapChunks, type Frame, type Wire } from "./wire";

const FINISH: Record<ScriptedFinish, string> = {
  stop: "STOP",
  "tool-calls": "STOP",
  length: "MAX_TOKENS",
  "content-filter": "SAFETY",
};

const STATUS_NAMES: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

export const google: Wire = {
  name: "google",
  npm: "@ai-sdk/google",
  basePath: "/v1beta",
  matches: (path) => /^\/v1beta\/models\/[^/]+:streamGenerateContent$/.test(path),
  parse,
  check,
  frames,
  keepAlive: ": keep-alive\n\n",
  overloaded: dataFrame({
    error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" },
  }),
  errorBody: (status, message) => ({
    error: { code: status, message, status: STATUS_NAMES[status] ?? "UNKNOWN" },
  }),
};

function parse(body: JSONObject, path: string): NeutralRequest {
  const options = objectOf(body["generationConfig"]);
  return {
    model: /\/models\/([^/:]+):/.exec(path)?.[1] ?? "",
    system: partsText(objectOf(body["systemInstruction"])["parts"], "\n"),
    messages: nameResults(objectsOf(body["contents"]).map(parseContent)),
    tools: objectsOf(body["tools"])
      .flatMap((tool) => objectsOf(tool["functionDeclarations"]))
      .map((tool) => ({
        name: textOf(tool["name"]),
        description: textOf(tool["description"]),
        parameters: tool["parameters"] ?? tool["parametersJsonSchema"] ?? { type: "object" },
      })),
    toolChoice: body["toolConfig"],
    maxOutputTokens: numberOf(options["maxOutputTokens"]),
    temperature: numberOf(options["temperature"]),
    raw: body,
  };
}

function parseContent(content: JSONObject, index: number): NeutralMessage {
  const parts = objectsOf(content["parts"]);
  const calls = parts.filter((part) => "functionCall" in part);
  const results = parts.filter((part) => "functionResponse" in part);
  const texts = parts.filter((part) => "text" in part);
  return {
    ...emptyMessage(content["role"] === "model" ? "assistant" : "user"),
    text: partsText(texts.filter((part) => part["thought"] !== true)),
    reasoning: partsText(texts.filter((part) => part["thought"] === true)),
    attachments: parts.filter((part) => "inlineData" in part || "fileData" in part).length,
    calls: calls.map((part, position) => {
      const call = objectOf(part["functionCall"]);
      return {
        id: textOf(call["id"]) || `${index}-${position}`,
        tool: textOf(call["name"]),
        input: JSON.stringify(call["args"] ?? {}),
      };
    }),
    results: results.map((part) => {
      const result = objectOf(part["functionResponse"]);
      const response = objectOf(result["response"]);
      const output = response["content"] ?? response["output"] ?? response["error"] ?? response;
      return {
        id: textOf(result["id"]) || textOf(result["name"]),
        text: typeof output === "string" ? output : JSON.stringify(output),
        isError: "error" in response,
      };
    }),
  };
}

/**
 * Without ids a response belongs to its call by place and name: it gets the id of the call at its
 * place when the names agree, and keeps its name, which is no call's id, when they do not.
 */
function nameResults(messages: NeutralMessage[]): NeutralMessage[] {
  messages.forEach((message, index) => {
    const calls = messages[index - 1]?.calls ?? [];
    message.results.forEach((result, position) => {
      const call = calls[position];
      if (call && call.tool === result.id) result.id = call.id;
    });
  });
  return messages;
}

function partsText(parts: unknown, separator = ""): string {
  return objectsOf(parts)
    .map((part) => textOf(part["text"]))
    .join(separator);
}

function check(request: NeutralRequest): string[] {
  const contents = objectsOf(request.raw["contents"]);
  const problems: string[] = [];
  if (contents[0]?.["role"] !== "user") problems.push("contents must start with a user turn");
  if (request.model.startsWith("gemini-3")) problems.push(...checkSignatures(contents));
  contents.forEach((content, index) => {
    const role = textOf(content["role"]);
    if (role !== "user" && role !== "model") {
      problems.push(`contents[${index}]: unknown role "${role}"`);
    }
    const isCall = objectsOf(content["parts"]).some((part) => "functionCall" in part);
    if (isCall && contents[index - 1]?.["role"] !== "user") {
      problems.push(`contents[${index}]: a call has to follow a user turn or a function response`);
    }
    if (objectsOf(content["parts"]).length === 0) {
      problems.push(`contents[${index}]: parts must not be empty`);
    }
  });
  return problems;
}

/** In the turn under way, the first call of each answer has to be signed. */
function checkSignatures(contents: readonly JSONObject[]): string[] {
  const begin = contents.findLastIndex(
    (content) => "text" in (objectsOf(content["parts"])[0] ?? {}) && content["role"] === "user",
  );
  return contents.slice(begin + 1).flatMap((content) => {
    const call = objectsOf(content["parts"]).find((part) => "functionCall" in part);
    return call && !call["thoughtSignature"] ? ["a call is missing its thought_signature"] : [];
  });
}

function frames(turn: Turn, serial: number): Frame[] {
  const head = { responseId: `response-${serial}`, modelVersion: "main" };
  const frame = (part: JSONObject) =>
    dataFrame({ ...head, candidates: [{ index: 0, content: { role: "model", parts: [part] } }] });
  return [
    ...mapChunks(chunksOf(turn.reasoning), (text) => frame({ text, thought: true })),
    ...mapChunks(chunksOf(turn.text), (text) => frame({ text })),
    ...(turn.calls ?? []).map((call, index) =>
      frame({
        functionCall: callPart(call),
        ...(index === 0 ? { thoughtSignature: `signature-${serial}` } : {}),
      }),
    ),
    dataFrame({
      ...head,
      candidates: [
        { index: 0, content: { role: "model", parts: [] }, finishReason: FINISH[finishOf(turn)] },
      ],
      usageMetadata: wireUsage(turn),
    }),
  ];
}

/** This wire knows no malformed arguments: text which is not an object is sent as none. */
function callPart(call: ScriptedCall): JSONObject {
  let args: JSONObject = {};
  try {
    args = objectOf(JSON.parse(argumentsOf(call)));
  } catch {
    // The wire carries an object, so there is nothing truer to send.
  }
  return { name: call.tool, args, ...(call.id === undefined ? {} : { id: call.id }) };
}

function wireUsage(turn: Turn): JSONObject {
  const usage = usageOf(turn);
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  return {
    promptTokenCount: prompt,
    cachedContentTokenCount: usage.cacheRead,
    candidatesTokenCount: usage.output,
    thoughtsTokenCount: usage.reasoning,
    totalTokenCount: prompt + usage.output + usage.reasoning,
  };
}
