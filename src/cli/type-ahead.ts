// Type-ahead: what a person types from the first moment of the program until the terminal UI
// listens. Kept whole and in order, and not echoed where the shell left the cursor.

/** No person types more before the first frame; a paste beyond it is cut. */
const KEPT_MAX_BYTES = 4 * 1024 * 1024;
/** A bare word is a command, most of the time; the UI begins to listen a little later for it. */
const COMMAND = /^[a-z][a-z-]*$/;

/** Whether these arguments most likely open the terminal UI, judged without loading anything. */
export function opensTerminalUI(argv: readonly string[]): boolean {
  if (argv.some((word) => ["-h", "--help", "-v", "--version", "--"].includes(word))) return false;
  const [first] = argv;
  if (first === undefined || first === "attach") return true;
  return first.startsWith("-") ? !argv.some((word) => word === "run") : !COMMAND.test(first);
}

export class TypeAhead {
  readonly #stdin: NodeJS.ReadStream;
  readonly #listener: (chunk: Uint8Array) => void;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #isListening = true;

  private constructor(stdin: NodeJS.ReadStream) {
    this.#stdin = stdin;
    this.#listener = (chunk) => this.#keep(chunk);
    stdin.setRawMode(true);
    stdin.on("data", this.#listener);
  }

  /** Listens from now on; undefined where there is no terminal. */
  static start(stdin: NodeJS.ReadStream = process.stdin): TypeAhead | undefined {
    return stdin.isTTY && process.stdout.isTTY ? new TypeAhead(stdin) : undefined;
  }

  /**
   * Takes back what the terminal itself showed of it before anybody listened: the renderer finds
   * out what the terminal can do by where the cursor goes, from the first column on.
   */
  eraseEcho(): void {
    // What was echoed may not have been read yet.
    process.stdout.write(this.#chunks.length > 0 ? "\r\u001b[K" : "\r");
  }

  /** What was typed so far; from now on others listen, in raw mode still. */
  take(): readonly Uint8Array[] {
    this.#stop();
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  /** Leaves the terminal as it was, unless others have taken it. */
  end(): void {
    if (!this.#isListening) return;
    this.#stop();
    this.#stdin.setRawMode(false);
    this.#stdin.pause();
  }

  #stop(): void {
    this.#isListening = false;
    this.#stdin.off("data", this.#listener);
  }

  #keep(chunk: Uint8Array): void {
    if (this.#size + chunk.length > KEPT_MAX_BYTES) return;
    this.#size += chunk.length;
    this.#chunks.push(chunk);
  }
}
