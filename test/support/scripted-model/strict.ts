// What servers refuse whatever their wire: half characters, ids they cannot keep, conversations
// that end with the model's own words; and what families of models refuse over chat completions,
// told by the name of the model.

import { checkMistral } from "./mistral";
import type { NeutralMessage, NeutralRequest } from "./turn";

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
  // Items and contents, as the others have them, are not theirs.
  if (/deepseek|kimi/.test(request.model) && request.raw["messages"]) {
    return request.messages.flatMap(wantReasoning);
  }
  if (request.model.startsWith("devstral")) return checkMistral(request);
  return [];
}

function wantReasoning({ calls, reasoning }: NeutralMessage): string[] {
  if (calls.length === 0 || reasoning !== "") return [];
  return ["thinking is enabled but reasoning_content is missing in assistant tool call message"];
}
