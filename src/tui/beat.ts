// Beat: the one pulse of all that moves by itself: text that streams, spinners, running clocks.
// What changes on the same beat is drawn in one frame. While nobody waits for it there is no timer.
import type { Clock } from "@/base/clock";

/** Twenty a second: text is seen to flow, and a fast model costs no more than a slow one. */
export const BEAT_MS = 50;

export class Beat {
  readonly #clock: Clock;
  #waiting = new Set<() => void>();
  #cancel: (() => void) | undefined;
  #lastAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `run` on the next beat, unless the returned function is called before. */
  next(run: () => void): () => void {
    const entry = () => run();
    this.#waiting.add(entry);
    this.#cancel ??= this.#clock.timer(this.#untilNext(), () => this.#strike());
    return () => {
      this.#waiting.delete(entry);
      if (this.#waiting.size === 0) this.#stop();
    };
  }

  #strike(): void {
    this.#cancel = undefined;
    this.#lastAt = this.#clock.now();
    const due = this.#waiting;
    this.#waiting = new Set();
    for (const run of due) run();
  }

  /** In step with the last one where that was lately. */
  #untilNext(): number {
    const since = this.#clock.now() - this.#lastAt;
    return since >= 0 && since < BEAT_MS ? BEAT_MS - since : BEAT_MS;
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
