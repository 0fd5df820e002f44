// Conversation: the messages of a session while it runs, in the order in which they were said. Read
// from the store once per run and then kept in step by the loop, so that a step costs what it adds,
// not what was before.
import type { AssistantMessage, MessageWithParts, UserMessage } from "@/schema/message";
import type { Part } from "@/schema/part";

export interface Prompt {
  info: UserMessage;
  parts: MessageWithParts["parts"];
}

/** What an assistant message of the conversation is; its parts grow while the step runs. */
export interface Answer {
  info: AssistantMessage;
  parts: MessageWithParts["parts"];
}

export class Conversation {
  #messages: MessageWithParts[];

  /** `messages` as the store lists them, by id. */
  constructor(messages: readonly MessageWithParts[]) {
    this.#messages = orderMessages(messages);
  }

  get messages(): readonly MessageWithParts[] {
    return this.#messages;
  }

  /** Adds what was said last. A prompt that stands before answers to others moves behind them. */
  add(messages: readonly MessageWithParts[]): void {
    for (const message of messages) {
      const at = this.#messages.findIndex(({ info }) => info.id === message.info.id);
      const isInPlace = at >= 0 && this.#messages.slice(at).every(isUser);
      if (isInPlace) continue;
      if (at >= 0) this.#messages.splice(at, 1);
      this.#messages.push(message);
    }
  }

  /** The newest user message that is to be answered: one that asks for a summary is not. */
  prompt(): Prompt | undefined {
    const found = this.#messages.findLast((message) => isUser(message) && !asksSummary(message));
    return found?.info.role === "user" ? { info: found.info, parts: found.parts } : undefined;
  }

  /** The newest assistant message; a summary that failed is no answer. */
  answer(): MessageWithParts | undefined {
    return this.#messages.findLast(
      ({ info }) => info.role === "assistant" && !(info.summary && info.error),
    );
  }

  /** Puts a changed part in the place of what it was. */
  replacePart(part: Part): void {
    const message = this.#messages.find(({ info }) => info.id === part.messageID);
    const at = message?.parts.findIndex(({ id }) => id === part.id) ?? -1;
    if (message && at >= 0) message.parts[at] = part;
  }
}

/**
 * Messages in the order of their ids, but for prompts whose ids clients chose out of order: such a
 * one stands right before its first answer, where it was said.
 */
export function orderMessages(messages: readonly MessageWithParts[]): MessageWithParts[] {
  const firstAnswers: Record<string, number> = {};
  for (const [index, { info }] of messages.entries()) {
    if (info.role === "assistant") firstAnswers[info.parentID] ??= index;
  }
  const moved: Record<number, MessageWithParts> = {};
  const kept: Record<number, true> = {};
  let nextAnswer = -1;
  for (const [index, message] of [...messages.entries()].reverse()) {
    const firstAnswer = isUser(message) ? firstAnswers[message.info.id] : undefined;
    if (!isUser(message)) nextAnswer = index;
    if (firstAnswer === undefined || firstAnswer === nextAnswer) kept[index] = true;
    else moved[firstAnswer] = message;
  }
  return messages.flatMap((message, index) => [
    ...(moved[index] ? [moved[index]] : []),
    ...(kept[index] ? [message] : []),
  ]);
}

function asksSummary({ parts }: MessageWithParts): boolean {
  return parts.some((part) => part.type === "compaction");
}

function isUser({ info }: MessageWithParts): boolean {
  return info.role === "user";
}
