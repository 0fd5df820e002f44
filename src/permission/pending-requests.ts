// PendingRequests: what waits for an answer of a person. The first answer wins; an id that was
// answered or withdrawn is remembered, so that a second answer is told so instead of "not found".
// The number of waiting requests is bounded, and none outlives its signal.
import { AppError, conflict, limitReached } from "@/base/error";

interface Waiting {
  readonly id: string;
  readonly sessionID: string;
}

interface Entry<R, A> {
  request: R;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

const PENDING_MAX = 500;
const CLOSED_REMEMBERED = 1_000;

export class PendingRequests<R extends Waiting, A> {
  readonly #noun: string;
  readonly #entries = new Map<string, Entry<R, A>>();
  /** Ids that no longer wait, oldest first. */
  readonly #closed = new Set<string>();

  /** `noun` is what messages call a request: "Permission request". */
  constructor(noun: string) {
    this.#noun = noun;
  }

  /** Those that wait, in the order of asking. */
  list(): R[] {
    return [...this.#entries.values()].map((entry) => entry.request);
  }

  /** The waiting request. Throws not-found for an unknown id, conflict for one that is closed. */
  get(id: string): R {
    const entry = this.#entries.get(id);
    if (entry !== undefined) return entry.request;
    if (this.#closed.has(id)) {
      const message = `${this.#noun} ${id} was answered already, or withdrawn`;
      throw conflict(message, { requestID: id });
    }
    throw new AppError("not-found", "NotFoundError", `${this.#noun} not found: ${id}`, {
      requestID: id,
    });
  }

  /**
   * Lists the request, runs `announce`, and resolves or rejects as it is answered. An abort takes
   * it off the list, runs `withdraw` and rejects with the signal's reason.
   */
  async wait(
    request: R,
    signal: AbortSignal,
    tell: { announce: () => void; withdraw: () => void },
  ): Promise<A> {
    signal.throwIfAborted();
    if (this.#entries.size >= PENDING_MAX) {
      throw limitReached(`${PENDING_MAX} requests wait for an answer already; answer those first`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<A>();
    const onAbort = () => {
      if (!this.#close(request.id)) return;
      tell.withdraw();
      reject(signal.reason);
    };
    this.#entries.set(request.id, { request, resolve, reject });
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      // After listing: a listener may answer while it is being told.
      tell.announce();
      return await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#close(request.id);
    }
  }

  /** Answers a request that `get` or `list` gave; `tell` runs once it is off the list. */
  resolve(request: R, answer: A, tell: () => void): void {
    const entry = this.#close(request.id);
    if (entry === undefined) return;
    tell();
    entry.resolve(answer);
  }

  /** As `resolve`, with a failure. */
  reject(request: R, error: unknown, tell: () => void): void {
    const entry = this.#close(request.id);
    if (entry === undefined) return;
    tell();
    entry.reject(error);
  }

  #close(id: string): Entry<R, A> | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    this.#entries.delete(id);
    this.#closed.add(id);
    const [oldest] = this.#closed;
    if (this.#closed.size > CLOSED_REMEMBERED && oldest !== undefined) this.#closed.delete(oldest);
    return entry;
  }
}
