// One terminal: a program with a terminal of its own, what it has printed, and those who watch it.
// It ends with its program, or when it is closed; then everything that it has started is ended,
// background jobs included. What clients are told of it is pty.ts's.
import { constants } from "node:os";
import { assert } from "@/base/assert";
import type { Env } from "@/base/env";
import { errorCode, errorMessage, invalid, unavailable } from "@/base/error";
import { KILL_GRACE_MS } from "@/base/limits";
import { settledWithin } from "@/base/process";
import { CALL_VARIABLE, CallProcesses, OWNER_VARIABLE } from "./call-processes";
import { Scrollback } from "./scrollback";

/** What is kept of the output, in characters. */
const SCROLLBACK_MAX_LENGTH = 1024 * 1024;
/** What may wait for a program that does not read its input. */
const INPUT_MAX_BYTES = 1024 * 1024;
/** How long the last output is waited for while a background job holds the terminal. */
const DRAIN_MS = 250;
const SIGNAL_EXIT_BASE = 128;

export interface TerminalOptions {
  id: string;
  argv: readonly string[];
  cwd: string;
  /** The whole environment; the variables of a terminal and a mark are added. */
  env: Env;
}

/** Told of a terminal that somebody watches. */
export interface TerminalWatcher {
  /** There is more to read. */
  onOutput(): void;
  /** There will be no more. */
  onEnd(): void;
}

export class PtyTerminal {
  readonly pid: number;
  /** Resolves with the exit code once all is printed; 128 and more for a signal, as in shells. */
  readonly exited: Promise<number>;
  readonly output = new Scrollback(SCROLLBACK_MAX_LENGTH);
  readonly #terminal: Bun.Terminal;
  readonly #processes: CallProcesses;
  readonly #watchers = new Set<TerminalWatcher>();
  readonly #drained = Promise.withResolvers<void>();
  #waitingInput = 0;
  #ending: Promise<void> | undefined;

  /** Throws AppError unavailable when the program cannot be started, invalid for overlong args. */
  constructor(options: TerminalOptions) {
    const child = this.#start(options);
    const { terminal } = child;
    assert(terminal, "a program that was started with a terminal has one");
    this.#terminal = terminal;
    this.pid = child.pid;
    this.#processes = new CallProcesses(child.pid, options.id);
    this.exited = this.#waitForExit(child);
  }

  /** Told from now on, until the returned function is called; of an end that was, at once. */
  watch(watcher: TerminalWatcher): () => void {
    if (this.#ending) watcher.onEnd();
    else this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Types `data`; false, and nothing is typed, when too much waits for the program already. */
  write(data: string | Uint8Array<ArrayBuffer>): boolean {
    if (this.#terminal.closed) return true;
    const size = typeof data === "string" ? Buffer.byteLength(data) : data.byteLength;
    if (this.#waitingInput + size > INPUT_MAX_BYTES) return false;
    this.#waitingInput += size;
    this.#terminal.write(data);
    return true;
  }

  resize({ rows, cols }: { rows: number; cols: number }): void {
    if (!this.#terminal.closed) this.#terminal.resize(cols, rows);
  }

  /** Ends the program and all it has started; resolves when they are gone. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    // First, because it hangs up: shells do not take the signal that asks others to end.
    this.#terminal.close();
    this.#drained.resolve();
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher.onEnd();
    await this.#processes.end(KILL_GRACE_MS);
  }

  #print(bytes: Uint8Array): void {
    this.output.add(bytes);
    for (const watcher of this.#watchers) watcher.onOutput();
  }

  #start({ id, argv, cwd, env }: TerminalOptions) {
    try {
      return Bun.spawn([...argv], {
        cwd,
        // Given as options: one that was made before would not tell the end of the output.
        terminal: {
          data: (_, bytes) => this.#print(bytes),
          exit: () => this.#drained.resolve(),
          drain: () => void (this.#waitingInput = 0),
        },
        env: {
          ...env,
          TERM: "xterm-256color",
          COLORTERM: "truecolor",
          OPENCODE: "1",
          [OWNER_VARIABLE]: String(process.pid),
          [CALL_VARIABLE]: id,
        },
      });
    } catch (error) {
      if (errorCode(error) === "E2BIG") throw invalid("The arguments are too long for the system");
      const program = argv[0] ?? "";
      const isMissing = errorCode(error) === "ENOENT";
      const reason = isMissing ? "it was not found" : errorMessage(error);
      throw unavailable(`Cannot start ${program}: ${reason}`, { program }, error);
    }
  }

  async #waitForExit(child: Bun.Subprocess): Promise<number> {
    await child.exited;
    await settledWithin(this.#drained.promise, DRAIN_MS);
    const signal = Object.entries(constants.signals).find(([name]) => name === child.signalCode);
    return signal ? SIGNAL_EXIT_BASE + signal[1] : (child.exitCode ?? 0);
  }
}
