// The cells of a terminal, as the frames that are written to it change them: what of a frame was
// written anew although it was there already, and what in it is no drawing at all. Of what moves
// rows it knows a region in which lines are put in or taken out.

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

type Row = Map<number, Cell>;

export class CellGrid {
  readonly #rows = new Map<number, Row>();
  #region = { top: 1, bottom: Infinity };
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
      else if (final === "r") this.#confine(codes ?? "");
      else if (final === "L" || final === "M")
        this.#moveRows(Number(codes), final === "L" ? 1 : -1);
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

  /** To all rows without codes; the cursor goes to the upper left. */
  #confine(codes: string): void {
    const [top = 1, bottom = Infinity] = codes === "" ? [] : codes.split(";").map(Number);
    this.#region = { top, bottom };
    this.#move("1;1");
  }

  /** From the cursor to the end of the region, which has to be one; what is freed is blank. */
  #moveRows(count: number, direction: 1 | -1): void {
    const { bottom } = this.#region;
    const before = new Map(this.#rows);
    for (let row = this.#y; row <= bottom; row++) {
      const source = row - direction * count;
      const moved = source >= this.#y && source <= bottom ? before.get(source) : undefined;
      if (moved) this.#rows.set(row, moved);
      else this.#rows.delete(row);
    }
  }

  #color(codes: string): void {
    this.#style = codes === "" || codes === "0" ? "" : `${this.#style} ${codes}`;
  }

  #write(text: string, same: string[]): void {
    const row = this.#rows.get(this.#y) ?? new Map<number, Cell>();
    this.#rows.set(this.#y, row);
    for (const { segment } of new Intl.Segmenter().segment(text)) {
      const before = row.get(this.#x);
      const style = `${this.#style} ${this.#link}`;
      const isSame = before?.text === segment && before.style === style;
      if (isSame) same.push(`${this.#y};${this.#x} ${segment}`);
      row.set(this.#x, { text: segment, style });
      this.#x += Bun.stringWidth(segment);
    }
  }

  /** The text of so many rows of so many columns. */
  text(columns: number, rows: number): string {
    return Array.from({ length: rows }, (_, at) => this.#textOf(at + 1, columns)).join("\n");
  }

  #textOf(y: number, columns: number): string {
    const row = this.#rows.get(y);
    let text = "";
    for (let x = 1; x <= columns;) {
      const cell = row?.get(x)?.text ?? " ";
      text += cell;
      x += Math.max(1, Bun.stringWidth(cell));
    }
    return text;
  }
}

/** Shown, hidden, of another shape or colour. */
function isCursor(token: string, codes: string | undefined, final: string | undefined): boolean {
  if (token.startsWith(CURSOR_COLOR) || final === " q") return true;
  return codes === "?25" && (final === "l" || final === "h");
}
