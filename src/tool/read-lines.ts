// A window of lines out of a file of any size. Memory holds the window and one chunk, never the
// file; a line too long is cut while it is read.

export interface LineWindow {
  lines: string[];
  /** 1-based number of the first line. */
  first: number;
  /** Lines of the whole file; undefined when counting was given up. */
  total: number | undefined;
  /** Lines were left out behind the window for being more than `maxBytes`. */
  capped: boolean;
}

export interface WindowRequest {
  /** 1-based. */
  first: number;
  limit: number;
  /** Of the window's text. */
  maxBytes: number;
  signal: AbortSignal;
}

const LINE_MAX_CHARACTERS = 2_000;
/** Four bytes a character at most, and some to see that more follows. */
const LINE_MAX_BYTES = LINE_MAX_CHARACTERS * 4 + 8;
/** Beyond the window, lines of at most this many bytes are still counted. */
const COUNTED_MAX_BYTES = 512 * 1024 * 1024;
const NEWLINE = 10;
/** After so many chunks other work gets a turn. */
const CHUNKS_PER_TURN = 64;

/** Reads the window from chunks of bytes; throws the signal's reason on abort. */
export async function readWindow(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  request: WindowRequest,
): Promise<LineWindow> {
  const reader = new WindowReader(request);
  let bytes = 0;
  let count = 0;
  for await (const chunk of chunks) {
    request.signal.throwIfAborted();
    reader.add(chunk);
    bytes += chunk.length;
    if (reader.capped || (reader.full && bytes > COUNTED_MAX_BYTES)) {
      return reader.finish(false);
    }
    if (++count % CHUNKS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return reader.finish(true);
}

class WindowReader {
  readonly #request: WindowRequest;
  readonly #lines: string[] = [];
  #bytes = 0;
  /** Lines that have ended so far. */
  #ended = 0;
  /** The beginning of the line that is being read, when it is one of the window. */
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #isLineOpen = false;
  capped = false;

  constructor(request: WindowRequest) {
    this.#request = request;
  }

  get full(): boolean {
    return this.#ended >= this.#request.first - 1 + this.#request.limit;
  }

  add(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk, start, end);
      this.#endLine();
      if (this.capped) return;
      start = end + 1;
    }
    if (start < chunk.length) {
      this.#keep(chunk, start, chunk.length);
      this.#isLineOpen = true;
    }
  }

  finish(isEnd: boolean): LineWindow {
    if (this.#isLineOpen && isEnd) this.#endLine();
    const total = isEnd && !this.capped ? this.#ended : undefined;
    return { lines: this.#lines, first: this.#request.first, total, capped: this.capped };
  }

  #keep(chunk: Uint8Array, start: number, end: number): void {
    const room = LINE_MAX_BYTES - this.#pendingBytes;
    if (!this.#isWanted() || room <= 0 || end === start) return;
    // Copied: the chunk's memory may be used again for the next one.
    const piece = chunk.slice(start, Math.min(end, start + room));
    this.#pending.push(piece);
    this.#pendingBytes += piece.length;
  }

  #endLine(): void {
    if (this.#isWanted()) this.#take();
    this.#ended++;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#isLineOpen = false;
  }

  #take(): void {
    const raw = Buffer.concat(this.#pending).toString("utf8").replace(/\r$/, "");
    const bare = this.#ended === 0 ? raw.replace(/^\uFEFF/, "") : raw;
    const line = cutLine(bare);
    const size = Buffer.byteLength(line) + 1;
    if (this.#bytes + size > this.#request.maxBytes && this.#lines.length > 0) {
      this.capped = true;
      return;
    }
    this.#bytes += size;
    this.#lines.push(line);
  }

  #isWanted(): boolean {
    return this.#ended >= this.#request.first - 1 && !this.full && !this.capped;
  }
}

/** A line cut to its limit, with a mark that says so. */
export function cutLine(line: string): string {
  if (line.length <= LINE_MAX_CHARACTERS) return line;
  const kept = line.slice(0, LINE_MAX_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept}... (line truncated to ${LINE_MAX_CHARACTERS} chars)`;
}
