// Bus: one-to-many delivery inside the process. Contract of delivery: synchronous, in the order
// of publishing, to the listeners present when the value is published; a listener that throws is
// logged and the others still hear. A listener must be quick: whoever has slow work queues it.
import type { Logger } from "./log";
import { errorMessage } from "./error";

export class Bus<T> {
  readonly #log: Logger;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Tells every present listener; returns when all have heard. */
  publish(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#log.error("a bus listener failed", { error: errorMessage(error) });
      }
    }
  }

  /** Hears every later value until the returned function is called (which may be called twice). */
  subscribe(listener: (value: T) => void): () => void {
    // Wrapped, so that the same function can subscribe twice and leave once.
    const entry = (value: T) => listener(value);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }
}
