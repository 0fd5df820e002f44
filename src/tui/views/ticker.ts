// Ticker: what moves spinners and running clocks, on every third beat while somebody is subscribed.
// More often would be seen by nobody, and be sent to every terminal.
import type { Beat } from "@/tui/beat";

const BEATS = 3;
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

  /** On every third beat until the returned function is called. */
  subscribe(listener: () => void): () => void {
    const entry = () => listener();
    this.#listeners.add(entry);
    if (!this.#cancel) this.#wait(BEATS);
    return () => {
      this.#listeners.delete(entry);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  #wait(beats: number): void {
    this.#cancel = this.#beat.next(() => (beats > 1 ? this.#wait(beats - 1) : this.#tick()));
  }

  #tick(): void {
    this.#count++;
    this.#wait(BEATS);
    for (const listener of [...this.#listeners]) listener();
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
