// Ticker: the one timer behind spinners and running clocks. It runs while somebody is subscribed,
// so that an idle screen has no timer.
import type { Clock } from "@/base/clock";

const TICK_MS = 100;
const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

export class Ticker {
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #cancel: (() => void) | undefined;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many ticks there were. */
  get count(): number {
    return this.#count;
  }

  /** The spinner as it is at present. */
  get spinner(): string {
    return SPINNER[this.#count % SPINNER.length] ?? "";
  }

  /** Ten times a second until the returned function is called. */
  subscribe(listener: () => void): () => void {
    const entry = () => listener();
    this.#listeners.add(entry);
    this.#cancel ??= this.#clock.timer(TICK_MS, () => this.#tick());
    return () => {
      this.#listeners.delete(entry);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  #tick(): void {
    this.#count++;
    this.#cancel = this.#clock.timer(TICK_MS, () => this.#tick());
    for (const listener of [...this.#listeners]) listener();
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
