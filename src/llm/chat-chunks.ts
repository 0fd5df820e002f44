// Chat chunks: what servers that copy OpenAI's chat completions send differently, brought to the
// shape that the provider package takes. It refuses a whole answer for one field of another type.
//
// Each rule is a row of the table; what none of them knows passes as it came. Kept aside is what
// the package does not hand on although the server wants it back: reasoning_details (OpenRouter),
// and the name of the field that reasoning came in.

import type { EventMender } from "./event-lines";
import { asRecord, type JSONRecord, parseJSON } from "./json-record";
import type { ProviderMetadata } from "./model-event";

/** Changes what it is given; whether it did. */
type Rule = (value: JSONRecord) => boolean;

/** The key under which the package takes what belongs to a message. */
export const CHAT_OPTIONS = "openaiCompatible";

/** The names of the field that reasoning comes in, and goes back in. */
const REASONING_FIELDS = ["reasoning_content", "reasoning"] as const;

const CHUNK_RULES: readonly Rule[] = [dropNoError, fillChoices, plainFields, plainUsage];
const CHOICE_RULES: readonly Rule[] = [findDelta, plainFinish];
const DELTA_RULES: readonly Rule[] = [plainDelta, nameReasoning, renewCall, listCalls];

/** A chunk with a piece of text, reasoning, or arguments of one call, and nothing else. */
const PIECES = new RegExp(
  String.raw`^(data:[^]*?"choices":\[\{"index":0,"delta":\{(?:"role":"assistant",)?(?:` +
    String.raw`"(?:content|reasoning_content|reasoning)":|` +
    String.raw`"tool_calls":\[\{"index":\d+,"function":\{"arguments":)")` +
    String.raw`((?:[^"\\]|\\.)*)` +
    String.raw`("(?:\}\}\])?\}(?:,"logprobs":null)?,"finish_reason":null\}\][^]*)$`,
);

export class ChatChunks implements EventMender {
  readonly pieces = PIECES;
  #hasContent = false;
  #isComplete = false;
  #field: string | undefined;
  readonly #details: JSONRecord[] = [];
  readonly #needsChoice: boolean;

  /** `needsChoice`: the package fails at a chunk without a choice. */
  constructor(options: { needsChoice?: boolean } = {}) {
    this.#needsChoice = options.needsChoice === true;
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** What belongs to the reasoning of the answer and has to come back with it. */
  get echo(): ProviderMetadata | undefined {
    const field = this.#field;
    const details = this.#details.length > 0 ? joinDetails(this.#details) : undefined;
    if (details === undefined && (field === undefined || field === "reasoning_content")) return;
    return { [CHAT_OPTIONS]: { ...(field && { field }), ...(details && { details }) } };
  }

  mend(data: string): string | undefined {
    const chunk = asRecord(parseJSON(data));
    if (!chunk) return undefined;
    if (isUsual(chunk)) return this.#noteUsual(chunk);
    const isFilled = this.#needsChoice && fillChoice(chunk);
    const isChunkMended = apply(CHUNK_RULES, chunk) || isFilled;
    const choice = asRecord(list(chunk["choices"])[0]);
    const isChoiceMended = choice !== undefined && apply(CHOICE_RULES, choice);
    const delta = asRecord(choice?.["delta"]);
    if (delta) this.#note(delta);
    const isDeltaMended = delta !== undefined && apply(DELTA_RULES, delta);
    this.#isComplete ||= typeof choice?.["finish_reason"] === "string";
    return isChunkMended || isChoiceMended || isDeltaMended ? JSON.stringify(chunk) : undefined;
  }

  /** Some servers say that they are done but never why: an answer that says something is one. */
  end(isAnnounced: boolean): string | undefined {
    if (this.#isComplete || !isAnnounced || !this.#hasContent) return undefined;
    return JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  }

  #noteUsual({ choices: [{ delta }] }: UsualChunk): undefined {
    this.#hasContent ||= Boolean(delta.content);
    if (delta.reasoning_content) this.#field ??= "reasoning_content";
  }

  #note(delta: JSONRecord): void {
    this.#hasContent ||= Boolean(delta["content"]) || list(delta["tool_calls"]).length > 0;
    this.#field ??= REASONING_FIELDS.find((name) => isFilled(delta[name]));
    this.#details.push(...records(list(delta["reasoning_details"])));
  }
}

/** A piece of text or reasoning and nothing else, as nearly all chunks are. */
interface UsualChunk {
  choices: [{ delta: { content?: string | null; reasoning_content?: string | null } }];
}

const USUAL_TEXTS: readonly string[] = ["content", "reasoning_content"];

/** Told at a glance, for speed: no rule would change it. */
function isUsual(chunk: JSONRecord): chunk is JSONRecord & UsualChunk {
  const { choices, created, error, id, model, usage } = chunk;
  if (error !== undefined || (usage !== null && usage !== undefined)) return false;
  if (typeof id !== "string" || typeof model !== "string" || typeof created !== "number") {
    return false;
  }
  if (!Array.isArray(choices) || choices.length !== 1) return false;
  const choice: unknown = choices[0];
  if (typeof choice !== "object" || choice === null || !("delta" in choice)) return false;
  if (!("finish_reason" in choice) || choice.finish_reason !== null) return false;
  const { delta } = choice;
  if (typeof delta !== "object" || delta === null) return false;
  for (const [key, value] of Object.entries(delta)) {
    if (key === "role" ? value !== "assistant" : value !== null && !isUsualText(key, value)) {
      return false;
    }
  }
  return true;
}

function isUsualText(key: string, value: unknown): boolean {
  return typeof value === "string" && USUAL_TEXTS.includes(key);
}

function apply(rules: readonly Rule[], value: JSONRecord): boolean {
  return rules.map((rule) => rule(value)).includes(true);
}

/** `"error": null` in every chunk is how some say that all is well. */
function dropNoError(chunk: JSONRecord): boolean {
  return "error" in chunk && !chunk["error"] && delete chunk["error"];
}

/** Chunks of usage, pings and states have none; what has words of an error is left to be one. */
function fillChoices(chunk: JSONRecord): boolean {
  const { choices } = chunk;
  const isError = ["error", "errors", "message", "detail"].some((key) => chunk[key]);
  if (Array.isArray(choices) || (isError && choices === undefined)) return false;
  chunk["choices"] = asRecord(choices) ? [choices] : [];
  return true;
}

function fillChoice(chunk: JSONRecord): boolean {
  if (list(chunk["choices"]).length > 0 || chunk["error"]) return false;
  chunk["choices"] = [{ index: 0, delta: {}, finish_reason: null }];
  return true;
}

/** Ids that are numbers, times that are texts: nothing that is used. */
function plainFields(chunk: JSONRecord): boolean {
  return dropUnless(chunk, { id: "string", model: "string", created: "number" });
}

function plainUsage(chunk: JSONRecord): boolean {
  const usage = asRecord(chunk["usage"]);
  if (!usage) return isFilled(chunk["usage"]) && delete chunk["usage"];
  const counts = ["prompt_tokens", "completion_tokens", "total_tokens"];
  const details = ["prompt_tokens_details", "completion_tokens_details"].map((key) => {
    const inner = asRecord(usage[key]);
    if (inner) return countsOf(inner, ["cached_tokens", "reasoning_tokens"]);
    return isFilled(usage[key]) && delete usage[key];
  });
  return [countsOf(usage, counts), ...details].includes(true);
}

function countsOf(values: JSONRecord, names: readonly string[]): boolean {
  let isMended = false;
  for (const name of names) {
    const value = values[name];
    if (!isFilled(value) || typeof value === "number") continue;
    const count = Number(value);
    if (Number.isFinite(count)) values[name] = count;
    else delete values[name];
    isMended = true;
  }
  return isMended;
}

/** A whole message, or the text of old completions, where a delta is due. */
function findDelta(choice: JSONRecord): boolean {
  if (asRecord(choice["delta"])) return false;
  const { message, text } = choice;
  const delta = asRecord(message) ?? (typeof text === "string" ? { content: text } : undefined);
  if (!delta && choice["delta"] === undefined) return false;
  if (delta) choice["delta"] = delta;
  else delete choice["delta"];
  return true;
}

/** No reason yet is an empty text to some. */
function plainFinish(choice: JSONRecord): boolean {
  const reason = choice["finish_reason"];
  if (reason === null || reason === undefined) return false;
  if (typeof reason === "string" && reason !== "" && reason !== "null") return false;
  choice["finish_reason"] = null;
  return true;
}

function plainDelta(delta: JSONRecord): boolean {
  const { role, content } = delta;
  const isOddRole = isFilled(role) && role !== "assistant" && delete delta["role"];
  const isOddContent = typeof content === "number" || typeof content === "boolean";
  if (isOddContent) delta["content"] = String(content);
  return isOddRole || isOddContent;
}

/** Ollama and others call it "thinking"; OpenRouter may give its details alone. */
function nameReasoning(delta: JSONRecord): boolean {
  let isMended = false;
  for (const name of REASONING_FIELDS) {
    if (!isFilled(delta[name]) || typeof delta[name] === "string") continue;
    delta[name] = detailText(delta[name]);
    isMended = true;
  }
  if (REASONING_FIELDS.some((name) => isFilled(delta[name]))) return isMended;
  const other = [delta["thinking"], delta["reasoning_text"], delta["thought"]].find(isFilled);
  const text = detailText(other ?? list(delta["reasoning_details"]));
  if (text === "") return isMended;
  delta["reasoning_content"] = text;
  return true;
}

/** The call of OpenAI's first API for functions. */
function renewCall(delta: JSONRecord): boolean {
  const call = asRecord(delta["function_call"]);
  if (!call || list(delta["tool_calls"]).length > 0) return false;
  delta["tool_calls"] = [{ index: 0, function: call }];
  delete delta["function_call"];
  return true;
}

function listCalls(delta: JSONRecord): boolean {
  const given = delta["tool_calls"];
  if (!isFilled(given)) return false;
  const isList = Array.isArray(given);
  const calls = list(isList ? given : [given]);
  const entries = records(calls);
  if (!isList || entries.length !== calls.length) delta["tool_calls"] = entries;
  const isAnyMended = entries.map(mendCall).includes(true);
  return isAnyMended || !isList || entries.length !== calls.length;
}

function mendCall(call: JSONRecord): boolean {
  const isLifted = !asRecord(call["function"]);
  if (isLifted) {
    const { name, arguments: args, input } = call;
    call["function"] = { ...(isFilled(name) && { name }), arguments: args ?? input };
  }
  const written = asRecord(call["function"]) ?? {};
  const args = written["arguments"];
  const isValue = isFilled(args) && typeof args !== "string";
  if (isValue) written["arguments"] = JSON.stringify(args);
  const index = call["index"];
  const isIndexText = typeof index === "string" && /^\d+$/.test(index);
  if (isIndexText) call["index"] = Number(index);
  const isIDNumber = typeof call["id"] === "number";
  if (isIDNumber) call["id"] = String(call["id"]);
  const isOdd = dropUnless(call, { index: "number", id: "string" });
  const isOddName = dropUnless(written, { name: "string" });
  return isLifted || isValue || isIndexText || isIDNumber || isOdd || isOddName;
}

function dropUnless(values: JSONRecord, types: Record<string, "string" | "number">): boolean {
  const odd = Object.keys(types).filter((name) => {
    return isFilled(values[name]) && typeof values[name] !== types[name];
  });
  for (const name of odd) delete values[name];
  return odd.length > 0;
}

/** The text in pieces of reasoning, however they hold it. */
function detailText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(detailText).join("");
  const piece = asRecord(value);
  return piece ? detailText(piece["text"] ?? piece["summary"] ?? piece["content"] ?? "") : "";
}

/**
 * Details stream in pieces: neighbours of one index and type are one, as they have to come back.
 */
function joinDetails(pieces: readonly JSONRecord[]): JSONRecord[] {
  const joined: JSONRecord[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const isSame = last && last["index"] === piece["index"] && last["type"] === piece["type"];
    if (!isSame || !("index" in piece)) joined.push({ ...piece });
    else Object.assign(last, piece, joinTexts(last, piece));
  }
  return joined;
}

function joinTexts(before: JSONRecord, piece: JSONRecord): JSONRecord {
  const names = ["text", "summary", "data"].filter((name) => isFilled(before[name]));
  return Object.fromEntries(names.map((name) => [name, `${before[name]}${piece[name] ?? ""}`]));
}

function records(values: readonly unknown[]): JSONRecord[] {
  return values.map(asRecord).filter((value) => value !== undefined);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
