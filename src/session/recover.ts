// Recovery: what a process left running when it died is brought to an end state, so that every
// client sees it ended and every later request pairs calls with results. Done when the program
// starts; sessions that another live process runs are left alone.
import type { Clock } from "@/base/clock";
import { isSameProcess } from "@/base/process";
import type { SessionStore } from "@/storage/session-store";
import { endUnfinished, interrupted } from "./unfinished";

/** Ends everything unfinished; returns the ids of the sessions it touched. */
export function recover(store: SessionStore, clock: Clock): string[] {
  const abandoned = store
    .listUnfinished()
    .filter(({ owner }) => owner === undefined || !isSameProcess(owner));
  for (const { sessionID, owner } of abandoned) {
    store.transaction(() => {
      for (const message of store.listMessages(sessionID).messages) {
        const { info, parts } = endUnfinished(message, interrupted(clock.now()));
        for (const part of parts) store.putPart(part);
        if (info) store.putMessage(info);
      }
      if (owner) store.releaseRun(sessionID, owner);
    });
  }
  return abandoned.map(({ sessionID }) => sessionID);
}
