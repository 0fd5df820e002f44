// History: the messages of a session as its run finds them, read from the store once per run.
import type { Clock } from "@/base/clock";
import type { SessionStore } from "@/storage/session-store";
import { Conversation } from "./conversation";
import type { Records } from "./records";
import { ended, endUnfinished, interrupted } from "./unfinished";

interface HistorySources {
  clock: Clock;
  records: Records;
  store: SessionStore;
}

/**
 * The conversation of a session that this process holds: whoever left something unfinished in it is
 * gone, so that is ended first.
 */
export function loadConversation(
  sessionID: string,
  { clock, records, store }: HistorySources,
): Conversation {
  const { messages } = store.listMessages(sessionID);
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
