// Blocks: what a transcript shows, one below the other, made of the messages. A message's blocks
// are made anew only when it, or what decides about its end, has changed.
import type { AssistantMessage, MessageWithParts, UserMessage } from "@/schema/message";
import type { MessageError } from "@/schema/message-error";
import type { Part, TextPart } from "@/schema/part";
import type { Session } from "@/schema/session";
import { Segments } from "./segments";

/** The end of a turn: who answered, how long it took, what it cost and changed. */
export interface TurnEnd {
  message: AssistantMessage;
  /** What was asked; undefined when it is not loaded. */
  asked: UserMessage | undefined;
  durationMs: number;
  cost: number;
  isInterrupted: boolean;
}

export type Block = { key: string } & (
  | { kind: "user"; entry: MessageWithParts; isQueued: boolean }
  /** A stretch of an answer's text; the last one of a part that still grows is live. */
  | { kind: "text"; text: string; isLive: boolean; part: TextPart; message: AssistantMessage }
  | { kind: "part"; part: Part; message: AssistantMessage }
  | { kind: "error"; error: MessageError; message: AssistantMessage; isNewest: boolean }
  | { kind: "end"; end: TurnEnd }
  /** `before` is how many tokens the session had; `summary` stands for them, once it begins. */
  | {
      kind: "compaction";
      entry: MessageWithParts;
      part: Part;
      before: number | undefined;
      summary: MessageWithParts | undefined;
    }
  /** What is undone: `count` messages of the person are behind it, none where files alone are. */
  | { kind: "undone"; count: number; revert: NonNullable<Session["revert"]> }
);

interface Known {
  entry: MessageWithParts;
  context: string;
  blocks: readonly Block[];
}

export interface BlockSource {
  messages: readonly MessageWithParts[];
  isBusy: boolean;
  revert: Session["revert"];
}

export class Blocks {
  #known = new Map<string, Known>();
  readonly #segments = new Map<string, Segments>();

  /** All blocks in their order; those of messages that stayed the same are the same objects. */
  of(source: BlockSource): readonly Block[] {
    const { revert } = source;
    const messages = visible(source);
    const known = new Map<string, Known>();
    const blocks: Block[] = [];
    for (const [index, entry] of messages.entries()) {
      const next = messages[index + 1];
      const context = contextOf(source, messages, index, next);
      const before = this.#known.get(entry.info.id);
      const isSame = before?.entry === entry && before.context === context;
      const now = isSame
        ? before
        : { entry, context, blocks: this.#make(messages, index, context) };
      known.set(entry.info.id, now);
      blocks.push(...now.blocks);
    }
    this.#known = known;
    if (revert && (revert.files || messages.length < source.messages.length)) {
      const gone = source.messages.slice(messages.length);
      const count = gone.filter(({ info }) => info.role === "user").length;
      blocks.push({ key: "undone", kind: "undone", count, revert });
    }
    return blocks;
  }

  #make(messages: readonly MessageWithParts[], index: number, context: string): Block[] {
    const entry = messages[index];
    if (!entry) return [];
    const { info, parts } = entry;
    if (info.role === "user") return userBlocks(messages, index, context === "queued");
    // A summary is what its compaction shows.
    const isSummary = info.summary === true;
    const blocks = isSummary ? [] : parts.flatMap((part) => this.#partBlocks(part, info));
    const isAborted = info.error?.name === "MessageAbortedError";
    if (info.error && !isAborted) {
      const { error } = info;
      const isNewest = context === "failed";
      blocks.push({ key: `${info.id} error`, kind: "error", error, message: info, isNewest });
    }
    if (!isSummary && (context === "last" || context === "failed")) {
      blocks.push({ key: `${info.id} end`, kind: "end", end: turnEnd(messages, index, info) });
    }
    return blocks;
  }

  #partBlocks(part: Part, message: AssistantMessage): Block[] {
    if (part.type !== "text") return [{ key: part.id, kind: "part", part, message }];
    if (part.text.trim() === "") return [];
    const isLive = part.time?.end === undefined && message.time.completed === undefined;
    const segments = this.#segments.get(part.id) ?? new Segments();
    this.#segments.set(part.id, segments);
    const texts = segments.of(part.text);
    return texts.map((text, at) => ({
      key: `${part.id} ${at}`,
      kind: "text",
      text,
      isLive: isLive && at === texts.length - 1,
      part,
      message,
    }));
  }
}

/** What is undone is not shown. */
function visible({ messages, revert }: BlockSource): readonly MessageWithParts[] {
  if (!revert) return messages;
  const at = messages.findLastIndex(({ info }) => info.id < revert.messageID);
  return messages.slice(0, at + 1);
}

/** What, besides itself, decides how a message is shown. */
function contextOf(
  { isBusy }: BlockSource,
  messages: readonly MessageWithParts[],
  index: number,
  next: MessageWithParts | undefined,
): string {
  const info = messages[index]?.info;
  const summary = summaryOf(messages, index);
  if (summary) return JSON.stringify([summary.info, sizeOf(summary)]);
  if (info?.role === "user") return isBusy && isWaiting(messages, index) ? "queued" : "";
  const isLast = !next || next.info.role === "user";
  if (!isLast || info?.time.completed === undefined || (!next && isBusy)) return "";
  return !next && info.error ? "failed" : "last";
}

/** Whether a turn of an earlier message still runs, so that this one has to wait. */
function isWaiting(messages: readonly MessageWithParts[], index: number): boolean {
  const after = messages.slice(index + 1).some(({ info }) => info.role === "assistant");
  const before = messages[index - 1]?.info;
  if (after || !before) return false;
  return before.role === "user" ? isWaiting(messages, index - 1) : !before.time.completed;
}

function userBlocks(
  messages: readonly MessageWithParts[],
  index: number,
  isQueued: boolean,
): Block[] {
  const entry = messages[index];
  if (!entry) return [];
  const part = compactionOf(entry);
  if (part) {
    const before = tokensBefore(messages.slice(0, index));
    const summary = summaryOf(messages, index);
    return [{ key: part.id, kind: "compaction", entry, part, before, summary }];
  }
  const isShown = entry.parts.some((part) => part.type !== "text" || !part.synthetic);
  return isShown ? [{ key: entry.info.id, kind: "user", entry, isQueued }] : [];
}

function compactionOf({ parts }: MessageWithParts): Part | undefined {
  return parts.find((part) => part.type === "compaction");
}

/** The answer to the compaction that is at this place. */
function summaryOf(
  messages: readonly MessageWithParts[],
  index: number,
): MessageWithParts | undefined {
  const [entry, next] = messages.slice(index, index + 2);
  if (!entry || !next || !compactionOf(entry)) return undefined;
  return next.info.role === "assistant" && next.info.summary === true ? next : undefined;
}

/** What a summary says so far. */
export function summaryText(summary: MessageWithParts | undefined): string {
  const texts = summary?.parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return texts?.join("\n\n").trim() ?? "";
}

function sizeOf({ parts }: MessageWithParts): number {
  return parts.reduce((sum, part) => sum + (part.type === "text" ? part.text.length : 0), 0);
}

function tokensBefore(messages: readonly MessageWithParts[]): number | undefined {
  for (const { info } of messages.toReversed()) {
    if (info.role !== "assistant") continue;
    const { input, output, reasoning, cache } = info.tokens;
    const all = input + output + reasoning + cache.read + cache.write;
    if (all > 0) return all;
  }
  return undefined;
}

function turnEnd(
  messages: readonly MessageWithParts[],
  index: number,
  message: AssistantMessage,
): TurnEnd {
  let cost = 0;
  let startedAt = message.time.created;
  let asked: UserMessage | undefined;
  for (let at = index; at >= 0; at--) {
    const info = messages[at]?.info;
    if (info?.role === "user") {
      if (info.id === message.parentID) asked = info;
      break;
    }
    if (!info) break;
    cost += info.cost;
    startedAt = info.time.created;
  }
  const endedAt = message.time.completed ?? startedAt;
  const isInterrupted = message.error?.name === "MessageAbortedError";
  return { message, asked, cost, isInterrupted, durationMs: Math.max(0, endedAt - startedAt) };
}
