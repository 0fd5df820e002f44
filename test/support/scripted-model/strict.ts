// What servers refuse whatever their wire: half characters, ids they cannot keep, conversations
// that end with the model's own words; and what families of models refuse over chat completions,
// told by the name of the model.

import { objectsOf, textOf } from "./json";
import { checkMistral } from "./mistral";
import type { NeutralRequest } from "./turn";

/** What is wrong with the request, in sentences; `body` is as it came. */
export function checkStrict(request: NeutralRequest, body: string): string[] {
  const last = request.messages.at(-1);
  const calls = request.messages.flatMap((message) => message.calls);
  const odd = calls.filter(({ id }) => !/^[\w-]{1,64}$/.test(id));
  return [
    ...(hasLoneSurrogate(body) ? ["a text has half of a character in it"] : []),
    ...odd.map(({ id }) => `call id "${id}" is not allowed`),
    ...(last?.role === "assistant" ? ["the last message is the model's own"] : []),
    ...checkFamily(request),
  ];
}

function hasLoneSurrogate(body: string): boolean {
  try {
    return !deepText(JSON.parse(body)).isWellFormed();
  } catch {
    return false; // no JSON at all, which is refused elsewhere
  }
}

function deepText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .map(([key, entry]) => `${key} ${deepText(entry)}\n`)
    .join("");
}

function checkFamily(request: NeutralRequest): string[] {
  const messages = objectsOf(request.raw["messages"]);
  const answers = messages.filter((message) => message["role"] === "assistant");
  if (/deepseek|kimi/.test(request.model)) return answers.flatMap(wantReasoning);
  if (request.model.startsWith("devstral")) return checkMistral(request);
  return [];
}

function wantReasoning(answer: Record<string, unknown>): string[] {
  if (!answer["tool_calls"] || textOf(answer["reasoning_content"]) !== "") return [];
  return ["thinking is enabled but reasoning_content is missing in assistant tool call message"];
}
