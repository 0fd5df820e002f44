// Queues between a producer and a consumer: AsyncQueue hands values over in order, KeyedLock lets
// one piece of work at a time run under a key, KeyedSlots a few, settleAll a few of a list.

/** An unbounded queue read by one `for await`; whoever pushes without end must watch `size`. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #error: unknown;

  get size(): number {
    return this.#items.length;
  }

  /** Adds a value; after close or fail it is dropped. */
  push(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#wakeReader();
  }

  /** Ends the iteration after the values that wait. */
  close(): void {
    this.#ended = true;
    this.#wakeReader();
  }

  /** Ends the iteration with `error`, after the values that wait. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#error = error;
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      const batch = this.#items;
      this.#items = [];
      yield* batch;
      if (this.#items.length > 0) continue;
      if (this.#ended) {
        if (this.#error !== undefined) throw this.#error;
        return;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #wakeReader(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** Runs work one at a time per key, in the order of the calls; keys leave when they are idle. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  /** Resolves or rejects as `work` does; a failed work does not stop those behind it. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tails.set(key, promise);
    await before;
    try {
      return await work();
    } finally {
      resolve();
      if (this.#tails.get(key) === promise) this.#tails.delete(key);
    }
  }
}

/** Lets a few pieces of work run at a time under each key, the others behind them in order. */
export class KeyedSlots {
  readonly #limit: number;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves with the function that gives the place back; rejects with the reason on abort. */
  async take(key: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if ((this.#running.get(key) ?? 0) >= this.#limit) await this.#wait(key, signal);
    else this.#running.set(key, (this.#running.get(key) ?? 0) + 1);
    let isGiven = false;
    return () => {
      if (!isGiven) this.#give(key);
      isGiven = true;
    };
  }

  #wait(key: string, signal: AbortSignal): Promise<void> {
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting);
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiting.delete(start);
        reject(signal.reason);
      };
      const start = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      waiting.add(start);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** The place goes to the first that waits, or is free. */
  #give(key: string): void {
    const waiting = this.#waiting.get(key);
    const [next] = waiting ?? [];
    if (next) {
      waiting?.delete(next);
      return next();
    }
    this.#waiting.delete(key);
    const running = (this.#running.get(key) ?? 1) - 1;
    if (running > 0) this.#running.set(key, running);
    else this.#running.delete(key);
  }
}

/** Runs all, at most `most` at a time, begun in their order; the results as of allSettled. */
export async function settleAll<T>(
  works: readonly (() => Promise<T>)[],
  most: number,
): Promise<PromiseSettledResult<T>[]> {
  const settled: Promise<PromiseSettledResult<T>[]>[] = [];
  const left = works.values();
  const runInTurn = async () => {
    for (const work of left) {
      const done = Promise.allSettled([work()]);
      settled.push(done);
      await done;
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, works.length) }, runInTurn));
  return (await Promise.all(settled)).flat();
}
