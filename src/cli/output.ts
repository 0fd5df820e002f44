// Output: the only writer to stdout and stderr. What a command answers goes to stdout, everything
// said about the work to stderr. Writes keep their order and wait for slow readers; colours are
// for terminals, unless NO_COLOR or FORCE_COLOR say otherwise. A reader that has left is no error.
import { isatty } from "node:tty";
import type { FileSink } from "bun";
import type { Env } from "@/base/env";
import { errorCode, errorMessage } from "@/base/error";

type Paint = (text: string) => string;

/** Plain functions of text; without colours they give it back as it is. */
export interface Style {
  bold: Paint;
  dim: Paint;
  red: Paint;
  yellow: Paint;
}

export class Output {
  readonly #stdout: OutputStream;
  readonly #stderr: OutputStream;
  /** Of stderr. */
  readonly style: Style;
  /** Whether a person sees stdout as it is written. */
  readonly isTerminal: boolean;

  constructor(env: Env) {
    this.isTerminal = isatty(1);
    this.#stdout = new OutputStream(1);
    this.#stderr = new OutputStream(2);
    this.style = styleFor(usesColor(env, isatty(2)));
  }

  /** Aborts when stdout takes nothing any more: its reader has left, or the disk is full. */
  get readerGone(): AbortSignal {
    return this.#stdout.gone;
  }

  /** Why stdout could not be written, when it was not its reader's wish. */
  get problem(): string | undefined {
    return this.#stdout.problem;
  }

  /** To stdout, as it is. */
  write(text: string): void {
    this.#stdout.write(text);
  }

  /** One line to stdout. */
  print(line: string): void {
    this.#stdout.write(`${line}\n`);
  }

  /** One line to stderr. */
  note(line: string): void {
    this.#stderr.write(`${line}\n`);
  }

  /** To stderr, as it is. */
  writeNote(text: string): void {
    this.#stderr.write(text);
  }

  /** Resolves when everything so far is written, or can be written no more. */
  async drain(): Promise<void> {
    await Promise.all([this.#stdout.drained(), this.#stderr.drained()]);
  }
}

/** One file descriptor: pending text goes out in order, one write at a time. */
class OutputStream {
  readonly #controller = new AbortController();
  readonly #descriptor: 1 | 2;
  #sink: FileSink | undefined;
  #pending = "";
  #pumping: Promise<void> | undefined;
  problem: string | undefined;

  constructor(descriptor: 1 | 2) {
    this.#descriptor = descriptor;
  }

  get gone(): AbortSignal {
    return this.#controller.signal;
  }

  write(text: string): void {
    if (this.gone.aborted) return;
    this.#pending += text;
    this.#pumping ??= this.#pump();
  }

  async drained(): Promise<void> {
    while (this.#pumping) await this.#pumping;
  }

  async #pump(): Promise<void> {
    // What is said in one go is written in one go; and a write that throws at once must not end the
    // pump before `write` has noted that it runs.
    await Promise.resolve();
    try {
      this.#sink ??= (this.#descriptor === 1 ? Bun.stdout : Bun.stderr).writer();
      while (this.#pending) {
        const text = this.#pending;
        this.#pending = "";
        void this.#sink.write(text);
        await this.#sink.flush();
      }
    } catch (error) {
      // A reader that has had enough closes its end: that is no failure of ours.
      if (errorCode(error) !== "EPIPE") this.problem = errorMessage(error);
      this.#pending = "";
      this.#controller.abort();
    } finally {
      this.#pumping = undefined;
    }
  }
}

/** NO_COLOR (https://no-color.org) wins over FORCE_COLOR, and that over what the terminal is. */
function usesColor(env: Env, isTerminal: boolean): boolean {
  if (env["NO_COLOR"]) return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return isTerminal && env["TERM"] !== "dumb";
}

function styleFor(isColored: boolean): Style {
  const paint = (open: number, close: number): Paint =>
    isColored ? (text) => `\u001b[${open}m${text}\u001b[${close}m` : (text) => text;
  return { bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), yellow: paint(33, 39) };
}

/** Text without what would steer a terminal; newlines and tabs stay. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

/** Printable text in one line of at most `max` characters. */
export function oneLine(text: string, max = 200): string {
  const line = printable(text).replace(/\s+/g, " ").trim();
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`;
}
