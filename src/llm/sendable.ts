// Sendable: a conversation in the shape that the model's server takes. Servers refuse a whole
// request, and with it the session, for one id, role, empty text or half character of its history.
// Pure, and each message becomes the same at every request, whatever follows it.
//
// - Any: lone surrogates are no Unicode (JSON parsers refuse them); empty texts and messages are
//   refused by Anthropic, Bedrock and Mistral; a request ends with what is to be answered.
// - Ids of calls: Mistral takes nine letters and digits, Anthropic and Bedrock word characters and
//   dashes, OpenAI and Azure at most 64 of them.
// - Documents: Bedrock refuses two of one name, and knows few letters; it gets none.
// - Roles: Mistral takes no user right after a result; neither it nor Gemini takes calls right
//   after another answer.
// - Reasoning that has to come back: reasoning-echo.ts. OpenAI takes an item of reasoning with its
//   encrypted content or not at all; one of an answer that was cut has none. The other packages
//   leave out themselves what is not signed. Where it is a part of its own, something follows it.

import { createHash } from "node:crypto";
import type { Model } from "@/schema/provider";
import type { ModelMessage } from "./model-event";
import { isChatCompletions } from "./packages";
import { echoReasoning } from "./reasoning-echo";

type Part = Exclude<ModelMessage["content"], string>[number];

interface Rules {
  callID: { fits: RegExp; from: (id: string) => string };
  /** Words of an assistant between a result and a user. */
  partsResultAndUser?: boolean;
  /** Words of a user between two answers. */
  partsAnswers?: boolean;
}

const ANY: Rules = {
  callID: { fits: /^[\w-]{1,64}$/, from: (id) => `call_${digest(id).slice(0, 24)}` },
};
const MISTRAL: Rules = {
  callID: { fits: /^[a-zA-Z0-9]{9}$/, from: (id) => digest(id).slice(0, 9) },
  partsResultAndUser: true,
  partsAnswers: true,
};
const GOOGLE: Rules = { ...ANY, partsAnswers: true };

/** Also of servers that offer a family's models with its own rules for conversations. */
const FAMILIES: readonly [npm: RegExp, model: RegExp, Rules][] = [
  [/\/mistral$/, /./, MISTRAL],
  [/\/google/, /gemini|gemma/i, GOOGLE],
  [/compatible|openrouter|\/gateway/, /mistral|codestral|devstral|ministral|pixtral/i, MISTRAL],
];

export function toSendable(
  messages: readonly ModelMessage[],
  model: Pick<Model, "api" | "capabilities">,
): ModelMessage[] {
  const { npm, id } = model.api;
  const rules = FAMILIES.find(([ofNpm, ofID]) => ofNpm.test(npm) && ofID.test(id))?.[2] ?? ANY;
  const whole = messages.map((message) => wellFormed(message)).flatMap(withoutEmpty);
  const sealed = /\/(openai|azure)$/.test(npm) ? whole.flatMap(withSealedOnly) : whole;
  const followed = isChatCompletions(npm) ? sealed : sealed.map(withoutLastThoughts);
  const nameless = npm.endsWith("/amazon-bedrock") ? followed.map(withoutFileNames) : followed;
  const named = nameless.map((message) => withCallIDs(message, rules));
  return echoReasoning(withBridges(named, rules), model);
}

/** Every text in the value with its lone surrogates replaced; the same value when it has none. */
function wellFormed<T>(value: T): T {
  if (typeof value === "string") return value.isWellFormed() ? value : (value.toWellFormed() as T);
  if (typeof value !== "object" || value === null || isWellFormed(value)) return value;
  if (Array.isArray(value)) return value.map(wellFormed) as T;
  const mended = Object.entries(value).map(([key, entry]) => [wellFormed(key), wellFormed(entry)]);
  return Object.fromEntries(mended) as T;
}

/** Nothing is made for the answer: all of a history is looked through at every request. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null || !isPlain(value)) return true;
  if (Array.isArray(value)) return value.every(isWellFormed);
  for (const [key, entry] of Object.entries(value)) {
    if (!key.isWellFormed() || !isWellFormed(entry)) return false;
  }
  return true;
}

/** Bytes and URLs are values of their own. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

function withoutEmpty(message: ModelMessage): ModelMessage[] {
  if (typeof message.content === "string") return message.content === "" ? [] : [message];
  const content = message.content.filter((part) => !isEmpty(part));
  const isSaid = content.some((part) => part.type !== "reasoning");
  if (!isSaid) return [];
  return content.length === message.content.length ? [message] : [withContent(message, content)];
}

function isEmpty(part: Part): boolean {
  return part.type === "text" && part.text.trim() === "";
}

/** An item may be several parts, of which any holds what seals it. */
function withSealedOnly(message: ModelMessage): ModelMessage[] {
  if (message.role !== "assistant") return [message];
  const itemOf = (part: Part) => part.providerOptions?.["openai"]?.["itemId"];
  const sealed = message.content.filter(
    (part) => part.providerOptions?.["openai"]?.["reasoningEncryptedContent"],
  );
  const isSealed = (part: Part) => sealed.some((other) => itemOf(other) === itemOf(part));
  const content = message.content.filter((part) => part.type !== "reasoning" || isSealed(part));
  return withoutEmpty(withContent(message, content));
}

/** Thoughts that an answer ended with, at its limit or in an abort, explain nothing any more. */
function withoutLastThoughts(message: ModelMessage): ModelMessage {
  if (message.role !== "assistant" || message.content.at(-1)?.type !== "reasoning") return message;
  const last = message.content.findLastIndex((part) => part.type !== "reasoning");
  return withContent(message, message.content.slice(0, last + 1));
}

function withoutFileNames(message: ModelMessage): ModelMessage {
  if (message.role !== "user") return message;
  const content = message.content.map((part) => {
    if (part.type !== "file") return part;
    const { filename: _filename, ...nameless } = part;
    return nameless;
  });
  return withContent(message, content);
}

function withCallIDs(message: ModelMessage, { callID }: Rules): ModelMessage {
  if (message.role !== "assistant" && message.role !== "tool") return message;
  const isOdd = (part: Part) => "toolCallId" in part && !callID.fits.test(part.toolCallId);
  if (!message.content.some(isOdd)) return message;
  const content = message.content.map((part) =>
    "toolCallId" in part && isOdd(part)
      ? { ...part, toolCallId: callID.from(part.toolCallId) }
      : part,
  );
  return withContent(message, content);
}

/** The parts are of the message's own kind: they come from it. */
function withContent(message: ModelMessage, content: readonly Part[]): ModelMessage {
  return { ...message, content } as ModelMessage;
}

function withBridges(messages: readonly ModelMessage[], rules: Rules): ModelMessage[] {
  const bridged: ModelMessage[] = [];
  for (const message of messages) {
    const before = bridged.at(-1)?.role;
    if (before === "tool" && message.role === "user" && rules.partsResultAndUser) {
      bridged.push({ role: "assistant", content: [{ type: "text", text: "Done." }] });
    }
    if (before === "assistant" && message.role === "assistant" && rules.partsAnswers) {
      bridged.push(GO_ON);
    }
    bridged.push(message);
  }
  // An answer that is to be gone on with is refused by newer models.
  if (bridged.at(-1)?.role === "assistant") bridged.push(GO_ON);
  return bridged;
}

const GO_ON: ModelMessage = { role: "user", content: [{ type: "text", text: "Go on." }] };

/** Letters and digits that stand for the id, always the same ones. */
function digest(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}
