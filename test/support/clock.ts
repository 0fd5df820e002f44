// A clock that stands still until a test moves it.
//
// It implements the Clock of base, so what waits in the program waits here for advance(). Timers
// and sleeps fire in order of their due time, ties in the order they were set; those set while
// another fires are honoured in the same advance when they are due in it. Nothing here reads the
// real time.

import type { Clock } from "@/base/clock";

interface Timer {
  dueAt: number;
  run: () => void;
}

/** 2026-01-01T00:00:00Z, so that times in failing tests are easily read. */
const DEFAULT_START = Date.UTC(2026, 0, 1);

export class FakeClock implements Clock {
  #now: number;
  // Kept in the order of setting; Array.prototype.find and the strict comparison keep ties stable.
  #timers: Timer[] = [];
  #waiters: { count: number; resolve: () => void }[] = [];

  constructor(startMs = DEFAULT_START) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.timer(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  timer(ms: number, run: () => void): () => void {
    const timer: Timer = { dueAt: this.#now + Math.max(0, ms), run };
    this.#timers.push(timer);
    this.#releaseWaiters();
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How many timers and sleeps are pending: zero when everything was cancelled or has fired. */
  get pending(): number {
    return this.#timers.length;
  }

  /**
   * Resolves once at least `count` timers or sleeps are pending: what a test waits for before it
   * advances past a sleep which the code under test reaches only after some awaiting of its own.
   */
  waitForPending(count = 1): Promise<void> {
    if (this.#timers.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ count, resolve }));
  }

  /**
   * Moves time on by `ms` and fires what falls due, one at a time, at its own due time. After each,
   * pending promise reactions run, so that a loop of sleeps passes through as many as fit.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let timer = this.#nextDue(end); timer; timer = this.#nextDue(end)) {
      const due = timer;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.dueAt);
      due.run();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #nextDue(end: number): Timer | undefined {
    return this.#timers
      .filter((timer) => timer.dueAt <= end)
      .reduce<Timer | undefined>(
        (first, timer) => (first && first.dueAt <= timer.dueAt ? first : timer),
        undefined,
      );
  }

  #releaseWaiters(): void {
    const ready = this.#waiters.filter((waiter) => waiter.count <= this.#timers.length);
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter));
    for (const waiter of ready) waiter.resolve();
  }
}

/** Lets promise reactions run: setImmediate comes after every microtask queued so far. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
