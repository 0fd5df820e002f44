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
  /**
   * Lines of data that hold a piece of a JSON text, in three groups: what is before it, the piece,
   * what is after it. Neighbours with the same before and after may be one.
   */
  readonly pieces?: RegExp;
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

/** What is used of a body's reader, whichever of the runtime's types it has. */
interface BodyReader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}

const NEWLINE = 10;
const DONE_MAX_CHARACTERS = 40;
/** With its blank line. */
const LINES_OF_EVENT = 2;

/** What may lie between the data of two events without a meaning of its own. */
const BETWEEN = /^(event:.*)?\r?$/;
const BLANK = /^\r?$/;

/** A line longer than this is passed on as it is, in pieces. */
const LINE_MAX_CHARACTERS = 16 * 1024 * 1024;

export class EventLines {
  readonly #mender: EventMender;
  readonly #onComplete: () => void;
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  #line = "";
  #isEnded = false;
  /** Of a body that has said its end and may still have more. */
  #rest: BodyReader | undefined;
  #end: () => void = () => {};

  /** `onComplete` is called once, when the answer is complete but for the end of its stream. */
  constructor(mender: EventMender, onComplete: () => void) {
    this.#mender = mender;
    this.#onComplete = onComplete;
  }

  /** The response with its body mended. To be called once. */
  mend(response: Response): Response {
    const reader: BodyReader | undefined = response.body?.getReader();
    if (!reader) return response;
    // Not a TransformStream: each piece would cost as much again as all that is done with it.
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#end = () => this.#finish(controller, false);
      },
      pull: (controller) => this.#pull(reader, controller),
      cancel: (reason) => reader.cancel(reason),
    });
    const { status, statusText, headers } = response;
    return new Response(body, { status, statusText, headers });
  }

  /** Ends the body here, as if the server had. */
  close(): void {
    try {
      this.#end();
    } catch {
      // Whoever read it has left before: it has ended already.
    }
  }

  /**
   * Reads what the server sends behind the end that it announced, up to its own, to nowhere; until
   * then its connection cannot be used again. Undefined where there is nothing of the kind.
   */
  drain(): Promise<void> | undefined {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest && readToEnd(rest);
  }

  /** Reads until something can be passed on, or all is. */
  async #pull(reader: BodyReader, controller: Controller): Promise<void> {
    for (let isPassed = false; !isPassed && !this.#isEnded;) {
      const { value } = await reader.read();
      if (this.#isEnded) return;
      if (value) isPassed = this.#take(value, controller);
      else this.#finish(controller, false);
      if (value && this.#isEnded) this.#rest = reader;
    }
  }

  /** Whether there was something to pass on. */
  #take(bytes: Uint8Array, controller: Controller): boolean {
    const isWhole = this.#line === "" && bytes.at(-1) === NEWLINE;
    this.#line += this.#decoder.decode(bytes, { stream: true });
    const lines = this.#line.split("\n");
    this.#line = lines.pop() ?? "";
    let text = "";
    const joined = this.#join(lines);
    let isMended = joined.length !== lines.length;
    for (const line of joined) {
      if (isDone(line)) {
        this.#line = "";
        this.#write(text, controller);
        this.#finish(controller, true);
        return true;
      }
      const mended = this.#mendLine(line);
      isMended ||= mended !== line;
      text += `${mended}\n`;
    }
    if (this.#line.length > LINE_MAX_CHARACTERS) {
      text += this.#line;
      this.#line = "";
    }
    if (isWhole && !isMended && this.#line === "") controller.enqueue(bytes);
    else this.#write(text, controller);
    return text !== "";
  }

  /**
   * Pieces that came at once are one: to the package, which checks each event as thoroughly as the
   * first, a long piece costs what a short one does.
   */
  #join(lines: readonly string[]): readonly string[] {
    const { pieces } = this.#mender;
    if (!pieces || lines.length <= LINES_OF_EVENT) return lines;
    const joined: string[] = [];
    let open: { at: number; before: string; text: string; after: string } | undefined;
    for (const line of lines) {
      const found = pieces.exec(line);
      if (!found && !BETWEEN.test(line)) open = undefined;
      const [, before = "", text = "", after = ""] = found ?? [];
      const isNext = open?.before === before && open.after === after;
      if (found && open && isNext && BLANK.test(joined[open.at + 1] ?? "-")) {
        joined.length = open.at + 1;
        open.text += text;
        joined[open.at] = before + open.text + after;
      } else {
        if (found) open = { at: joined.length, before, text, after };
        joined.push(line);
      }
    }
    return joined;
  }

  #finish(controller: Controller, isAnnounced: boolean): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#write(this.#last(isAnnounced), controller);
    controller.close();
  }

  #last(isAnnounced: boolean): string {
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

  #write(text: string, controller: Controller): void {
    if (text !== "") controller.enqueue(this.#encoder.encode(text));
  }
}

async function readToEnd(reader: BodyReader): Promise<void> {
  while (!(await reader.read()).done);
}

function isDone(line: string): boolean {
  return line.length < DONE_MAX_CHARACTERS && /^data:\s*\[DONE\]\s*$/.test(line);
}
