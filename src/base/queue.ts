// Queues between a producer and a consumer: AsyncQueue hands values over in order, KeyedLock lets
// one piece of work at a time run under a key.

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
