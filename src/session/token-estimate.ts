// Token estimates, for what no provider has counted yet. Rough and cheap: four bytes of UTF-8 to a
// token, whatever the tokenizer.
import { byteLength } from "@/base/text";
import type { MessageWithParts } from "@/schema/message";
import type { FilePart, Part, ToolPart } from "@/schema/part";
import { isTextType } from "./media-type";

export const BYTES_PER_TOKEN = 4;
/** About what providers count for an image or a page. */
const MEDIA_TOKENS = 1_500;

/** What a model would read of the messages. */
export function estimateTokens(messages: readonly MessageWithParts[]): number {
  return messages.reduce((sum, { parts }) => sum + estimateParts(parts), 0);
}

export function estimateParts(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + estimatePart(part), 0);
}

/** The result of a call alone. */
export function estimateResult({ state }: ToolPart): number {
  if (state.status === "error") return estimateText(state.error);
  if (state.status !== "completed" || state.time.compacted !== undefined) return 0;
  return estimateText(state.output) + (state.attachments?.length ?? 0) * MEDIA_TOKENS;
}

export function estimateText(text: string): number {
  return Math.ceil(byteLength(text) / BYTES_PER_TOKEN);
}

function estimatePart(part: Part): number {
  switch (part.type) {
    case "text":
      return part.ignored ? 0 : estimateText(part.text);
    case "reasoning":
      return estimateText(part.text);
    case "file":
      return estimateFile(part);
    case "tool":
      return estimateText(JSON.stringify(part.state.input)) + estimateResult(part);
    default:
      return 0;
  }
}

/** What is text stands in a text part beside it. */
function estimateFile({ mime }: FilePart): number {
  return isTextType(mime) ? 0 : MEDIA_TOKENS;
}
