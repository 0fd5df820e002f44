// The transport to a server in this process: requests are handed to its handler, events come from
// its bus, with no socket and no encoding of events. The server may still be starting; what is
// sent before it is there waits for it.
import { errorMessage } from "@/base/error";
import type { EventListener, PlacedEvent, Transport } from "./transport";

export interface LocalServer {
  handle(request: Request): Promise<Response>;
  /** Hears every event until the returned function is called. */
  subscribe(listener: (placed: PlacedEvent) => void): () => void;
}

export class MemoryTransport implements Transport {
  readonly #server: Promise<LocalServer>;

  constructor(server: Promise<LocalServer>) {
    this.#server = server;
    server.catch(() => undefined); // told to whoever sends or listens
  }

  async send(request: Request): Promise<Response> {
    return (await this.#server).handle(request);
  }

  listen(listener: EventListener): () => void {
    let hasLeft = false;
    let leave: () => void = () => void (hasLeft = true);
    listener.changed({ state: "connecting" });
    const begin = (server: LocalServer) => {
      if (hasLeft) return;
      leave = server.subscribe((placed) => listener.event(placed));
      listener.changed({ state: "connected" });
      listener.connected(false);
    };
    this.#server.then(begin, (error: unknown) => {
      if (!hasLeft) listener.changed({ state: "failed", reason: errorMessage(error) });
    });
    return () => leave();
  }
}
