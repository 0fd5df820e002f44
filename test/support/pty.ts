// A program in a terminal of its own, which answers what programs ask a terminal, and keeps every
// byte with the time it came. What a person would see is not worked out here: look for words with
// `plain`, or run the program under tmux.

export interface PtyOptions {
  columns?: number;
  rows?: number;
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** A terminal that answers nothing is as good a terminal. */
  isMute?: boolean;
  /** A terminal that only says what kind it is. */
  isTerse?: boolean;
  /** Of what is behind the text, as terminals write it. Default: `rgb:0000/0000/0000`. */
  background?: string;
}

const WRITE_CHARACTERS = 16_384;
/** How long it may take to end when it is asked to. */
const END_MS = 5_000;

interface Chunk {
  at: number;
  text: string;
}

type Answers = readonly (readonly [RegExp, string])[];

/** What this terminal answers to the question what it is. */
const KIND: Answers = [
  // oxlint-disable-next-line no-control-regex -- escape sequences are what is looked for
  [/\u001b\[c/g, "\u001b[?62;22c"],
];
/** What it answers to other questions. */
const ANSWERS: Answers = [
  // oxlint-disable-next-line no-control-regex -- as above
  [/\u001b\[6n/g, "\u001b[1;1R"],
  // oxlint-disable-next-line no-control-regex -- as above
  [/\u001b\[\?u/g, "\u001b[?0u"],
  // oxlint-disable-next-line no-control-regex -- as above
  [/\u001b\]10;\?(?:\u0007|\u001b\\)/g, "\u001b]10;rgb:ffff/ffff/ffff\u0007"],
  // oxlint-disable-next-line no-control-regex -- as above
  [/\u001b\[>0?q/g, "\u001bP>|XTerm(390)\u001b\\"],
  // oxlint-disable-next-line no-control-regex -- as above
  [/\u001b\[\?(\d+)\$p/g, "\u001b[?$1;2$y"],
];

// oxlint-disable-next-line no-control-regex -- as above
const ASKS_BACKGROUND = /\u001b\]11;\?(?:\u0007|\u001b\\)/g;
const BLACK = "rgb:0000/0000/0000";

function answersOf({ isMute, isTerse, background = BLACK }: PtyOptions): Answers {
  if (isMute) return [];
  if (isTerse) return KIND;
  return [...KIND, ...ANSWERS, [ASKS_BACKGROUND, `\u001b]11;${background}\u0007`]];
}

const SEQUENCE =
  // oxlint-disable-next-line no-control-regex -- as above
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][0-9A-B]|[=>78])/g;

// oxlint-disable-next-line no-control-regex -- as above
const UNFINISHED = /\u001b(?:\[[0-?]*[ -/]*|\][^\u0007\u001b]{0,64}\u001b?)?$/;

export function withoutSequences(text: string): string {
  return text.replace(SEQUENCE, "");
}

export class PtyProgram implements AsyncDisposable {
  readonly startedAt = performance.now();
  readonly #child: Bun.Subprocess;
  readonly #decoder = new TextDecoder();
  readonly #answers: Answers;
  /** The beginning of a sequence whose rest has not come yet. */
  #begun = "";
  #chunks: Chunk[] = [];
  #bytes = 0;
  #waiters = new Set<PromiseWithResolvers<void>>();

  constructor(argv: readonly string[], options: PtyOptions) {
    this.#answers = answersOf(options);
    this.#child = Bun.spawn([...argv], {
      cwd: options.cwd,
      env: { TERM: "xterm-256color", COLORTERM: "truecolor", ...options.env },
      terminal: {
        cols: options.columns ?? 120,
        rows: options.rows ?? 36,
        data: (_, bytes) => this.#hear(bytes),
      },
    });
    void this.#child.exited.then(() => this.#tellWaiters(true));
  }

  get pid(): number {
    return this.#child.pid;
  }

  get exited(): Promise<number> {
    return this.#child.exited;
  }

  /** Bytes that it wrote so far. */
  get byteCount(): number {
    return this.#bytes;
  }

  /** All that it wrote, from the given byte time on. */
  output(since = 0): string {
    const before = this.#chunks.findLastIndex(({ at }) => at < since);
    return this.#chunks
      .slice(before + 1)
      .map(({ text }) => text)
      .join("");
  }

  /** The words that it wrote, without escape sequences. */
  plain(since = 0): string {
    return withoutSequences(this.output(since));
  }

  write(data: string): void {
    this.#child.terminal?.write(data);
  }

  /** More than a terminal takes at once. */
  async writeAll(data: string): Promise<void> {
    for (let at = 0; at < data.length; at += WRITE_CHARACTERS) {
      this.write(data.slice(at, at + WRITE_CHARACTERS));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  resize(columns: number, rows: number): void {
    this.#child.terminal?.resize(columns, rows);
  }

  /** When `isThere` first held, at the time of the chunk that made it so. */
  async until(isThere: () => boolean, signal?: AbortSignal): Promise<number> {
    while (!isThere()) {
      signal?.throwIfAborted();
      await this.#next(signal);
    }
    return this.#chunks.at(-1)?.at ?? performance.now();
  }

  /** As `until`, for words in what is written from now on, or since then. */
  untilText(text: string, since = 0, signal?: AbortSignal): Promise<number> {
    return this.until(() => this.plain(since).includes(text), signal);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), END_MS);
    this.#child.kill("SIGTERM");
    await this.#child.exited;
    clearTimeout(timer);
    this.#child.terminal?.close();
  }

  #hear(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    const text = this.#decoder.decode(bytes, { stream: true });
    this.#chunks.push({ at: performance.now(), text });
    const heard = this.#begun + text;
    for (const [question, answer] of this.#answers) {
      for (const [asked] of heard.matchAll(question)) this.write(asked.replace(question, answer));
    }
    this.#begun = UNFINISHED.exec(heard)?.[0] ?? "";
    this.#tellWaiters(false);
  }

  #next(signal?: AbortSignal): Promise<void> {
    const waiter = Promise.withResolvers<void>();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      waiter.reject(this.#endError());
      return waiter.promise;
    }
    this.#waiters.add(waiter);
    const aborted = () => waiter.reject(signal?.reason);
    signal?.addEventListener("abort", aborted, { once: true });
    return waiter.promise.finally(() => signal?.removeEventListener("abort", aborted));
  }

  #tellWaiters(hasEnded: boolean): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const { resolve, reject } of waiters) {
      if (hasEnded) reject(this.#endError());
      else resolve();
    }
  }

  #endError(): Error {
    return new Error(`it ended: ${this.plain().slice(-300)}`);
  }
}
