// Event menders: for each wire, how one answer's events are mended, and when it is complete. What
// is written here servers have been seen to send: Anthropic's copies leave out usage and
// message_stop and add events of their own; no wire is sure to be closed by whoever is in between.

import { ChatChunks } from "./chat-chunks";
import type { EventMender } from "./event-lines";
import { asRecord, type JSONRecord, parseJSON } from "./json-record";
import type { ProviderMetadata } from "./model-event";
import { isChatCompletions } from "./packages";

/** A mender of an answer, and what of it has to come back besides what the package hands on. */
export interface AnswerMender extends EventMender {
  readonly echo?: ProviderMetadata | undefined;
}

/** Undefined for packages whose answers are no event streams. */
export function menderFor(npm: string): AnswerMender | undefined {
  if (isChatCompletions(npm) || npm === "@ai-sdk/xai") return new ChatChunks();
  return MENDERS[npm]?.();
}

const MENDERS: Readonly<Record<string, () => AnswerMender>> = {
  "@ai-sdk/mistral": () => new ChatChunks({ needsChoice: true }),
  "@ai-sdk/anthropic": () => new AnthropicEvents(),
  "@ai-sdk/google-vertex/anthropic": () => new AnthropicEvents(),
  "@ai-sdk/openai": () =>
    new MarkedEvents(/"type"\s*:\s*"response\.(completed|incomplete|failed)"/),
  "@ai-sdk/azure": () => new MarkedEvents(/"type"\s*:\s*"response\.(completed|incomplete|failed)"/),
  "@ai-sdk/google": () => new MarkedEvents(/"finishReason"\s*:\s*"/),
  "@ai-sdk/google-vertex": () => new MarkedEvents(/"finishReason"\s*:\s*"/),
};

/** Nothing to mend; the answer is complete with an event that has the mark. */
class MarkedEvents implements AnswerMender {
  readonly #mark: RegExp;
  #isComplete = false;

  constructor(mark: RegExp) {
    this.#mark = mark;
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  mend(data: string): undefined {
    this.#isComplete ||= this.#mark.test(data);
  }

  end(): undefined {}
}

const PING = '{"type":"ping"}';
const KNOWN_EVENTS = /^(message_(start|delta|stop)|content_block_(start|delta|stop)|error|ping)$/;
/** As nearly all of them begin: told without being parsed. */
const USUAL =
  /^\{"type":"content_block_delta","index":\d+,"delta":\{"type":"(text|input_json)_delta"/;
const KNOWN_DELTAS = /^(text|input_json|thinking|signature|citations|compaction)_?(delta)$/;

const PIECES = new RegExp(
  String.raw`^(data:\s*\{"type":"content_block_delta","index":\d+,"delta":\{` +
    String.raw`"type":"(?:text|thinking|input_json)_delta","(?:text|thinking|partial_json)":")` +
    String.raw`((?:[^"\\]|\\.)*)("\s*\}\s*\}\s*)$`,
);

class AnthropicEvents implements AnswerMender {
  readonly pieces = PIECES;
  #hasReason = false;
  #isStopped = false;

  get isComplete(): boolean {
    return this.#isStopped;
  }

  mend(data: string): string | undefined {
    const event = USUAL.test(data) ? undefined : asRecord(parseJSON(data));
    if (!event) return undefined;
    const type = String(event["type"]);
    const delta = asRecord(event["delta"]);
    this.#isStopped ||= type === "message_stop";
    this.#hasReason ||= type === "message_delta" && typeof delta?.["stop_reason"] === "string";
    // An error in a shape of its own is for the package to stumble over: it is told as one then.
    if (!KNOWN_EVENTS.test(type)) return "error" in event || "detail" in event ? undefined : PING;
    if (type === "content_block_delta") {
      return KNOWN_DELTAS.test(String(delta?.["type"])) ? undefined : PING;
    }
    const isMended = fillUsage(type === "message_start" ? asRecord(event["message"]) : event, type);
    return isMended ? JSON.stringify(event) : undefined;
  }

  end(): string | undefined {
    if (this.#isStopped || !this.#hasReason) return undefined;
    this.#isStopped = true;
    return '{"type":"message_stop"}';
  }
}

/** Counts that are left out are zero. */
function fillUsage(holder: JSONRecord | undefined, type: string): boolean {
  const count = { message_start: "input_tokens", message_delta: "output_tokens" }[type];
  if (!holder || count === undefined) return false;
  const usage = asRecord(holder["usage"]) ?? {};
  if (typeof usage[count] === "number") return false;
  holder["usage"] = { ...usage, [count]: Number(usage[count] ?? 0) || 0 };
  return true;
}
