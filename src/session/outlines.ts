// Outlines: the messages of sessions that change files, without what is said in them: which prompt
// they answer, and which of their parts changed something. Kept between the steps of a session, and
// each time brought up to date by what its rows say has changed, whoever did it: a step costs what
// it adds, not what was before.
import type { Message, MessageWithParts } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { SessionStore } from "@/storage/session-store";
import { outlineCall } from "./revert-changes";

interface Outline {
  /** Of the last change that is in it. */
  seq: number;
  messages: Map<string, MessageWithParts>;
}

/** The ones used last are kept; another one is read as a whole. */
const KEPT_MAX = 50;

export class Outlines {
  readonly #store: SessionStore;
  readonly #kept = new Map<string, Outline>();

  constructor(store: SessionStore) {
    this.#store = store;
  }

  /** By id, as the store lists them. Texts, outputs and files are empty. */
  read(sessionID: string): MessageWithParts[] {
    const outline = this.#known(sessionID);
    const current = outline ? this.#follow(sessionID, outline) : this.#load(sessionID);
    this.#kept.delete(sessionID);
    this.#kept.set(sessionID, current);
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= KEPT_MAX) break;
      this.#kept.delete(oldest);
    }
    const { messages } = current;
    return [...messages.values()].sort((a, b) => (a.info.id < b.info.id ? -1 : 1));
  }

  /** What is kept, unless removals since may have been forgotten. */
  #known(sessionID: string): Outline | undefined {
    const outline = this.#kept.get(sessionID);
    return outline && outline.seq >= this.#store.oldestCursor() ? outline : undefined;
  }

  #load(sessionID: string): Outline {
    // First, so that what is changed meanwhile is read again rather than never.
    const seq = this.#store.lastSeq();
    const messages = new Map<string, MessageWithParts>();
    for (const { info, parts } of this.#store.listMessages(sessionID).messages) {
      const kept = parts.flatMap((part) => outlinePart(info, part) ?? []);
      messages.set(info.id, { info: outlineInfo(info), parts: kept });
    }
    return { seq, messages };
  }

  #follow(sessionID: string, { messages, seq }: Outline): Outline {
    const changes = this.#store.messageChangesAfter(sessionID, seq);
    for (const { messageID, partID } of changes.removed) {
      const message = messages.get(messageID);
      if (partID === null) messages.delete(messageID);
      else if (message) message.parts = message.parts.filter(({ id }) => id !== partID);
    }
    for (const info of changes.messages) {
      messages.set(info.id, { parts: messages.get(info.id)?.parts ?? [], info: outlineInfo(info) });
    }
    for (const part of changes.parts) {
      const message = messages.get(part.messageID);
      if (!message) continue; // gone again
      const others = message.parts.filter(({ id }) => id !== part.id);
      const kept = outlinePart(message.info, part);
      message.parts = kept ? [...others, kept].sort((a, b) => (a.id < b.id ? -1 : 1)) : others;
    }
    return { seq: changes.seq, messages };
  }
}

function outlineInfo(info: Message): Message {
  if (info.role === "assistant") return info;
  const { summary: _, ...rest } = info;
  return rest;
}

/** Undefined for what tells nothing of changes and prompts. */
function outlinePart({ role }: Message, part: Part): Part | undefined {
  if (part.type === "tool") return outlineCall(part);
  if (role === "assistant") return undefined;
  if (part.type === "text") return { ...part, text: "" };
  if (part.type !== "file") return part;
  const { source: _, ...file } = part;
  return { ...file, url: "" };
}
