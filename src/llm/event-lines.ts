// Event lines: the body of an event stream, line by line on its way to a provider package, so that
// what the package would trip over is mended before. Lines which need nothing pass as they came.
//
// Ends the stream where it says that it is done, whether or not the server closes it, and ends the
// last event where the server forgot to.

/** What is wrong with the events of one wire, and what becomes of them. One for each answer. */
export interface EventMender {
  /** The data of one event, mended; undefined when they may stay as they are. */
  mend(data: string): string | undefined;
  /** What still has to be said before the end, which the server announced or not. */
  end(isAnnounced: boolean): string | undefined;
  /** Whether the answer is complete but for what is not needed. */
  readonly isComplete: boolean;
}

/** A line longer than this is passed on as it is, in pieces. */
const LINE_MAX_CHARACTERS = 16 * 1024 * 1024;

export class EventLines {
  readonly #mender: EventMender;
  readonly #onComplete: () => void;
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  #line = "";
  #end: () => void = () => {};

  /** `onComplete` is called once, when the answer is complete but for the end of its stream. */
  constructor(mender: EventMender, onComplete: () => void) {
    this.#mender = mender;
    this.#onComplete = onComplete;
  }

  /** The response with its body mended. To be called once. */
  mend(response: Response): Response {
    if (!response.body) return response;
    const mended = new TransformStream<Uint8Array, Uint8Array>({
      start: (controller) => {
        this.#end = () => this.#finish(controller, false);
      },
      transform: (bytes, controller) => this.#take(bytes, controller),
      flush: (controller) => {
        this.#end = () => {};
        this.#write(this.#rest(false), controller);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(mended), { status, statusText, headers });
  }

  /** Ends the body here, as if the server had. */
  close(): void {
    try {
      this.#end();
    } catch {
      // Whoever read it has left before: it has ended already.
    }
  }

  #take(bytes: Uint8Array, controller: TransformStreamDefaultController<Uint8Array>): void {
    this.#line += this.#decoder.decode(bytes, { stream: true });
    const lines = this.#line.split("\n");
    this.#line = lines.pop() ?? "";
    let text = "";
    for (const line of lines) {
      if (isDone(line)) {
        this.#write(text, controller);
        this.#line = "";
        return this.#finish(controller, true);
      }
      text += `${this.#mendLine(line)}\n`;
    }
    if (this.#line.length > LINE_MAX_CHARACTERS) {
      text += this.#line;
      this.#line = "";
    }
    this.#write(text, controller);
  }

  #finish(controller: TransformStreamDefaultController<Uint8Array>, isAnnounced: boolean): void {
    this.#end = () => {};
    this.#write(this.#rest(isAnnounced), controller);
    controller.terminate();
  }

  #rest(isAnnounced: boolean): string {
    const line = this.#line + this.#decoder.decode();
    this.#line = "";
    const last = line === "" || isDone(line) ? "" : this.#mendLine(line);
    const end = this.#mender.end(isAnnounced || isDone(line));
    return `${last}\n\n${end === undefined ? "" : `data: ${end}\n\n`}`;
  }

  #mendLine(line: string): string {
    if (!line.startsWith("data:")) return line;
    const wasComplete = this.#mender.isComplete;
    const mended = this.#mender.mend(line.slice("data:".length).trim());
    if (!wasComplete && this.#mender.isComplete) this.#onComplete();
    return mended === undefined ? line : `data: ${mended}`;
  }

  #write(text: string, controller: TransformStreamDefaultController<Uint8Array>): void {
    if (text !== "") controller.enqueue(this.#encoder.encode(text));
  }
}

function isDone(line: string): boolean {
  return /^data:\s*\[DONE\]\s*$/.test(line);
}
