// What a running command has printed: the end of it in memory, all of it in a file once it is
// longer than the limit. Memory stays bounded whatever is printed, and so does the file.
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { ensureDirectory } from "@/base/file";
import { errorCode, errorMessage } from "@/base/error";
import { formatBytes, truncateTail, type LimitedText, type TextLimit } from "@/base/text";

/** How long a live tail may be, in characters. */
export const LIVE_TAIL_MAX_LENGTH = 30_000;
/** The file with the whole output ends here. */
const SPILL_MAX_BYTES = 1024 * 1024 * 1024;

/** Four bytes a character at most, and what a limit may ask for. */
const KEEP_MIN_BYTES = 4 * LIVE_TAIL_MAX_LENGTH;
const NEWLINE = 10;

export interface OutputSpill {
  path: string;
  /** Why the file does not hold everything, if it does not. */
  incomplete?: string;
}

export class ShellOutput {
  readonly #limit: TextLimit;
  readonly #keepBytes: number;
  readonly #spillMaxBytes: number;
  readonly #spillPath: string;
  readonly #spillDirectory: string;
  #chunks: Uint8Array[] = [];
  #keptBytes = 0;
  #totalBytes = 0;
  #lines = 0;
  #file: FileHandle | undefined;
  #spilledBytes = 0;
  #spill: OutputSpill | undefined;

  constructor(options: {
    limit: TextLimit;
    spillDirectory: string;
    spillName: string;
    spillMaxBytes?: number;
  }) {
    this.#limit = options.limit;
    this.#keepBytes = Math.max(KEEP_MIN_BYTES, options.limit.maxBytes) + 4;
    this.#spillMaxBytes = options.spillMaxBytes ?? SPILL_MAX_BYTES;
    this.#spillDirectory = options.spillDirectory;
    this.#spillPath = join(options.spillDirectory, options.spillName);
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** The file with the whole output, once there is one. */
  get spill(): OutputSpill | undefined {
    return this.#spill;
  }

  /** Takes in what was printed next; resolves when it is safe to read on. Never rejects. */
  async add(chunk: Uint8Array): Promise<void> {
    this.#totalBytes += chunk.length;
    // Once over the limit the count no longer matters, and counting is the dearest thing here.
    if (!this.#isLong()) this.#lines += countNewlines(chunk);
    this.#chunks.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#isLong()) await this.#writeSpill(chunk);
    this.#dropOld();
  }

  /** The last characters printed so far, without a character that is still incomplete. */
  liveTail(): string {
    const text = new TextDecoder().decode(this.#bytes(), { stream: true });
    return text.length > LIVE_TAIL_MAX_LENGTH ? cutStart(text, LIVE_TAIL_MAX_LENGTH) : text;
  }

  /** What was printed behind the first `from` bytes, as far as it is kept, and where that ends. */
  since(from: number): { text: string; to: number; lost: number } {
    const first = Math.max(from, this.#totalBytes - this.#keptBytes);
    const bytes = Buffer.concat(this.#chunks).subarray(first - this.#totalBytes + this.#keptBytes);
    const start = first > from ? lengthOfRest(bytes) : 0;
    const whole = bytes.subarray(start, bytes.length - lengthOfPiece(bytes));
    const to = first + start + whole.length;
    return { text: whole.toString("utf8"), to, lost: first + start - from };
  }

  /** The end of the output within the limit. */
  limited(): LimitedText {
    const tail = truncateTail(Buffer.from(this.#bytes()).toString("utf8"), this.#limit);
    return { ...tail, truncated: tail.truncated || this.#totalBytes > this.#keptBytes };
  }

  /** Ends the file, if there is one, and tells where it is. Never rejects. */
  async close(): Promise<OutputSpill | undefined> {
    const file = this.#file;
    this.#file = undefined;
    try {
      await file?.close();
    } catch (error) {
      this.#stopSpill(errorMessage(error));
    }
    return this.#spill;
  }

  #isLong(): boolean {
    return this.#totalBytes > this.#limit.maxBytes || this.#lines > this.#limit.maxLines;
  }

  async #writeSpill(chunk: Uint8Array): Promise<void> {
    if (this.#spill?.incomplete !== undefined) return;
    try {
      if (!this.#spill) {
        // Until now everything is in memory.
        this.#spill = { path: this.#spillPath };
        await ensureDirectory(this.#spillDirectory);
        this.#file = await open(this.#spillPath, "wx", 0o600);
        for (const kept of this.#chunks) await this.#append(kept);
      } else await this.#append(chunk);
    } catch (error) {
      const full = errorCode(error) === "ENOSPC" || errorCode(error) === "EDQUOT";
      this.#stopSpill(full ? "the disk is full" : errorMessage(error));
    }
  }

  async #append(chunk: Uint8Array): Promise<void> {
    const room = this.#spillMaxBytes - this.#spilledBytes;
    await this.#file?.writeFile(chunk.subarray(0, room));
    this.#spilledBytes += Math.min(room, chunk.length);
    if (chunk.length > room) {
      this.#stopSpill(`only the first ${formatBytes(this.#spillMaxBytes)} were kept`);
    }
  }

  #stopSpill(reason: string): void {
    this.#spill = { path: this.#spillPath, incomplete: reason };
  }

  #dropOld(): void {
    for (;;) {
      const first = this.#chunks[0];
      if (!first || this.#keptBytes - first.length < this.#keepBytes) return;
      this.#chunks.shift();
      this.#keptBytes -= first.length;
    }
  }

  /** What is kept, from the start of a character on. */
  #bytes(): Uint8Array {
    const bytes = Buffer.concat(this.#chunks);
    return this.#keptBytes === this.#totalBytes ? bytes : bytes.subarray(lengthOfRest(bytes));
  }
}

/** How many bytes at the beginning belong to a character that began before. */
function lengthOfRest(bytes: Uint8Array): number {
  let length = 0;
  while (length < 3 && isContinuation(bytes[length] ?? 0)) length++;
  return length;
}

/** How many bytes at the end belong to a character that is still incomplete. */
function lengthOfPiece(bytes: Uint8Array): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const byte = bytes[bytes.length - length] ?? 0;
    if (isContinuation(byte)) continue;
    const whole = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return whole > length ? length : 0;
  }
  return 0;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function countNewlines(chunk: Uint8Array): number {
  let count = 0;
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** Never begins with the second half of a character. */
function cutStart(text: string, maxLength: number): string {
  const cut = text.slice(-maxLength);
  const code = cut.charCodeAt(0);
  return code >= 0xdc00 && code <= 0xdfff ? cut.slice(1) : cut;
}
