// The command line at a terminal of its own, where a person types and reads.
import { type CLIHome, MAIN } from "@test/cli/support";

/** The program at a terminal of its own. */
export class TypedProgram implements AsyncDisposable {
  readonly #terminal: Bun.Terminal;
  readonly #child: Bun.Subprocess;
  readonly #decoder = new TextDecoder();
  #text = "";
  #waiters: { words: string; resolve: (text: string) => void }[] = [];

  constructor(cli: CLIHome, args: readonly string[]) {
    this.#terminal = new Bun.Terminal({
      cols: 500,
      rows: 50,
      data: (_, bytes) => this.#onData(bytes),
    });
    this.#child = Bun.spawn([process.execPath, MAIN, ...args], {
      cwd: cli.project,
      env: { PATH: process.env["PATH"], HOME: cli.home },
      terminal: this.#terminal,
    });
  }

  get exited(): Promise<number> {
    return this.#child.exited;
  }

  type(text: string): void {
    this.#terminal.write(text);
  }

  /** All that was shown, once the words are in what came since the last time. */
  waitFor(words: string): Promise<string> {
    return new Promise((resolve) => {
      this.#waiters.push({ words, resolve });
      this.#tell();
    });
  }

  #onData(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    this.#tell();
  }

  #tell(): void {
    const [first, ...rest] = this.#waiters;
    if (!first || !this.#text.includes(first.words)) return;
    this.#waiters = rest;
    const text = this.#text;
    this.#text = "";
    first.resolve(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
    this.#terminal.close();
  }
}
