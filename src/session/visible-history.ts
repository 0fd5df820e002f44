// Visible history: what is left of a session's messages once it has been summarised. Pure. The last
// summary that came to its end stands for all before it but the messages it kept; summaries that
// failed, and older ones, are not seen by a model.
import type { MessageWithParts } from "@/schema/message";
import type { CompactionPart, Part } from "@/schema/part";
import { isTextType } from "./media-type";
import { isSyntheticPrompt } from "./synthetic-prompt";

/** A compaction that came to its end, by the places of its two messages in the history. */
export interface Summary {
  requestAt: number;
  at: number;
  part: CompactionPart;
}

/**
 * The messages that a model reads, in their order: the summary and its request, the last prompt
 * where it was still to be answered, the messages kept, and all that came later. What a person
 * keeps private is not among them.
 */
export function visibleHistory(all: readonly MessageWithParts[]): MessageWithParts[] {
  const history = withoutPrivate(all);
  const summary = findSummary(history);
  if (!summary) return history.filter((message) => !isCompaction(message));
  const { at, part, requestAt } = summary;
  const before = history.slice(0, requestAt);
  const tailAt = before.findIndex(({ info }) => info.id === part.tail_start_id);
  const tail = tailAt < 0 ? [] : before.slice(tailAt).filter((message) => !isCompaction(message));
  const prompt = part.auto ? findLastPrompt(before) : undefined;
  const isKept = prompt === undefined || tail.includes(prompt);
  return [
    ...history.slice(requestAt, requestAt + 1),
    ...history.slice(at, at + 1),
    ...(isKept ? [] : [part.overflow && tail.length === 0 ? withoutMedia(prompt) : prompt]),
    ...tail,
    ...history.slice(at + 1).filter((message) => !isCompaction(message)),
  ];
}

/** Leaves out what says nothing but to the person, and what came of it. */
function withoutPrivate(history: readonly MessageWithParts[]): readonly MessageWithParts[] {
  const isPrivate = ({ info, parts }: MessageWithParts) =>
    info.role === "user" &&
    parts.length > 0 &&
    parts.every((part) => part.type === "text" && part.ignored);
  const ids = new Set(history.filter(isPrivate).map(({ info }) => info.id));
  if (ids.size === 0) return history;
  return history.filter(({ info }) => !ids.has(info.role === "user" ? info.id : info.parentID));
}

/** The last compaction that came to its end. */
export function findSummary(history: readonly MessageWithParts[]): Summary | undefined {
  const at = history.findLastIndex(isFinishedSummary);
  const answer = history[at]?.info;
  if (answer?.role !== "assistant") return undefined;
  const requestAt = history.findLastIndex(({ info }) => info.id === answer.parentID);
  const part = history[requestAt]?.parts.find((one) => one.type === "compaction");
  return part && { at, requestAt, part };
}

/** The last thing that a person asked. */
export function findLastPrompt(history: readonly MessageWithParts[]): MessageWithParts | undefined {
  return history.findLast(
    (message) =>
      message.info.role === "user" && !isCompaction(message) && !isSyntheticPrompt(message),
  );
}

/** One of the two messages of a compaction. */
export function isCompaction({ info, parts }: MessageWithParts): boolean {
  if (info.role === "assistant") return info.summary === true;
  return parts.some((part) => part.type === "compaction");
}

function isFinishedSummary({ info }: MessageWithParts): boolean {
  if (info.role !== "assistant" || !info.summary) return false;
  return info.error === undefined && info.time.completed !== undefined;
}

/** Images and documents may be what did not fit. */
function withoutMedia({ info, parts }: MessageWithParts): MessageWithParts {
  return { info, parts: parts.map(mediaAsText) };
}

function mediaAsText(part: Part): Part {
  if (part.type !== "file" || isTextType(part.mime)) return part;
  const { id, messageID, sessionID, filename, mime } = part;
  const text = `(${filename ?? "A file"}, ${mime}, is left out: it did not fit)`;
  return { id, messageID, sessionID, type: "text", text, synthetic: true };
}
