// The last part of what a terminal has printed, addressed by an absolute position that only grows:
// whoever remembers how far it has read goes on from there. Positions count UTF-16 units, as the
// lengths of strings do in clients. Memory is bounded; the oldest goes first.

/** Pieces are joined up to this size, so that many small prints are no list of many strings. */
const PIECE_MIN_LENGTH = 8 * 1024;

export class Scrollback {
  readonly #maxLength: number;
  readonly #decoder = new TextDecoder();
  #pieces: string[] = [];
  #start = 0;
  #end = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The position of the oldest character that is kept. */
  get start(): number {
    return this.#start;
  }

  /** The position behind the newest character. */
  get end(): number {
    return this.#end;
  }

  /** Adds bytes of UTF-8, which may begin and end within a character. */
  add(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text === "") return;
    const last = this.#pieces.length - 1;
    const open = this.#pieces[last];
    if (open !== undefined && open.length < PIECE_MIN_LENGTH) this.#pieces[last] = open + text;
    else this.#pieces.push(text);
    this.#end += text.length;
    this.#trim();
  }

  /** The text from `position` on, at most about `maxLength` of it; empty at the end. */
  read(position: number, maxLength: number): string {
    let at = this.#start;
    let text = "";
    for (const piece of this.#pieces) {
      const from = Math.max(0, position - at);
      at += piece.length;
      if (from >= piece.length) continue;
      // Whole pieces, because a cut could go through a character.
      text += piece.slice(from);
      if (text.length >= maxLength) break;
    }
    return text;
  }

  /** Whole pieces go, so a little less than the limit may be left. */
  #trim(): void {
    while (this.#end - this.#start > this.#maxLength && this.#pieces.length > 1) {
      this.#start += this.#pieces.shift()?.length ?? 0;
    }
  }
}
