// Sessions and their subagents' sessions, as far as they are known. Pure.
import type { State } from "@/tui/store/state";

const DEPTH_MAX = 10;

/** Whether a session is `rootID`, or a subagent's below it. */
export function isBelow({ sessions }: State, sessionID: string, rootID: string): boolean {
  let id: string | undefined = sessionID;
  for (let depth = 0; id !== undefined && depth < DEPTH_MAX; depth++) {
    if (id === rootID) return true;
    id = sessions?.[id]?.parentID;
  }
  return false;
}
