// The plan of a compaction, pure: when a session is full, which old tool outputs can go, which
// messages are summarised and which are kept as they are. Figures are tokens: the provider's own
// where it has counted, estimates for the rest.
import { OUTPUT_TOKENS_MAX } from "@/base/limits";
import type { TextLimit } from "@/base/text";
import type { Config } from "@/schema/config";
import type { AssistantMessage, MessageWithParts } from "@/schema/message";
import type { ToolPart } from "@/schema/part";
import type { Model } from "@/schema/provider";
import { trimmedMaxBytes } from "./compaction-request";
import { isSyntheticPrompt } from "./synthetic-prompt";
import { BYTES_PER_TOKEN, estimateParts, estimateResult, estimateTokens } from "./token-estimate";
import { totalTokens } from "./usage";
import { findLastPrompt, findSummary, isCompaction, visibleHistory } from "./visible-history";

export type CompactionSettings = NonNullable<Config["compaction"]>;

const RESERVED_MAX = 20_000;
const TAIL_SHARE = 0.25;
const TAIL_MAX = 15_000;
/** Of what the model takes, so much may be one result. */
const RESULT_SHARE = 0.25;
/** Of these many last turns no output is pruned, */
const PRUNE_TURNS_KEPT = 2;
/** nor of the newest so many tokens of outputs, */
const PRUNE_KEPT = { share: 0.25, max: 40_000 };
/** and nothing for less than this. */
const PRUNE_GAIN = { share: 0.1, max: 20_000 };

/** How much a conversation may take; undefined when the model does not say. */
export function usableTokens(
  { limit }: Pick<Model, "limit">,
  { reserved }: CompactionSettings,
): number | undefined {
  const window = windowTokens({ limit });
  if (!window) return undefined;
  const answer = answerTokens({ limit });
  const kept = reserved ?? (limit.input ? Math.min(RESERVED_MAX, answer) : answer);
  return Math.max(window - kept, Math.floor(window / 2));
}

/** What a request may take at most; 0 when the model does not say. */
export function windowTokens({ limit }: Pick<Model, "limit">): number {
  return limit.input || limit.context;
}

/** The largest answer to ask for: some models claim one as large as their whole window. */
export function answerTokens({ limit }: Pick<Model, "limit">): number {
  const answer = Math.min(limit.output || OUTPUT_TOKENS_MAX, OUTPUT_TOKENS_MAX);
  return limit.context ? Math.min(answer, Math.floor(limit.context / 2)) : answer;
}

/** The limits of a tool's output, smaller where the window is: one result never fills it. */
export function fitLimits(limits: TextLimit, model: Pick<Model, "limit">): TextLimit {
  const usable = usableTokens(model, {});
  if (usable === undefined) return limits;
  const share = Math.floor(usable * RESULT_SHARE * BYTES_PER_TOKEN);
  return { ...limits, maxBytes: Math.min(limits.maxBytes, share) };
}

/** What the next request takes: what the provider counted last, and what has come since. */
export function usedTokens(history: readonly MessageWithParts[]): number {
  const since = history.slice((findSummary(history)?.at ?? -1) + 1);
  const at = since.findLastIndex(({ info }) => isCounted(info));
  const counted = since[at]?.info;
  if (counted?.role !== "assistant") return estimateTokens(visibleHistory(history));
  const calls = since[at]?.parts.filter((part) => part.type === "tool") ?? [];
  const results = calls.reduce((sum, call) => sum + estimateResult(call), 0);
  return totalTokens(counted.tokens) + results + estimateTokens(since.slice(at + 1));
}

/**
 * How many compactions there were since the last step that left room. Those that were stopped do
 * not count.
 */
export function countFruitless(history: readonly MessageWithParts[], usable: number): number {
  let count = 0;
  for (const [at, { info }] of [...history.entries()].reverse()) {
    if (info.role !== "assistant") continue;
    if (info.summary) count += info.error?.name === "MessageAbortedError" ? 0 : 1;
    else if (leftRoom(info, history.slice(0, at), usable)) break;
  }
  return count;
}

function leftRoom(
  info: AssistantMessage,
  before: readonly MessageWithParts[],
  usable: number,
): boolean {
  if (info.error || info.time.completed === undefined) return false;
  const used = isCounted(info) ? totalTokens(info.tokens) : estimateTokens(visibleHistory(before));
  return used < usable;
}

function isCounted(info: MessageWithParts["info"]): info is AssistantMessage {
  return (
    info.role === "assistant" &&
    !info.summary &&
    info.error === undefined &&
    totalTokens(info.tokens) > 0
  );
}

/** The calls whose outputs are too old to matter; none when too little would be gained. */
export function planPruning(
  history: readonly MessageWithParts[],
  usable: number,
): { calls: ToolPart[]; gain: number } {
  const calls: ToolPart[] = [];
  let gain = 0;
  let turns = 0;
  let kept = Math.min(PRUNE_KEPT.max, usable * PRUNE_KEPT.share);
  for (const message of visibleHistory(history).toReversed()) {
    if (message.info.role === "user" && !isSyntheticPrompt(message)) turns++;
    if (turns < PRUNE_TURNS_KEPT) continue;
    for (const part of message.parts.toReversed()) {
      if (part.type !== "tool" || part.tool === "skill") continue;
      const size = estimateResult(part);
      kept -= size;
      if (kept >= 0 || size === 0 || part.state.status !== "completed") continue;
      calls.push(part);
      gain += size;
    }
  }
  const least = Math.min(PRUNE_GAIN.max, usable * PRUNE_GAIN.share);
  return gain < least ? { calls: [], gain: 0 } : { calls, gain };
}

export interface CompactionPlan {
  /** What is summarised, an earlier summary included. */
  head: MessageWithParts[];
  /** The first message that is kept as it is. */
  tailStartID?: string;
}

interface PlanOptions {
  usable: number;
  settings: CompactionSettings;
  /** The last prompt is still to be answered: it is kept whatever its size. */
  isUnderWay: boolean;
  /** An earlier attempt was of no use: nothing is kept that need not be. */
  isHard: boolean;
  /** It is to be made without a model: it may be shorter than a summary that is all there is. */
  isTrim?: boolean;
}

/** Undefined when there is nothing whose summary would be shorter. */
export function planCompaction(
  history: readonly MessageWithParts[],
  options: PlanOptions,
): CompactionPlan | undefined {
  const visible = visibleHistory(history);
  const prompt = options.isUnderWay ? findLastPrompt(history) : undefined;
  const isLong = (message: MessageWithParts) =>
    options.isTrim === true &&
    isCompaction(message) &&
    estimateParts(message.parts) > Math.ceil(trimmedMaxBytes(options.usable) / BYTES_PER_TOKEN);
  const isWorth = (messages: readonly MessageWithParts[]) =>
    messages.some(
      (message) =>
        message.info.id !== prompt?.info.id && (saysSomething(message) || isLong(message)),
    );
  const tailAt = options.isHard ? visible.length : findTail(visible, options);
  const head = visible.slice(0, tailAt);
  const tail = visible[tailAt];
  if (tail && isWorth(head)) return { head, tailStartID: tail.info.id };
  return isWorth(visible) ? { head: visible } : undefined;
}

/** Where the last turns begin that fit into the budget; of a single long one its last steps. */
function findTail(visible: readonly MessageWithParts[], options: PlanOptions): number {
  const { isUnderWay, settings, usable } = options;
  const maxTurns = settings.tail_turns ?? Number.POSITIVE_INFINITY;
  let budget = settings.preserve_recent_tokens ?? Math.min(TAIL_MAX, usable * TAIL_SHARE);
  let turns = 0;
  let stepAt = visible.length;
  let turnAt: number | undefined;
  for (let at = visible.length - 1; at >= 0; at--) {
    const message = visible[at];
    if (!message || isCompaction(message)) break;
    budget -= estimateParts(message.parts);
    if (budget < 0 || turns >= maxTurns) break;
    stepAt = at;
    if (message.info.role !== "user" || isSyntheticPrompt(message)) continue;
    turns++;
    turnAt = at;
  }
  // The prompt of a turn that is cut is kept for its own sake only while it is under way.
  return turnAt ?? (isUnderWay && maxTurns > 0 ? stepAt : visible.length);
}

function saysSomething(message: MessageWithParts): boolean {
  if (isCompaction(message)) return false;
  if (message.info.role === "user" && isSyntheticPrompt(message)) return false;
  return message.parts.some(
    (part) =>
      part.type === "file" || part.type === "tool" || (part.type === "text" && part.text !== ""),
  );
}
