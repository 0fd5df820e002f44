// Scope: a lifetime. Whoever opens something registers its close here; closing runs the closers
// in reverse order, once, each with a time limit, so that a stuck one cannot hold up the rest.
// The signal aborts at the beginning of the close, before any closer runs.
import { errorMessage } from "./error";
import { SCOPE_CLOSE_TIMEOUT_MS } from "./limits";
import type { Logger } from "./log";

interface Closer {
  name: string;
  close: () => void | Promise<void>;
}

export class Scope {
  readonly name: string;
  readonly #log: Logger;
  readonly #controller = new AbortController();
  readonly #closers: Closer[] = [];
  #closing: Promise<void> | undefined;

  constructor(name: string, log: Logger) {
    this.name = name;
    this.#log = log;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Registers `close`. In a scope that is closed already it runs at once. */
  defer(name: string, close: () => void | Promise<void>): void {
    if (this.#closing) void this.#runCloser({ name, close });
    else this.#closers.push({ name, close });
  }

  /** Lets the close wait for `work`, which is going to end by itself; its failure is its own. */
  track(name: string, work: Promise<void>): void {
    const closer = { name, close: () => work };
    this.#closers.push(closer);
    const forget = () => this.#forget(closer);
    work.then(forget, forget);
  }

  /** A scope that closes no later than this one. */
  child(name: string): Scope {
    const child = new Scope(`${this.name}/${name}`, this.#log);
    const closer = { name, close: () => child.close() };
    this.#closers.push(closer);
    child.defer("leave parent", () => this.#forget(closer));
    return child;
  }

  #forget(closer: Closer): void {
    const index = this.#closers.indexOf(closer);
    if (index >= 0) this.#closers.splice(index, 1);
  }

  /** Closes everything; never rejects. Further calls await the same close. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    this.#controller.abort(new DOMException(`${this.name} is closed`, "AbortError"));
    for (let closer = this.#closers.pop(); closer; closer = this.#closers.pop()) {
      await this.#runCloser(closer);
    }
  }

  async #runCloser(closer: Closer): Promise<void> {
    const late = Promise.withResolvers<"late">();
    const timeout = setTimeout(() => late.resolve("late"), SCOPE_CLOSE_TIMEOUT_MS);
    try {
      const outcome = await Promise.race([closer.close(), late.promise]);
      if (outcome === "late") this.#log.error(`${this.name}: ${closer.name} did not close in time`);
    } catch (error) {
      this.#log.error(`${this.name}: ${closer.name} failed to close`, {
        error: errorMessage(error),
      });
    } finally {
      clearTimeout(timeout);
    }
  }
}
