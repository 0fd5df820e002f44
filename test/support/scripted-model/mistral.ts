// Mistral's own API: chat completions with stricter rules for ids and roles.

import { objectsOf, textOf } from "./json";
import { framesThinking, openaiCompatible } from "./openai-compatible";
import type { NeutralRequest } from "./turn";
import type { Wire } from "./wire";

export const mistral: Wire = {
  ...openaiCompatible,
  name: "mistral",
  npm: "@ai-sdk/mistral",
  frames: framesThinking((text) => ({
    content: [{ type: "thinking", thinking: [{ type: "text", text }] }],
  })),
  check: (request) => [...openaiCompatible.check(request), ...checkMistral(request)],
};

/** Also kept by servers of other names that run Mistral's templates. */
export function checkMistral(request: NeutralRequest): string[] {
  const messages = objectsOf(request.raw["messages"]);
  const ids = request.messages.flatMap(({ calls, results }) => [...calls, ...results]);
  const odd = ids.filter(({ id }) => !/^[a-zA-Z0-9]{9}$/.test(id));
  const roles = messages.map((message) => textOf(message["role"]));
  const order = roles.flatMap((role, index) => {
    const before = roles[index - 1];
    const isOdd = role === "user" ? before === "tool" : role === "assistant" && before === role;
    return isOdd ? [`messages[${index}]: unexpected role "${role}" after "${before}"`] : [];
  });
  return [...odd.map(({ id }) => `call id "${id}" is not nine letters and digits`), ...order];
}
