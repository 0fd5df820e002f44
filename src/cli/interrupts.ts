// Interrupts: what SIGINT, SIGTERM and SIGHUP do. The first asks the command to end and gives it
// its grace; then, or at the second one, the process ends whatever hangs, and no child survives.
import type { Clock } from "@/base/clock";
import { listDescendants } from "@/base/process";
import { listCalls } from "@/host/call-processes";
import { EXIT } from "./exit-code";

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hangup } as const;
/** Children that ignore the polite signal meet the other one then; the command can still finish. */
const CHILDREN_GRACE_MS = 1_000;

export class Interrupts {
  readonly #clock: Clock;
  readonly #endChildren: () => Promise<void>;
  readonly #controller = new AbortController();
  readonly #overdue = Promise.withResolvers<number>();
  #code: number | undefined;
  #lastWords: (() => void) | undefined;
  /** How long the command may take to end once it is asked to; none ends it at once. */
  graceMs = 0;

  constructor(clock: Clock, end = endChildren) {
    this.#clock = clock;
    this.#endChildren = end;
  }

  /** Aborts at the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit code of the signal that came, if one did. */
  get code(): number | undefined {
    return this.#code;
  }

  /** Resolves with the exit code when the process must end without its command. */
  get overdue(): Promise<number> {
    return this.#overdue.promise;
  }

  /** What must be said even when the command is given up. */
  set lastWords(say: () => void) {
    this.#lastWords = say;
  }

  listen(): void {
    for (const [name, code] of Object.entries(CODES)) process.on(name, () => this.interrupt(code));
  }

  /** As a signal does. */
  interrupt(code: number): void {
    if (this.#code !== undefined || this.graceMs === 0) return this.giveUp(this.#code ?? code);
    this.#code = code;
    this.#clock.timer(Math.min(CHILDREN_GRACE_MS, this.graceMs), () => void this.#endChildren());
    this.#clock.timer(this.graceMs, () => this.giveUp(code));
    this.#controller.abort(new DOMException("Interrupted", "AbortError"));
  }

  /** Ends the process as soon as what was written is out. */
  giveUp(code: number): void {
    this.#code ??= code;
    const say = this.#lastWords;
    this.#lastWords = undefined;
    say?.();
    this.#overdue.resolve(code);
  }
}

/** Ends all processes below this one, without asking, those of calls that left it included. */
export async function endChildren(): Promise<void> {
  const [below, away] = await Promise.all([listDescendants(process.pid), listCalls()]);
  for (const pid of new Set([...below, ...away])) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself, which is what is wanted.
    }
  }
}
