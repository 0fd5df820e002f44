// Hit marks: what is looked for, marked wherever it stands on the screen. They lie over the
// transcript and change the colours of the cells that hold the text, never the text.
import { type OptimizedBuffer, Renderable, type RenderContext, type RGBA } from "@opentui/core";

/** Greater values of a cell are not a character but a reference to several. */
const CHARACTER_MAX = 0x10ffff;

export interface HitMarksOptions {
  colors: () => { text: RGBA; background: RGBA };
}

export class HitMarks extends Renderable {
  readonly #colors: HitMarksOptions["colors"];
  #query = "";

  constructor(context: RenderContext, { colors }: HitMarksOptions) {
    super(context, { position: "absolute", left: 0, top: 0, width: "100%", height: "100%" });
    this.#colors = colors;
    this.zIndex = 1;
    this.visible = false;
  }

  set query(query: string) {
    this.#query = query.toLowerCase();
    this.visible = query.trim() !== "";
    this.requestRender();
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    const bottom = Math.min(buffer.height, this.screenY + this.height);
    for (let y = Math.max(0, this.screenY); y < bottom; y++) this.#markRow(buffer, y);
  }

  #markRow(buffer: OptimizedBuffer, y: number): void {
    const { char } = buffer.buffers;
    const left = Math.max(0, this.screenX);
    const right = Math.min(buffer.width, left + this.width);
    const cells = Array.from({ length: Math.max(0, right - left) }, (_, at) => {
      const code = char[y * buffer.width + left + at] ?? 0;
      return code > 0 && code <= CHARACTER_MAX ? String.fromCodePoint(code) : " ";
    });
    // One character of text for each cell, so that a place in it is a column.
    const row = cells
      .map((one) => (one.length === 1 ? one : " "))
      .join("")
      .toLowerCase();
    if (row.length !== cells.length) return;
    const { text, background } = this.#colors();
    const length = this.#query.length;
    for (let at = row.indexOf(this.#query); at >= 0; at = row.indexOf(this.#query, at + length)) {
      for (let cell = at; cell < at + length; cell++) {
        buffer.setCell(left + cell, y, cells[cell] ?? " ", text, background);
      }
    }
  }
}
