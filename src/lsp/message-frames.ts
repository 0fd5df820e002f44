// The frames in which messages travel: a header with a length, an empty line, that many bytes of
// JSON. Everything has a bound, because a broken server can say anything.
import { isValid, t } from "@/base/schema";

const HEADER_MAX_BYTES = 8 * 1024;
/** A few megabytes are usual for the symbols of a large project. */
export const MESSAGE_MAX_BYTES = 64 * 1024 * 1024;

const Envelope = t.Object({ jsonrpc: t.String() });
export type Envelope = { jsonrpc: string };

/** Takes bytes as they come and gives whole messages; throws Error for what is no frame. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #size = 0;
  #bodyLength: number | undefined;

  /** The messages that these bytes complete, one at a time. */
  *push(chunk: Uint8Array): Iterable<Envelope> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (;;) {
      this.#bodyLength ??= this.#takeHeader();
      if (this.#bodyLength === undefined || this.#size < this.#bodyLength) return;
      const body = this.#take(this.#bodyLength);
      this.#bodyLength = undefined;
      yield parseMessage(body);
    }
  }

  /** The length that the header names, once the header is whole. */
  #takeHeader(): number | undefined {
    const head = this.#peek(HEADER_MAX_BYTES);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      if (this.#size >= HEADER_MAX_BYTES) throw new Error("it writes what is no message");
      return undefined;
    }
    const header = head.toString("latin1", 0, end);
    const length = Number(/^content-length: *(\d{1,12}) *$/im.exec(header)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) throw new Error("it writes what is no message");
    if (length > MESSAGE_MAX_BYTES) throw new Error(`it writes a message of ${length} bytes`);
    this.#take(end + 4);
    return length;
  }

  #peek(length: number): Buffer {
    // Joined once, so that a large body is not copied again for every chunk of it.
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    const [first = new Uint8Array()] = this.#chunks;
    return Buffer.from(first.buffer, first.byteOffset, Math.min(length, first.length));
  }

  #take(length: number): Buffer {
    const all = this.#peek(this.#size);
    this.#chunks = [all.subarray(length)];
    this.#size -= length;
    return all.subarray(0, length);
  }
}

function parseMessage(body: Buffer): Envelope {
  const message: unknown = JSON.parse(body.toString("utf8"));
  if (!isValid(Envelope, message)) throw new Error("it writes what is no message");
  return message;
}

export function frameMessage(message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}
