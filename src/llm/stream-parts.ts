// The parts that provider packages stream -> ModelEvents, for one attempt. Remembers what the wires
// need mended: ids that are missing or come twice, arguments that are nothing, thoughts and calls
// that came as text, and whether anything came at all.

import type { LanguageModelV4FinishReason, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { AnswerText } from "./answer-text";
import type { FinishReason, ModelEvent, ModelTool, ProviderMetadata } from "./model-event";
import { readSpokenCalls, readThoughtCalls, type SpokenCall } from "./spoken-calls";
import { toUsage } from "./usage";
import { EmptyAnswerError, FullContextError, IncompleteAnswerError } from "./wire-error";

type Part<Type extends LanguageModelV4StreamPart["type"]> = Extract<
  LanguageModelV4StreamPart,
  { type: Type }
>;
type FinishEvent = Extract<ModelEvent, { type: "finish" }>;

/** Of one answer, in characters: far beyond what any model gives, and a bound on memory. */
const ANSWER_MAX_CHARACTERS = 32 * 1024 * 1024;

/** How several wires say why an answer ended; not all packages know it. */
const FULL_CONTEXT = "model_context_window_exceeded";

export class StreamParts {
  readonly #tools: readonly ModelTool[];
  #characters = 0;
  #serial = 0;
  #hasText = false;
  #hasThought = false;
  #thought = "";
  #finish: Part<"finish"> | undefined;
  /**
   * By the id the package gave, in the order of their beginning; one that ended may be followed.
   */
  readonly #openTexts = new Map<string, AnswerText>();
  readonly #texts: AnswerText[] = [];
  readonly #openThoughts = new Map<string, string>();
  /** The id a package gave -> the id told; a call leaves when it is complete. */
  readonly #openCalls = new Map<string, string>();
  readonly #usedIDs = new Set<string>();
  readonly #calls: SpokenCall[] = [];

  /** `tools`: those that were offered. */
  constructor(tools: readonly ModelTool[]) {
    this.#tools = tools;
  }

  /** Whether nothing of the answer has come. */
  get isSilent(): boolean {
    return this.#characters === 0 && this.#usedIDs.size === 0;
  }

  /** The events of a part, if it has any. Throws what an error part holds. */
  take(part: LanguageModelV4StreamPart): ModelEvent[] {
    switch (part.type) {
      case "text-start":
        this.#openText(part.id, part.providerMetadata);
        return [];
      case "text-delta":
        this.#count(part.delta);
        return this.#note(this.#textOf(part.id).push(part.delta, part.providerMetadata));
      case "text-end":
        return this.#note(this.#endText(part));
      case "reasoning-start":
      case "reasoning-delta":
      case "reasoning-end":
        return this.#note(this.#think(part));
      case "tool-input-start":
      case "tool-input-delta":
      case "tool-call":
        return this.#takeCall(part);
      case "error":
        throw part.error ?? new IncompleteAnswerError("the stream ended with an error.");
      case "finish":
        // A package may correct itself at the end of the stream; the last one counts.
        this.#finish = part;
        return [];
      default:
        return [];
    }
  }

  /**
   * What was kept back until now, as the stream has ended: calls that came as text, or that text.
   * `echo` is what has to come back with the answer's reasoning besides.
   */
  flush(echo?: ProviderMetadata): ModelEvent[] {
    const ended = this.#texts.flatMap((text) => this.#note(text.end()));
    const held = this.#texts.flatMap((text) => this.#note(this.#settle(text)));
    const turned = this.#turnThought();
    return [...ended, ...held, ...turned, ...(echo ? this.#endThought(echo) : [])];
  }

  /** What was kept back, told as text: nothing more is coming of an answer that was given up. */
  abandon(): ModelEvent[] {
    return this.#texts.flatMap((text) => [...text.end(), ...(text.held ? text.release() : [])]);
  }

  /**
   * How the answer ended, once the stream has. Throws IncompleteAnswerError when it did not say so
   * itself, FullContextError when there was no room for one, and EmptyAnswerError when it ended
   * well without a single piece.
   */
  end(): FinishEvent & { isUseless: boolean } {
    const part = this.#finish;
    if (!part || isInterrupted(part.finishReason)) {
      throw new IncompleteAnswerError("the stream ended before the answer was complete.");
    }
    const hasCalls = this.#usedIDs.size > 0;
    const reason = finishReason(part.finishReason, hasCalls);
    const isUseless = !this.#hasText && !hasCalls;
    if (isUseless && part.finishReason.raw === FULL_CONTEXT) throw new FullContextError();
    const isEmpty = isUseless && !this.#hasThought;
    if (isEmpty && reason !== "length" && reason !== "content-filter") throw new EmptyAnswerError();
    return {
      type: "finish",
      reason,
      usage: toUsage(part.usage),
      ...metadata(part.providerMetadata),
      isUseless,
    };
  }

  #openText(id: string, given: ProviderMetadata | undefined): AnswerText {
    const text = new AnswerText({
      tools: this.#tools,
      nextID: () => this.#nextID(),
      metadata: given,
      isFirst: !this.#hasText && !this.#hasThought,
    });
    this.#texts.push(text);
    this.#openTexts.set(id, text);
    return text;
  }

  #textOf(id: string): AnswerText {
    return this.#openTexts.get(id) ?? this.#openText(id, undefined);
  }

  #endText({ id, providerMetadata }: Part<"text-end">): ModelEvent[] {
    const text = this.#openTexts.get(id);
    this.#openTexts.delete(id);
    return text?.end(providerMetadata) ?? [];
  }

  #think(part: Part<"reasoning-start" | "reasoning-delta" | "reasoning-end">): ModelEvent[] {
    const given = metadata(part.providerMetadata);
    const open = this.#openThoughts.get(part.id);
    // A package may use one id for several thoughts, one after the other.
    const id = part.type === "reasoning-start" ? this.#nextID() : (open ?? this.#nextID());
    this.#openThoughts.set(part.id, id);
    if (part.type !== "reasoning-delta") return [{ type: part.type, id, ...given }];
    this.#count(part.delta);
    if (part.delta === "" && !part.providerMetadata) return [];
    return [{ type: part.type, id, text: part.delta, ...given }];
  }

  #takeCall(part: Part<"tool-input-start" | "tool-input-delta" | "tool-call">): ModelEvent[] {
    if (part.type === "tool-input-delta") {
      const callID = this.#openCalls.get(part.id);
      if (callID === undefined) return [];
      this.#count(part.delta);
      return [{ type: "tool-delta", callID, text: part.delta }];
    }
    if (part.providerExecuted) return [];
    if (part.type === "tool-input-start") {
      return [{ type: "tool-start", callID: this.#openCall(part.id), tool: part.toolName }];
    }
    const callID = this.#openCalls.get(part.toolCallId) ?? this.#openCall(part.toolCallId);
    this.#openCalls.delete(part.toolCallId);
    const input = mendInput(part.input);
    this.#calls.push({ tool: part.toolName, input });
    const given = metadata(part.providerMetadata);
    return [{ type: "tool-call", callID, tool: part.toolName, input, ...given }];
  }

  /**
   * What may be calls, now that nothing follows it. Calls that came as such as well are no new
   * ones.
   */
  #settle(text: AnswerText): ModelEvent[] {
    if (text.held === "") return [];
    const spoken = readSpokenCalls(text.held, this.#tools);
    if (!spoken) return text.release();
    if (this.#calls.length === 0) return spoken.flatMap((call) => this.#spokenCall(call));
    const isTwice = spoken.every((call) => this.#calls.some((made) => isSame(made, call)));
    return isTwice ? [] : text.release();
  }

  /**
   * An answer that is nothing but a thought is one all the same, or a call that was only thought.
   */
  #turnThought(): ModelEvent[] {
    if (this.#hasText || this.#usedIDs.size > 0) return [];
    const calls = readThoughtCalls(this.#thought, this.#tools);
    if (calls) return calls.flatMap((call) => this.#spokenCall(call));
    const open = this.#texts.findLast((text) => text.openThought !== undefined)?.openThought;
    if (open === undefined || this.#finish?.finishReason.unified !== "stop") return [];
    this.#hasText = true;
    return [{ type: "recast", id: open, to: "text" }];
  }

  /** Of the last one, or of one that is known by this alone: it came encrypted. */
  #endThought(echo: ProviderMetadata): ModelEvent[] {
    const last = [...this.#openThoughts.values()].at(-1);
    const id = last ?? this.#nextID();
    const end = { type: "reasoning-end" as const, id, metadata: echo };
    return last === undefined ? [{ type: "reasoning-start", id }, end] : [end];
  }

  #spokenCall({ tool, input }: SpokenCall): ModelEvent[] {
    const callID = this.#openCall("");
    return [
      { type: "tool-start", callID, tool },
      { type: "tool-call", callID, tool, input },
    ];
  }

  #note(events: ModelEvent[]): ModelEvent[] {
    for (const event of events) {
      if (event.type === "text-delta" && event.text.trim() !== "") this.#hasText = true;
      if (event.type === "reasoning-delta") this.#thought += event.text;
      if (event.type === "recast") this.#hasText = false;
      this.#hasThought ||= event.type === "recast" || this.#thought !== "";
    }
    return events;
  }

  #nextID(): string {
    return String(this.#serial++);
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

function isSame(a: SpokenCall, b: SpokenCall): boolean {
  return a.tool === b.tool && plainJSON(a.input) === plainJSON(b.input);
}

/** Without what is only form, so that one call is told from another. */
function plainJSON(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text; // not JSON: the same only when it is the same text
  }
}

/** "null" and nothing at all are how some servers write that a tool takes no arguments. */
function mendInput(input: string): string {
  const text = input.trim();
  if (text === "" || text === "null") return "{}";
  return text.startsWith('"') ? (textWithin(text) ?? input) : input;
}

/** The JSON of an object which some models write once more as a JSON text. */
function textWithin(json: string): string | undefined {
  try {
    const inner: unknown = JSON.parse(json);
    return typeof inner === "string" && /^\s*\{/.test(inner) ? inner : undefined;
  } catch {
    return undefined; // the model is told that it is no JSON
  }
}

/** "other" without a word of the provider is what a package starts from, so nothing came. */
function isInterrupted({ unified, raw }: LanguageModelV4FinishReason): boolean {
  if (unified === "interrupted" || unified === "error") return true;
  return unified === "other" && raw === undefined;
}

function finishReason(
  { raw, unified }: LanguageModelV4FinishReason,
  hasCalls: boolean,
): FinishReason {
  if (raw === FULL_CONTEXT) return "length";
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
