// The part of the reducer that keeps messages and their parts. The newest messages are looked at
// first, and a change copies the list of one transcript and of one message, never a text.
import type { BusEvent } from "@/schema/event";
import type { Message, MessageWithParts } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { LocalChange } from "./change";
import type { Transcript } from "./state";

/** Who goes from session to session all day has the memory of these; others are loaded again. */
const TRANSCRIPTS_MAX = 20;

export type Transcripts = Readonly<Record<string, Transcript>>;
type Loaded = Extract<LocalChange, { type: "transcript.loaded" }>;

/** Messages of sessions whose transcript is not loaded are not kept. */
export function reduceTranscripts(transcripts: Transcripts, event: BusEvent): Transcripts {
  switch (event.type) {
    case "message.updated":
      return edit(transcripts, event.properties.sessionID, (messages) =>
        putMessage(messages, event.properties.info),
      );
    case "message.removed":
      return edit(transcripts, event.properties.sessionID, (messages) =>
        without(messages, ({ info }) => info.id === event.properties.messageID),
      );
    case "message.part.updated": {
      const { part } = event.properties;
      return editParts(transcripts, part, (parts) => putPart(parts, part));
    }
    case "message.part.removed":
      return editParts(transcripts, event.properties, (parts) =>
        without(parts, (part) => part.id === event.properties.partID),
      );
    case "message.part.delta": {
      const { partID, field, delta } = event.properties;
      return editParts(transcripts, event.properties, (parts) =>
        extendPart(parts, partID, field, delta),
      );
    }
    case "session.created": {
      // A subagent's is followed from its beginning: its parent shows what it does.
      const { info } = event.properties;
      const isFollowed = info.parentID !== undefined && !transcripts[info.id];
      return isFollowed ? { ...transcripts, [info.id]: { messages: [] } } : transcripts;
    }
    case "session.deleted": {
      const { [event.properties.sessionID]: gone, ...rest } = transcripts;
      return gone ? rest : transcripts;
    }
    default:
      return transcripts;
  }
}

/** Puts a page in its place; what was told of its messages meanwhile is newer and stays. */
export function loadTranscript(
  transcripts: Transcripts,
  loaded: Loaded,
  openID: string | undefined,
): Transcripts {
  const { sessionID, messages, older, place } = loaded;
  const present = place === "older" ? (transcripts[sessionID]?.messages ?? []) : [];
  const known = new Set(present.map(({ info }) => info.id));
  const added = messages.filter(({ info }) => !known.has(info.id));
  const transcript = {
    messages: [...added, ...present],
    ...(older !== undefined && { older }),
  };
  if (place === "older") return { ...transcripts, [sessionID]: transcript };
  // Last in its order, so that the ones opened longest ago are the first to be let go.
  const { [sessionID]: _, ...others } = transcripts;
  const entries = Object.entries(others);
  const first = entries.length + 1 - TRANSCRIPTS_MAX;
  const kept = entries.filter(([id], at) => at >= first || id === openID);
  return { ...Object.fromEntries(kept), [sessionID]: transcript };
}

function edit(
  transcripts: Transcripts,
  sessionID: string,
  change: (messages: readonly MessageWithParts[]) => readonly MessageWithParts[],
): Transcripts {
  const transcript = transcripts[sessionID];
  if (!transcript) return transcripts;
  const messages = change(transcript.messages);
  if (messages === transcript.messages) return transcripts;
  return { ...transcripts, [sessionID]: { ...transcript, messages } };
}

function editParts(
  transcripts: Transcripts,
  place: { sessionID: string; messageID: string },
  change: (parts: readonly Part[]) => readonly Part[],
): Transcripts {
  return edit(transcripts, place.sessionID, (messages) => {
    const at = messages.findLastIndex(({ info }) => info.id === place.messageID);
    const entry = messages[at];
    if (!entry) return messages;
    const parts = change(entry.parts);
    return parts === entry.parts
      ? messages
      : messages.with(at, { info: entry.info, parts: [...parts] });
  });
}

function putMessage(
  messages: readonly MessageWithParts[],
  info: Message,
): readonly MessageWithParts[] {
  const at = messages.findLastIndex((entry) => entry.info.id <= info.id);
  const entry = messages[at];
  if (entry?.info.id === info.id) return messages.with(at, { info, parts: entry.parts });
  return messages.toSpliced(at + 1, 0, { info, parts: [] });
}

function putPart(parts: readonly Part[], part: Part): readonly Part[] {
  const at = parts.findLastIndex((one) => one.id <= part.id);
  return parts[at]?.id === part.id ? parts.with(at, part) : parts.toSpliced(at + 1, 0, part);
}

/** Text, reasoning and the arguments of a call grow; a delta of anything else is dropped. */
function extendPart(
  parts: readonly Part[],
  partID: string,
  field: string,
  delta: string,
): readonly Part[] {
  const at = parts.findLastIndex((one) => one.id === partID);
  const part = parts[at];
  if (!part || field !== "text") return parts;
  if (part.type !== "text" && part.type !== "reasoning") return parts;
  return parts.with(at, { ...part, text: part.text + delta });
}

function without<T>(list: readonly T[], isGone: (value: T) => boolean): readonly T[] {
  const at = list.findLastIndex(isGone);
  return at === -1 ? list : list.toSpliced(at, 1);
}
