// Reasoning echo: how reasoning goes back over OpenAI's chat completions, which have no word on it.
// It goes in the field that is configured, or in the one it came in; with the details that came
// with it (OpenRouter refuses to go on with calls of some models without them, unchanged).
// DeepSeek, Kimi and MiMo refuse calls in thinking mode without the field, so one that thought
// nothing, or was another model's, says a space in it.
//
// The other wires keep reasoning in parts of their own, with signatures: their packages do this.

import type { Model } from "@/schema/provider";
import { CHAT_OPTIONS } from "./chat-chunks";
import type { ModelMessage } from "./model-event";
import { isChatCompletions } from "./packages";

type Assistant = Extract<ModelMessage, { role: "assistant" }>;

const STANDARD_FIELD = "reasoning_content";
const FILLER = " ";
/** Refuse calls without reasoning, also where the catalog does not know the model. */
const REQUIRED = /deepseek|kimi|moonshot|mimo/i;

export function echoReasoning(
  messages: readonly ModelMessage[],
  model: Pick<Model, "api" | "capabilities">,
): ModelMessage[] {
  if (!isChatCompletions(model.api.npm)) return [...messages];
  const { interleaved, reasoning } = model.capabilities;
  const configured = typeof interleaved === "object" ? interleaved.field : undefined;
  const isStrict = reasoning && REQUIRED.test(model.api.id);
  return messages.map((message) => {
    if (message.role !== "assistant") return message;
    const hasCalls = message.content.some((part) => part.type === "tool-call");
    return echo(message, configured, isStrict || (configured !== undefined && hasCalls));
  });
}

function echo(
  message: Assistant,
  configured: string | undefined,
  isRequired: boolean,
): ModelMessage {
  const thoughts = message.content.filter((part) => part.type === "reasoning");
  const text = thoughts.map((part) => part.text).join("") || (isRequired ? FILLER : "");
  const given = thoughts.map((part) => part.providerOptions?.[CHAT_OPTIONS] ?? {});
  const details = given.flatMap(({ details }) => (Array.isArray(details) ? details : []));
  const cameIn = given.map(({ field }) => field).find((field) => typeof field === "string");
  const field = configured ?? cameIn ?? STANDARD_FIELD;
  const fields = {
    // A list of typed pieces, which plain text cannot stand in for.
    ...(text && field !== "reasoning_details" ? { [field]: text } : {}),
    ...(details.length > 0 ? { reasoning_details: details } : {}),
  };
  if (thoughts.length === 0 && Object.keys(fields).length === 0) return message;
  return {
    ...message,
    content: message.content.filter((part) => part.type !== "reasoning"),
    providerOptions: {
      ...message.providerOptions,
      [CHAT_OPTIONS]: { ...message.providerOptions?.[CHAT_OPTIONS], ...fields },
    },
  };
}
