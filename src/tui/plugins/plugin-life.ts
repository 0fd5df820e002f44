// PluginLife: one plugin from its start to its end. Whatever it registers is undone when it ends;
// whatever is called of it is called here: a throw is told once, and what computes without end is
// stopped.
import type { Clock } from "@/base/clock";
import { errorMessage } from "@/base/error";
import { callBounded, withinTime } from "@/base/within-time";

/** Nothing is drawn meanwhile. */
const CALL_LIMIT_MS = 5_000;
const END_LIMIT_MS = 2_000;
const TOLD_MAX = 50;

export class PluginLife {
  readonly id: string;
  readonly #clock: Clock;
  readonly #tell: (problem: string) => void;
  readonly #controller = new AbortController();
  readonly #told = new Set<string>();
  #ends: (() => unknown)[] = [];

  /** `tell` hears each problem once. */
  constructor(id: string, clock: Clock, tell: (problem: string) => void) {
    this.id = id;
    this.#clock = clock;
    this.#tell = tell;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Runs it at the end, the last one first, unless the returned function is called before. */
  onEnd(end: () => unknown): () => void {
    const entry = () => end();
    if (this.signal.aborted) this.call("an end", entry);
    else this.#ends.push(entry);
    return () => {
      this.#ends = this.#ends.filter((one) => one !== entry);
    };
  }

  /** Has `undo` run at the end or when the returned function is called, whichever is first. */
  keep(undo: () => void): () => void {
    const forget = this.onEnd(undo);
    return () => {
      forget();
      undo();
    };
  }

  /** What code of the plugin gives; undefined when it fails, also later, which is told. */
  call<T>(what: string, work: () => T): T | undefined {
    try {
      const given = callBounded(work, CALL_LIMIT_MS);
      if (given instanceof Promise) given.catch((error: unknown) => this.#failed(what, error));
      return given;
    } catch (error) {
      this.#failed(what, error);
      return undefined;
    }
  }

  tell(problem: string): void {
    if (this.#told.has(problem) || this.#told.size >= TOLD_MAX) return;
    this.#told.add(problem);
    this.#tell(problem);
  }

  /** Ends it within a bound, the newest first, whatever of it fails. */
  async end(): Promise<void> {
    if (this.signal.aborted) return;
    this.#controller.abort();
    const ends = this.#ends.toReversed();
    this.#ends = [];
    const ending = ends.map((end) => this.call("its end", end));
    const all = Promise.allSettled(ending);
    await withinTime(all, END_LIMIT_MS, this.#clock).catch(() => this.tell("its end does not end"));
  }

  #failed(what: string, error: unknown): void {
    this.tell(`${what} failed: ${errorMessage(error)}`);
  }
}
