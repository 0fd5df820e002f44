// The parts that provider packages stream -> ModelEvents, for one attempt. Remembers only what the
// wires need mended: call ids that are missing or come twice, arguments that are nothing, and
// whether anything came at all.

import type { LanguageModelV4FinishReason, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { FinishReason, ModelEvent, ProviderMetadata } from "./model-event";
import { toUsage } from "./usage";
import { EmptyAnswerError, IncompleteAnswerError } from "./wire-error";

type FinishEvent = Extract<ModelEvent, { type: "finish" }>;
type FinishPart = Extract<LanguageModelV4StreamPart, { type: "finish" }>;

/** Of one answer, in characters: far beyond what any model gives, and a bound on memory. */
const ANSWER_MAX_CHARACTERS = 32 * 1024 * 1024;

export class StreamParts {
  #characters = 0;
  #hasContent = false;
  #hasText = false;
  #finish: FinishPart | undefined;
  /** The id a package gave -> the id told; a call leaves when it is complete. */
  readonly #openCalls = new Map<string, string>();
  readonly #usedIDs = new Set<string>();

  /** The event of a part, if it has one. Throws what an error part holds. */
  take(part: LanguageModelV4StreamPart): ModelEvent | undefined {
    switch (part.type) {
      case "text-delta":
      case "reasoning-delta":
        return this.#delta(part.type, part.id, part.delta, part.providerMetadata);
      case "text-start":
      case "text-end":
      case "reasoning-start":
      case "reasoning-end":
        return { type: part.type, id: part.id, ...metadata(part.providerMetadata) };
      case "tool-input-start":
        if (part.providerExecuted) return undefined;
        return { type: "tool-start", callID: this.#openCall(part.id), tool: part.toolName };
      case "tool-input-delta": {
        const callID = this.#openCalls.get(part.id);
        if (callID === undefined) return undefined;
        this.#count(part.delta);
        return { type: "tool-delta", callID, text: part.delta };
      }
      case "tool-call":
        return part.providerExecuted ? undefined : this.#call(part);
      case "error":
        throw part.error ?? new IncompleteAnswerError("the stream ended with an error.");
      case "finish":
        // A package may correct itself at the end of the stream; the last one counts.
        this.#finish = part;
        return undefined;
      default:
        return undefined;
    }
  }

  /**
   * How the answer ended, once the stream has. Throws IncompleteAnswerError when it did not say so
   * itself, and EmptyAnswerError when it ended well without a single piece.
   */
  end(): FinishEvent & { isUseless: boolean } {
    const part = this.#finish;
    if (!part || isInterrupted(part.finishReason)) {
      throw new IncompleteAnswerError("the stream ended before the answer was complete.");
    }
    const reason = finishReason(part.finishReason, this.#usedIDs.size > 0);
    if (!this.#hasContent && (reason === "stop" || reason === "other" || reason === "unknown")) {
      throw new EmptyAnswerError();
    }
    return {
      type: "finish",
      reason,
      usage: toUsage(part.usage),
      ...metadata(part.providerMetadata),
      isUseless: !this.#hasText && this.#usedIDs.size === 0,
    };
  }

  #delta(
    type: "text-delta" | "reasoning-delta",
    id: string,
    text: string,
    given: ProviderMetadata | undefined,
  ): ModelEvent | undefined {
    if (text === "" && !given) return undefined;
    this.#count(text);
    if (text !== "") this.#hasContent = true;
    if (type === "text-delta" && text !== "") this.#hasText = true;
    return given ? { type, id, text, metadata: given } : { type, id, text };
  }

  #call(part: Extract<LanguageModelV4StreamPart, { type: "tool-call" }>): ModelEvent {
    const callID = this.#openCalls.get(part.toolCallId) ?? this.#openCall(part.toolCallId);
    this.#openCalls.delete(part.toolCallId);
    this.#hasContent = true;
    return {
      type: "tool-call",
      callID,
      tool: part.toolName,
      input: mendInput(part.input),
      ...metadata(part.providerMetadata),
    };
  }

  /** The given id where it is one and new in this answer; results are matched by it. */
  #openCall(given: string): string {
    let callID = given || "call";
    for (let n = 2; this.#usedIDs.has(callID); n++) callID = `${given || "call"}_${n}`;
    this.#usedIDs.add(callID);
    this.#openCalls.set(given, callID);
    return callID;
  }

  #count(text: string): void {
    this.#characters += text.length;
    if (this.#characters <= ANSWER_MAX_CHARACTERS) return;
    throw new IncompleteAnswerError(
      `the answer is longer than ${ANSWER_MAX_CHARACTERS / 1024 / 1024} million characters.`,
    );
  }
}

/** "null" and nothing at all are how some servers write that a tool takes no arguments. */
function mendInput(input: string): string {
  const text = input.trim();
  return text === "" || text === "null" ? "{}" : input;
}

/** "other" without a word of the provider is what a package starts from, so nothing came. */
function isInterrupted({ unified, raw }: LanguageModelV4FinishReason): boolean {
  if (unified === "interrupted" || unified === "error") return true;
  return unified === "other" && raw === undefined;
}

function finishReason({ unified }: LanguageModelV4FinishReason, hasCalls: boolean): FinishReason {
  switch (unified) {
    case "tool-calls":
    case "length":
    case "content-filter":
      return unified;
    case "stop":
    case "other":
      // Some servers end with "stop" although they ask for tools.
      return hasCalls ? "tool-calls" : unified;
    default:
      return "unknown";
  }
}

function metadata(given: ProviderMetadata | undefined): { metadata?: ProviderMetadata } {
  return given ? { metadata: given } : {};
}
