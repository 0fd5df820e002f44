// Reads an event stream frame by frame, as a client would.

import { nodeOf } from "@test/support/contract";

export interface Frame {
  id?: string;
  data: Record<string, unknown>;
}

export class EventReader implements AsyncDisposable {
  readonly response: Response;
  /** All that was read so far. */
  readonly frames: Frame[] = [];
  readonly #abort: AbortController;
  readonly #reader: AsyncIterator<Uint8Array>;
  readonly #decoder = new TextDecoder();
  /** What was received and not yet taken. Joined only when a line ends: an event may be large. */
  #pieces: string[] = [];

  private constructor(response: Response, abort: AbortController) {
    if (!response.body) throw new Error("the stream has no body");
    this.response = response;
    this.#abort = abort;
    this.#reader = response.body[Symbol.asyncIterator]();
  }

  static async open(url: URL, headers: Record<string, string> = {}): Promise<EventReader> {
    const abort = new AbortController();
    return new EventReader(await fetch(url, { headers, signal: abort.signal }), abort);
  }

  /** The next frame, or undefined when the stream has ended. */
  async next(): Promise<Frame | undefined> {
    for (let text = this.#pieces.join(""); ; text = this.#pieces.join("")) {
      const end = text.indexOf("\n\n");
      if (end >= 0) return this.#takeFrame(text, end);
      this.#pieces = [text];
      if (!(await this.#readLine())) return undefined;
    }
  }

  /** Reads up to the first frame that `isWanted`; throws when the stream ends before. */
  async until(isWanted: (frame: Frame) => boolean): Promise<Frame> {
    for (let frame = await this.next(); frame; frame = await this.next()) {
      if (isWanted(frame)) return frame;
    }
    throw new Error(`the stream ended after ${this.types.join(", ")}`);
  }

  untilType(type: string): Promise<Frame> {
    return this.until((frame) => typeOf(frame) === type);
  }

  /** The types of all that was read so far. */
  get types(): string[] {
    return this.frames.map(typeOf);
  }

  /** The id that a client would come back with. */
  get lastID(): string | undefined {
    return this.frames.findLast(({ id }) => id !== undefined)?.id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reader.return?.().catch(() => undefined); // it ended by the abort
  }

  /** Reads until a line has ended; false when the stream has. */
  async #readLine(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.#reader.next();
      if (done) return false;
      const piece = this.#decoder.decode(value, { stream: true });
      this.#pieces.push(piece);
      if (piece.includes("\n")) return true;
    }
  }

  #takeFrame(text: string, end: number): Frame {
    const lines = text.slice(0, end).split("\n");
    this.#pieces = [text.slice(end + 2)];
    const frame: Frame = { data: {} };
    for (const line of lines) {
      if (line.startsWith("id: ")) frame.id = line.slice(4);
      if (line.startsWith("data: ")) frame.data = nodeOf(JSON.parse(line.slice(6)));
    }
    this.frames.push(frame);
    return frame;
  }
}

/** Of a bare event or of one with its place. */
export function typeOf({ data }: Frame): string {
  const event = "payload" in data ? nodeOf(data["payload"]) : data;
  return String(event["type"]);
}

export function propertiesOf({ data }: Frame): Record<string, unknown> {
  const event = "payload" in data ? nodeOf(data["payload"]) : data;
  return nodeOf(event["properties"]);
}
