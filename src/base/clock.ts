// Clock: the time and all waiting. Services take one, so that tests decide when time passes.

/** All times are epoch milliseconds, all spans milliseconds. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` once after `ms`, unless the returned function is called before. */
  timer(ms: number, run: () => void): () => void;
}

/** The longest that the runtime waits; what is longer it would not wait for at all. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timeout);
        reject(signal?.reason);
      };
      const timeout = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, within(ms));
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
  timer(ms, run) {
    const timeout = setTimeout(run, within(ms));
    return () => clearTimeout(timeout);
  },
};

/** A time that has passed meanwhile is no mistake of the caller's. */
function within(ms: number): number {
  return Math.min(Math.max(0, ms), LONGEST_WAIT_MS);
}
