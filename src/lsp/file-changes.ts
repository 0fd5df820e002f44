// Changes of files that servers must hear of, gathered for a moment so that a checkout or a build
// is one message, and bounded: of more files than anybody could tell, the first ones are told.
import type { Clock } from "@/base/clock";

const GATHER_MS = 100;
const FILES_MAX = 5_000;

export type FileEvent = "add" | "change" | "unlink";

export class FileChanges {
  readonly #clock: Clock;
  readonly #flush: (changes: ReadonlyMap<string, FileEvent>) => void;
  #pending = new Map<string, FileEvent>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, flush: (changes: ReadonlyMap<string, FileEvent>) => void) {
    this.#clock = clock;
    this.#flush = flush;
  }

  add(path: string, event: FileEvent): void {
    if (this.#pending.size >= FILES_MAX && !this.#pending.has(path)) return;
    this.#pending.set(path, event);
    this.#cancel ??= this.#clock.timer(GATHER_MS, () => this.flush());
  }

  /** Tells now what has been gathered. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#pending.size === 0) return;
    const changes = this.#pending;
    this.#pending = new Map();
    this.#flush(changes);
  }

  close(): void {
    this.#cancel?.();
    this.#pending.clear();
  }
}
