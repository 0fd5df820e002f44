// Reads what a program prints record by record while it runs, and ends the program as soon as
// nobody wants more. For programs that have no children of their own.
import { errorCode, errorMessage, unavailable } from "@/base/error";

export interface RecordOptions {
  cwd: string;
  signal?: AbortSignal;
  /** What ends a record; a last one without it counts too. */
  delimiter: "\n" | "\0";
  /** Longer records are left out, so that memory stays bounded. */
  maxRecordBytes: number;
}

export interface RecordEnd {
  exitCode: number | null;
  /** The beginning of what it said on stderr. */
  stderr: string;
}

const STDERR_MAX_BYTES = 8 * 1024;

/**
 * Yields batches of records as they come, and returns how the program ended. Leaving the loop
 * early ends the program. Throws the signal's reason on abort, and AppError unavailable when the
 * program cannot be started.
 */
export async function* streamRecords(
  argv: readonly string[],
  options: RecordOptions,
): AsyncGenerator<string[], RecordEnd> {
  options.signal?.throwIfAborted();
  const child = start(argv, options.cwd);
  const end = () => child.kill("SIGKILL");
  options.signal?.addEventListener("abort", end, { once: true });
  try {
    const stderr = readStart(child.stderr);
    const splitter = new Splitter(options.delimiter, options.maxRecordBytes);
    for await (const chunk of child.stdout) {
      const records = splitter.take(chunk);
      if (records.length > 0) yield records;
    }
    options.signal?.throwIfAborted();
    const last = splitter.finish();
    if (last !== undefined) yield [last];
    await child.exited;
    return { exitCode: child.exitCode, stderr: await stderr };
  } finally {
    options.signal?.removeEventListener("abort", end);
    end();
    await child.exited;
  }
}

function start(argv: readonly string[], cwd: string) {
  try {
    return Bun.spawn([...argv], { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  } catch (error) {
    const program = argv[0] ?? "";
    const reason =
      errorCode(error) === "ENOENT"
        ? `it was not found, or the directory ${cwd} does not exist`
        : errorMessage(error);
    throw unavailable(`Cannot run ${program}: ${reason}`, { program, cwd }, error);
  }
}

async function readStart(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    if (text.length < STDERR_MAX_BYTES) text += decoder.decode(chunk, { stream: true });
  }
  return text.slice(0, STDERR_MAX_BYTES).trim();
}

/** Cuts bytes into records; a chunk is decoded at once, which is far faster than each record. */
class Splitter {
  readonly #delimiter: string;
  readonly #maxBytes: number;
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  #skipping = false;

  constructor(delimiter: "\n" | "\0", maxBytes: number) {
    this.#delimiter = delimiter;
    this.#maxBytes = maxBytes;
  }

  take(chunk: Uint8Array): string[] {
    const code = this.#delimiter.charCodeAt(0);
    let from = 0;
    if (this.#skipping) {
      from = chunk.indexOf(code) + 1;
      if (from === 0) return [];
      this.#skipping = false;
    }
    const end = chunk.lastIndexOf(code);
    if (end < from) {
      this.#keep(chunk.subarray(from));
      return [];
    }
    const whole = Buffer.concat([...this.#rest, chunk.subarray(from, end)]).toString("utf8");
    this.#rest = [];
    this.#restBytes = 0;
    this.#keep(chunk.subarray(end + 1));
    return whole.split(this.#delimiter);
  }

  finish(): string | undefined {
    return this.#restBytes > 0 ? Buffer.concat(this.#rest).toString("utf8") : undefined;
  }

  #keep(bytes: Uint8Array): void {
    this.#rest.push(bytes);
    this.#restBytes += bytes.length;
    if (this.#restBytes <= this.#maxBytes) return;
    this.#rest = [];
    this.#restBytes = 0;
    this.#skipping = true;
  }
}
