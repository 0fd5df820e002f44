// Transport: how a client reaches the server, and hears what happens there. One is in memory, one
// goes over HTTP and server-sent events; the operations and the events are the same over both.
import type { BusEvent } from "@/schema/event";

/** An event with where it happened; `directory` is `global` for what belongs to no directory. */
export interface PlacedEvent {
  directory: string;
  project?: string;
  event: BusEvent;
}

/** How it is between client and server. `retryAt` is in epoch milliseconds. */
export type Connection =
  | { state: "connecting" }
  | { state: "connected" }
  | { state: "reconnecting"; reason: string; attempt: number; retryAt: number }
  /** It will not come back by itself. */
  | { state: "failed"; reason: string };

export interface EventListener {
  /** Events flow from here on. Not `resumed`: what was before has to be loaded afresh. */
  connected(resumed: boolean): void;
  event(placed: PlacedEvent): void;
  /** Whatever there is between connections and while connecting. */
  changed(connection: Connection): void;
}

export interface Transport {
  /**
   * One request; `request.url` is `http://localhost/path`. Rejects with an AppError unavailable
   * when the server cannot be reached, with the signal's reason when it aborts.
   */
  send(request: Request): Promise<Response>;
  /** Hears until the returned function is called. */
  listen(listener: EventListener): () => void;
}
