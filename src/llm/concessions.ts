// Concessions: what a server refuses for a reason that the request can do without. The request is
// changed and sent once more, and what was refused is not sent to that model again, so that one
// image, schema or signature costs neither the turn nor the session.
//
// - Images and documents that a server names in its refusal become notes. It does not say which
//   one, so all do that came since its last answer, or all there are; later ones are sent.
// - Schemas of tools that its grammar compiler does not know become plain ones (plain-schema.ts).
// - Templates that want users and answers to alternate get neighbours of one role as one message.
// - Temperature and top_p are left out, and the limit goes by its newer name, for models that fix
//   or rename them without the catalog's knowledge.
// - Reasoning whose signature or encryption is refused (of another region, key or version) is left
//   out; reasoning that is missed is filled in, or else not asked for until another turn.

import { createHash } from "node:crypto";
import { outputLimit } from "./call-options";
import type { Answer } from "./error-answer";
import type { ModelMessage, ModelRequest } from "./model-event";
import { toPlainSchema } from "./plain-schema";

type Name =
  "media" | "schemas" | "roles" | "filled" | "thinking" | "reasoning" | "sampling" | "limit";
type UserPart = Exclude<Extract<ModelMessage, { role: "user" }>["content"], string>[number];

interface Concession {
  name: Name;
  /** Of the statuses that are asked about; an error in a stream may have none. */
  statuses: readonly number[];
  words: RegExp;
  /** Whether the request holds what could be conceded. */
  concerns: (request: ModelRequest) => boolean;
}

const REFUSED: readonly number[] = [400, 422];

const CONCESSIONS: readonly Concession[] = [
  {
    name: "filled",
    statuses: REFUSED,
    words: /reasoning_content/,
    concerns: (request) => answersOf(request).length > 0,
  },
  {
    // While thinking is on, calls that are to be gone on with have to have begun with a thought.
    name: "thinking",
    statuses: REFUSED,
    words: /thinking.{0,80}but found|must start with a thinking block/i,
    concerns: (request) => callsUnderWay(request).length > 0,
  },
  {
    name: "reasoning",
    statuses: REFUSED,
    words: phrases(
      "signature",
      "encrypted[_ ]content",
      "redacted_thinking",
      "thinking.{0,20}block",
      "reasoning'? item",
      "item.{0,80}reasoning",
    ),
    concerns: (request) => answersOf(request).some(hasReasoning),
  },
  {
    name: "media",
    statuses: [...REFUSED, 415],
    words: /image|media|attachment|document|pdf|multimodal|vision/i,
    concerns: hasMedia,
  },
  // Too large as a whole: media are what makes it so, where there are any.
  { name: "media", statuses: [413], words: /^/, concerns: hasMedia },
  {
    name: "limit",
    statuses: REFUSED,
    words: /max_tokens.{0,80}max_completion_tokens/i,
    concerns: () => true,
  },
  {
    name: "sampling",
    statuses: REFUSED,
    words: /temperature|top_p/i,
    concerns: ({ temperature, topP }) => temperature !== undefined || topP !== undefined,
  },
  {
    // llama.cpp fails with 500 where its grammar cannot be made.
    name: "schemas",
    statuses: [...REFUSED, 500],
    words: /grammar|schema|\$ref|generate parser|invalid.{0,40}(parameters|pattern|regex)/i,
    concerns: ({ tools }) => tools.length > 0,
  },
  {
    name: "roles",
    statuses: [...REFUSED, 500],
    words: phrases(
      "roles? must alternate",
      "alternat(e|ing) (between )?user",
      "unexpected role",
      "consecutive.{0,40}(role|user)",
    ),
    concerns: () => true,
  },
];

function phrases(...alternatives: string[]): RegExp {
  return new RegExp(alternatives.join("|"), "i");
}

/** Of what is remembered; the oldest is forgotten, and then refused once more. */
const REMEMBERED_MAX = 2_000;

export class Concessions {
  /** By the model's key and what was conceded: the kind, or a digest of what was refused. */
  readonly #made = new Set<string>();

  /** Whether the request may be sent again, as `apply` then makes it. */
  concede(request: ModelRequest, answer: Answer): boolean {
    const said = `${answer.tags} ${answer.words} ${answer.body.slice(0, 4_000)}`;
    const status = answer.statusCode ?? 400;
    const sent = this.apply(request);
    const found = CONCESSIONS.find(
      ({ concerns, name, statuses, words }) =>
        statuses.includes(status) &&
        words.test(said) &&
        concerns(sent) &&
        !this.#has(request, isLasting(name) ? name : undefined),
    );
    if (!found) return false;
    const keys = isLasting(found.name) ? [found.name] : refusedOf(sent, found.name).map(digest);
    for (const key of keys) this.#remember(keyOf(request, key));
    return true;
  }

  /** The request without what its model refused before; the same one where that is nothing. */
  apply(request: ModelRequest): ModelRequest {
    if (this.#made.size === 0) return request;
    const isRefused = (value: unknown) => this.#has(request, digest(value));
    const isFilled = this.#has(request, "filled");
    const messages = request.messages
      .map((message) => withoutRefused(message, isRefused))
      .map((message) => (isFilled ? withReasoning(message) : message));
    const { temperature, topP, ...fixed } = request;
    const sampling = { ...(temperature !== undefined && { temperature }), ...(topP && { topP }) };
    return {
      ...fixed,
      ...(this.#has(request, "sampling") ? {} : sampling),
      options: {
        ...request.options,
        ...(this.#has(request, "limit") && { max_completion_tokens: outputLimit(request) }),
        ...(callsUnderWay(request).some(isRefused) && NO_THINKING),
      },
      messages: this.#has(request, "roles") ? mergeRoles(messages) : messages,
      tools: this.#has(request, "schemas")
        ? request.tools.map((tool) => ({ ...tool, parameters: toPlainSchema(tool.parameters) }))
        : request.tools,
    };
  }

  #has(request: ModelRequest, key: string | undefined): boolean {
    return key !== undefined && this.#made.has(keyOf(request, key));
  }

  #remember(key: string): void {
    this.#made.add(key);
    for (const oldest of this.#made) {
      if (this.#made.size <= REMEMBERED_MAX) break;
      this.#made.delete(oldest);
    }
  }
}

/** Whether it is of the model rather than of what was sent to it. */
function isLasting(name: Name): boolean {
  return name !== "media" && name !== "thinking" && name !== "reasoning";
}

function keyOf({ model, provider }: ModelRequest, key: string): string {
  return `${provider.id}/${model.id} ${key}`;
}

/** Short enough to remember many, whatever was refused. */
function digest(value: unknown): string {
  const hash = createHash("sha256").update(typeof value === "string" ? value : json(value));
  return hash.digest("base64url");
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

function refusedOf(request: ModelRequest, name: Name): unknown[] {
  if (name === "thinking") return callsUnderWay(request);
  const { messages } = request;
  if (name === "reasoning") return messages.flatMap(({ content }) => reasoningOf(content));
  const media = messages.map(({ content }) => mediaOf(content));
  const fresh = media.slice(messages.findLastIndex(({ role }) => role === "assistant") + 1).flat();
  return fresh.length > 0 ? fresh : media.flat();
}

/** Unset, as the packages name it: how, and how much, a model is to think. */
const NO_THINKING = {
  thinking: undefined,
  effort: undefined,
  reasoningConfig: undefined,
  reasoningEffort: undefined,
};

/** The calls of the last turn that has any answer, by what names them. */
function callsUnderWay({ messages }: ModelRequest): unknown[] {
  const end = messages.findLastIndex(({ role }) => role !== "user");
  const begin = messages.findLastIndex(({ role }, at) => at < end && role === "user");
  return messages.slice(begin + 1, end + 1).flatMap((message) => {
    if (message.role !== "assistant") return [];
    return message.content.flatMap((part) =>
      part.type === "tool-call" ? [[part.toolCallId, part.toolName, part.input]] : [],
    );
  });
}

/** What stands for the media of a message: their data. */
function mediaOf(content: ModelMessage["content"]): unknown[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) => (part.type === "file" ? [mediaKey(part)] : []));
}

function mediaKey(part: Extract<UserPart, { type: "file" }>): unknown {
  return part.data.type === "data" ? part.data.data : part.data;
}

/** What stands for the reasoning of a message: what came with it from the provider. */
function reasoningOf(content: ModelMessage["content"]): unknown[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) => (part.providerOptions ? [part.providerOptions] : []));
}

function hasMedia({ messages }: ModelRequest): boolean {
  return messages.some(({ content }) => mediaOf(content).length > 0);
}

function answersOf({ messages }: ModelRequest): ModelMessage[] {
  return messages.filter(({ role }) => role === "assistant");
}

function hasReasoning({ content }: ModelMessage): boolean {
  return reasoningOf(content).length > 0;
}

function withoutRefused(
  message: ModelMessage,
  isRefused: (value: unknown) => boolean,
): ModelMessage {
  if (message.role === "user") {
    if (mediaOf(message.content).length === 0) return message;
    return { ...message, content: message.content.map((part) => noteFor(part, isRefused)) };
  }
  if (message.role !== "assistant" || !hasReasoning(message)) return message;
  const content = message.content.flatMap((part) => {
    if (!part.providerOptions || !isRefused(part.providerOptions)) return [part];
    const { providerOptions: _refused, ...plain } = part;
    return part.type === "reasoning" ? [] : [plain];
  });
  return { ...message, content };
}

function noteFor(part: UserPart, isRefused: (value: unknown) => boolean): UserPart {
  if (part.type !== "file" || !isRefused(mediaKey(part))) return part;
  const name = part.filename ?? part.mediaType;
  return { type: "text", text: `(${name} is left out: the provider refused it)` };
}

function mergeRoles(messages: readonly ModelMessage[]): ModelMessage[] {
  const merged: ModelMessage[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (last?.role === "user" && message.role === "user") {
      merged[merged.length - 1] = { ...last, content: [...last.content, ...message.content] };
    } else if (last?.role === "assistant" && message.role === "assistant") {
      merged[merged.length - 1] = { ...last, content: [...last.content, ...message.content] };
    } else merged.push(message);
  }
  return merged;
}

/** Something thought, where nothing was: a space, as in reasoning-echo.ts. */
function withReasoning(message: ModelMessage): ModelMessage {
  if (message.role !== "assistant") return message;
  if (message.content.some((part) => part.type === "reasoning")) return message;
  return { ...message, content: [{ type: "reasoning", text: " " }, ...message.content] };
}
