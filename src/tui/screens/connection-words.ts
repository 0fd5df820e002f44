// What a person is told while there is no server to talk to.
import type { State } from "@/tui/store/state";
import { elapsed, oneLine } from "@/tui/views/words";

/** Undefined while all is well, or has not yet begun. */
export function connectionWords(connection: State["connection"], now: number): string | undefined {
  if (connection.state === "failed") return `no server: ${oneLine(connection.reason)}`;
  if (connection.state !== "reconnecting") return undefined;
  const wait = elapsed(connection.retryAt - now);
  return `server gone (${oneLine(connection.reason)}), trying again in ${wait}`;
}
