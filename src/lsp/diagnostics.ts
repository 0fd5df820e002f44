// What one server says is wrong with files: the last word on each, and the waiting for the next.
// A server has told all when it has said nothing more for a moment after its first word.
import type { Clock } from "@/base/clock";
import { isValid } from "@/base/schema";
import { type Diagnostic, PublishDiagnostics, RawDiagnostic, readList } from "./protocol";
import { fromFileURI } from "./file-uri";

const FILES_MAX = 1_000;
const PER_FILE_MAX = 500;
const MESSAGE_MAX_CHARACTERS = 2_000;
/** Servers tell in pieces, syntax first: this long after the last piece it is all. */
const SETTLE_MS = 150;
/** The severity that is no warning or hint. */
const ERROR = 1;

interface Told {
  pushed: Diagnostic[];
  /** Those that were asked for. */
  pulled: Diagnostic[];
  /** How many times the server has spoken of the file. */
  times: number;
  at: number;
}

export class Diagnostics {
  readonly #clock: Clock;
  /** By path; those spoken of longest ago are forgotten. */
  readonly #files = new Map<string, Told>();
  readonly #listeners = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(path: string): Diagnostic[] {
    const told = this.#files.get(path);
    return told ? [...told.pushed, ...told.pulled] : [];
  }

  /** Errors in all files, as far as they are remembered. */
  get errorCount(): number {
    const all = [...this.#files.values()].flatMap(({ pushed, pulled }) => [...pushed, ...pulled]);
    return all.filter(({ severity }) => severity === ERROR).length;
  }

  /** How often the server has spoken of a file: a mark from which to wait for the next word. */
  timesTold(path: string): number {
    return this.#files.get(path)?.times ?? 0;
  }

  /** Takes what a server sends; `versionOf` says which version of a file it knows by now. */
  publish(params: unknown, versionOf: (path: string) => number | undefined): void {
    if (!isValid(PublishDiagnostics, params)) return;
    const path = fromFileURI(params.uri);
    if (path === undefined) return;
    const known = versionOf(path);
    // Of an older text than the one it has been sent since.
    if (known !== undefined && params.version != null && params.version < known) return;
    this.#tell(path, { pushed: readDiagnostics(params.diagnostics) });
  }

  /** Takes what a server answers when it is asked. */
  answer(path: string, items: unknown): void {
    this.#tell(path, { pulled: readDiagnostics(items) });
  }

  forget(path: string): void {
    this.#files.delete(path);
  }

  /**
   * Resolves when the server has spoken of the file more than `mark` times and then been silent for
   * a moment, with true; with false after `timeoutMs`, and at once when the signal aborts.
   */
  settled(path: string, mark: number, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const done = Promise.withResolvers<boolean>();
    let cancelSettle: (() => void) | undefined;
    const check = () => {
      const told = this.#files.get(path);
      if (!told || told.times <= mark) return;
      cancelSettle?.();
      const left = Math.max(0, told.at + SETTLE_MS - this.#clock.now());
      cancelSettle = this.#clock.timer(left, () => done.resolve(true));
    };
    const giveUp = () => done.resolve(this.timesTold(path) > mark);
    const cancelTimeout = this.#clock.timer(timeoutMs, giveUp);
    signal.addEventListener("abort", giveUp, { once: true });
    this.#listeners.add(check);
    if (signal.aborted) giveUp();
    else check();
    return done.promise.finally(() => {
      cancelSettle?.();
      cancelTimeout();
      signal.removeEventListener("abort", giveUp);
      this.#listeners.delete(check);
    });
  }

  #tell(path: string, change: Partial<Pick<Told, "pushed" | "pulled">>): void {
    const before = this.#files.get(path) ?? { pushed: [], pulled: [], times: 0 };
    this.#files.delete(path);
    this.#files.set(path, {
      ...before,
      ...change,
      times: before.times + 1,
      at: this.#clock.now(),
    });
    for (const [oldest] of this.#files) {
      if (this.#files.size <= FILES_MAX) break;
      this.#files.delete(oldest);
    }
    for (const listener of [...this.#listeners]) listener();
  }
}

function readDiagnostics(items: unknown): Diagnostic[] {
  return readList(RawDiagnostic, items, PER_FILE_MAX).map((raw) => {
    const { range, severity, code, source } = raw;
    return {
      range,
      // Without a severity it is the client's to choose.
      severity: typeof severity === "number" ? severity : ERROR,
      message: raw.message.slice(0, MESSAGE_MAX_CHARACTERS),
      ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
      ...(typeof source === "string" ? { source } : {}),
    };
  });
}
