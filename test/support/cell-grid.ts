// The cells of a terminal, as the frames that are written to it change them: what of a frame was
// written anew although it was there already, and what in it is no drawing at all.

interface Cell {
  text: string;
  /** The codes that were in force when it was written. */
  style: string;
}

export interface Written {
  /** Cells that the frame made what they were before. */
  same: string[];
  /** Sequences that neither place or shape the cursor nor say how cells look. */
  strange: string[];
}

const TOKEN =
  // oxlint-disable-next-line no-control-regex -- escape sequences are what is looked for
  /\u001b\[([0-?]*)([ -/]*[@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[^\u001b]+|\u001b./gs;

const LINK = "\u001b]8;";
const CURSOR_COLOR = "\u001b]12;";

export class CellGrid {
  readonly #cells = new Map<string, Cell>();
  #x = 1;
  #y = 1;
  #style = "";
  #link = "";

  /** Draws what was written between the two marks of a frame. */
  draw(frame: string): Written {
    const written: Written = { same: [], strange: [] };
    for (const [token, codes, final] of frame.matchAll(TOKEN)) {
      if (final === "H") this.#move(codes ?? "");
      else if (final === "m") this.#color(codes ?? "");
      else if (token.startsWith(LINK)) this.#link = token.slice(LINK.length);
      else if (!token.startsWith("\u001b")) this.#write(token, written.same);
      else if (!isCursor(token, codes, final)) written.strange.push(JSON.stringify(token));
    }
    return written;
  }

  #move(codes: string): void {
    const [row = 1, column = 1] = codes.split(";").map(Number);
    this.#y = row;
    this.#x = column;
  }

  #color(codes: string): void {
    this.#style = codes === "" || codes === "0" ? "" : `${this.#style} ${codes}`;
  }

  #write(text: string, same: string[]): void {
    for (const { segment } of new Intl.Segmenter().segment(text)) {
      const key = `${this.#y};${this.#x}`;
      const before = this.#cells.get(key);
      const style = `${this.#style} ${this.#link}`;
      if (before?.text === segment && before.style === style) same.push(`${key} ${segment}`);
      this.#cells.set(key, { text: segment, style });
      this.#x += Bun.stringWidth(segment);
    }
  }
}

/** Shown, hidden, of another shape or colour. */
function isCursor(token: string, codes: string | undefined, final: string | undefined): boolean {
  if (token.startsWith(CURSOR_COLOR) || final === " q") return true;
  return codes === "?25" && (final === "l" || final === "h");
}
