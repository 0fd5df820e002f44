// History: the messages of a session as its run finds them, read from the store once per run. Of a
// session that was summarised no more is read than a model can still be told.
import type { Clock } from "@/base/clock";
import type { MessageWithParts } from "@/schema/message";
import type { SessionStore } from "@/storage/session-store";
import { Conversation, orderMessages } from "./conversation";
import type { Records } from "./records";
import { ended, endUnfinished, interrupted } from "./unfinished";
import { findLastPrompt, findSummary } from "./visible-history";

interface HistorySources {
  clock: Clock;
  records: Records;
  store: SessionStore;
}

const PAGE_MESSAGES = 200;

/**
 * The conversation of a session that this process holds: whoever left something unfinished in it is
 * gone, so that is ended first.
 */
export function loadConversation(
  sessionID: string,
  { clock, records, store }: HistorySources,
): Conversation {
  const messages = readMessages(sessionID, store);
  const ending = interrupted(clock.now());
  records.together(() => {
    for (const message of messages) {
      const { info, parts } = endUnfinished(message, ending);
      for (const part of parts) records.putPart(part);
      if (info) records.putMessage(info);
    }
  });
  return new Conversation(messages.map((message) => ended(message, ending)));
}

/** By id, from the newest back to what the last summary left; all of them where there is none. */
function readMessages(sessionID: string, store: SessionStore): MessageWithParts[] {
  let messages: MessageWithParts[] = [];
  for (;;) {
    const before = messages[0]?.info.id;
    const page = { limit: PAGE_MESSAGES, ...(before === undefined ? {} : { before }) };
    const older = store.listMessages(sessionID, page);
    messages = [...older.messages, ...messages];
    if (!older.more) return messages;
    if (holdsAllVisible(orderMessages(messages))) break;
  }
  // A client may have chosen an id for its prompt that stands long before its answers.
  const known = new Set(messages.map(({ info }) => info.id));
  const asked = messages.flatMap(({ info }) => (info.role === "assistant" ? [info.parentID] : []));
  const missing = [...new Set(asked)].filter((id) => !known.has(id)).toSorted();
  const found = missing.map((id) => store.findMessage(sessionID, id));
  return [...found.filter((message) => message !== undefined), ...messages];
}

function holdsAllVisible(messages: readonly MessageWithParts[]): boolean {
  const summary = findSummary(messages);
  if (!summary) return false;
  const { part, requestAt } = summary;
  const before = messages.slice(0, requestAt);
  const tail = part.tail_start_id;
  if (tail !== undefined && !before.some(({ info }) => info.id === tail)) return false;
  return !part.auto || findLastPrompt(before) !== undefined;
}
