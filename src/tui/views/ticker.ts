// Ticker: what moves spinners and running clocks, on every second beat while somebody is
// subscribed.
import type { Beat } from "@/tui/beat";

const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

export class Ticker {
  readonly #beat: Beat;
  readonly #listeners = new Set<() => void>();
  #cancel: (() => void) | undefined;
  #count = 0;

  constructor(beat: Beat) {
    this.#beat = beat;
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
    if (!this.#cancel) this.#wait();
    return () => {
      this.#listeners.delete(entry);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  #wait(): void {
    this.#cancel = this.#beat.next(() => {
      this.#cancel = this.#beat.next(() => this.#tick());
    });
  }

  #tick(): void {
    this.#count++;
    this.#wait();
    for (const listener of [...this.#listeners]) listener();
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
