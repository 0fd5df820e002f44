// What a compaction asks of a model: the conversation as text, cut to what the model takes, and the
// sections to fill in. And the summary that is made without a model, where none can make one. Pure.
import { cutBytes, plural } from "@/base/text";
import type { MessageWithParts } from "@/schema/message";
import type { Part, ToolPart } from "@/schema/part";
import { BYTES_PER_TOKEN } from "./token-estimate";
import { isCompaction } from "./visible-history";

const RESULT_MAX_BYTES = 2_000;
const INPUT_MAX_BYTES = 1_000;
const TEXT_MAX_BYTES = 20_000;
/** Of a conversation that is cut, so much is its beginning. */
const BEGINNING_SHARE = 0.25;
/** A tokenizer may be worse than estimated, and the instructions take room as well. */
const SAFETY = 0.7;
const UNKNOWN_WINDOW_TOKENS = 60_000;

const TEMPLATE = `Summarise the conversation above. Fill in these sections:

## Goal
What the user wants, in the user's words where they matter.

## Instructions
What the user asked for or forbade along the way, and conventions of the project that were learned.

## Done
What was done and found out, with the decisions taken and why.

## Files
The paths that matter, each with what it is and what was changed in it.

## State
What is under way at this moment: the last step, its result, errors that are open.

## Next
What is left to do, in order.`;

/** What is asked instead of our own words, and besides them. */
export interface SummaryWishes {
  prompt: string | undefined;
  context: readonly string[];
}

/** The user message of the request. `usable` is what the summarising model takes, in tokens. */
export function formatRequest(
  head: readonly MessageWithParts[],
  { usable, isHard }: { usable: number | undefined; isHard: boolean },
  { context, prompt = TEMPLATE }: SummaryWishes = { context: [], prompt: undefined },
): string {
  const tokens = (usable ?? UNKNOWN_WINDOW_TOKENS) * SAFETY * (isHard ? 0.5 : 1);
  const conversation = cutMiddle(formatConversation(head), tokens * BYTES_PER_TOKEN);
  const asked = [prompt, ...context].join("\n\n");
  return `<conversation>\n${conversation}\n</conversation>\n\n${asked}`;
}

const TRIMMED =
  "The conversation so far did not fit any more, and no summary of it could be made. " +
  "What is known of it:";
const TRIMMED_PROMPTS_MAX = 20;
const TRIMMED_PROMPT_MAX_BYTES = 400;
const TRIMMED_FILES_MAX = 40;
const TRIMMED_SHARE = 0.1;
const TRIMMED_MAX_BYTES = 12_000;

/** A summary that needs no model: the last one, what the user asked, the files it was about. */
export function trimmedSummary(
  head: readonly MessageWithParts[],
  usable: number | undefined,
): string {
  const earlier = head.find(({ info }) => info.role === "assistant" && info.summary);
  const asked = head
    .filter((message) => message.info.role === "user" && !isCompaction(message))
    .map((message) => cutBytes(spokenText(message), TRIMMED_PROMPT_MAX_BYTES, "head"))
    .filter((text) => text !== "")
    .slice(-TRIMMED_PROMPTS_MAX);
  const files = [...new Set(head.flatMap(({ parts }) => parts.flatMap(fileOf)))];
  const sections = [
    ...(asked.length > 0
      ? [`The user asked:\n${asked.map((text) => `- ${text}`).join("\n")}`]
      : []),
    ...(files.length > 0
      ? [`Files worked with:\n${files.slice(-TRIMMED_FILES_MAX).join("\n")}`]
      : []),
    ...(earlier ? [`An earlier summary:\n${spokenText(earlier)}`] : []),
  ];
  return cutBytes([TRIMMED, ...sections].join("\n\n"), trimmedMaxBytes(usable), "head");
}

/** How long a summary without a model is at most. */
export function trimmedMaxBytes(usable: number | undefined): number {
  const share = (usable ?? UNKNOWN_WINDOW_TOKENS) * TRIMMED_SHARE * BYTES_PER_TOKEN;
  return Math.floor(Math.min(TRIMMED_MAX_BYTES, share));
}

function formatConversation(messages: readonly MessageWithParts[]): string {
  return messages.map(formatMessage).filter(Boolean).join("\n\n");
}

function formatMessage(message: MessageWithParts): string {
  const { info, parts } = message;
  if (info.role === "user") {
    if (isCompaction(message)) return "";
    const text = parts.flatMap(formatPart).join("\n");
    return text && `User: ${text}`;
  }
  const text = parts.flatMap(formatPart).join("\n");
  return text && `${info.summary ? "Summary of what was before" : "Assistant"}: ${text}`;
}

function formatPart(part: Part): string[] {
  switch (part.type) {
    case "text":
      return part.ignored || part.text.trim() === "" ? [] : [cut(part.text, TEXT_MAX_BYTES)];
    case "file":
      return [`[file ${part.filename ?? part.mime}]`];
    case "subtask":
      return [`[task for ${part.agent}: ${part.description}]`];
    case "tool":
      return [formatCall(part)];
    default:
      return [];
  }
}

function formatCall({ tool, state }: ToolPart): string {
  const input = cut(JSON.stringify(state.input), INPUT_MAX_BYTES);
  return `[${tool} ${input}]\n${cut(resultOf(state), RESULT_MAX_BYTES)}`;
}

function resultOf(state: ToolPart["state"]): string {
  if (state.status === "error") return `Error: ${state.error}`;
  if (state.status !== "completed") return "(no result)";
  return state.time.compacted === undefined ? state.output : "(old output left out)";
}

function cut(text: string, maxBytes: number): string {
  const kept = cutBytes(text, maxBytes, "head");
  return kept.length === text.length ? text : `${kept} [cut]`;
}

function cutMiddle(text: string, maxBytes: number): string {
  const size = Buffer.byteLength(text);
  if (size <= maxBytes) return text;
  const beginning = cutBytes(text, Math.floor(maxBytes * BEGINNING_SHARE), "head");
  const end = cutBytes(text, Math.floor(maxBytes * (1 - BEGINNING_SHARE)), "tail");
  const left = size - Buffer.byteLength(beginning) - Buffer.byteLength(end);
  return `${beginning}\n\n[${plural(left, "byte")} left out]\n\n${end}`;
}

function spokenText({ parts }: MessageWithParts): string {
  return parts
    .flatMap((part) => (part.type === "text" && !part.synthetic ? [part.text] : []))
    .join("\n")
    .trim();
}

function fileOf(part: Part): string[] {
  if (part.type !== "tool") return [];
  const path = part.state.input["filePath"];
  return typeof path === "string" ? [path] : [];
}
