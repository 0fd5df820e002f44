// The lines of a list, drawn cell by cell: a bar over the selected row, columns, and an ellipsis
// where a text is cut. What is off the screen costs nothing.

import {
  Renderable,
  TextAttributes,
  type MouseEvent,
  type OptimizedBuffer,
  type RGBA,
} from "@opentui/core";
import { columns as widthOf, cut } from "@/tui/cells";
import { findColorDepth } from "@/tui/theme/color-depth";
import type { Ui } from "@/tui/ui";
import { harmless } from "@/tui/views/words";
import { toLines, type Line, type ListRow } from "./list-rows";

export interface ListViewOptions {
  /** Columns of labels, where rows have a second column. */
  labelColumns: number | undefined;
  onPick: () => void;
  onMove: () => void;
}

/** What a wheel moves. */
const WHEEL_LINES = 3;
/** A second column narrower than this says nothing. */
const MIN_DETAIL = 6;

export class ListView<T> extends Renderable {
  readonly #ui: Ui;
  readonly #options: ListViewOptions;
  readonly #hasColors: boolean;
  #rows: readonly ListRow<T>[] = [];
  #lines: readonly Line<T>[] = [];
  #selected = 0;
  #first = 0;
  #markColumns = 0;

  constructor(ui: Ui, options: ListViewOptions) {
    super(ui.renderer, { width: "100%", flexShrink: 0, height: 1 });
    this.#ui = ui;
    this.#options = options;
    this.#hasColors = findColorDepth(ui.environment.env) !== "none";
    this.onMouseDown = (event) => this.#click(event);
    this.onMouseMove = (event) => void this.#point(event);
    this.onMouseScroll = (event) => this.#wheel(event);
  }

  /** Lines that it would take to show all. */
  get lineCount(): number {
    return this.#lines.length;
  }

  get rows(): readonly ListRow<T>[] {
    return this.#rows;
  }

  get selected(): ListRow<T> | undefined {
    return this.#rows[this.#selected];
  }

  setRows(rows: readonly ListRow<T>[], selected = 0): void {
    this.#rows = rows;
    this.#lines = toLines(rows);
    const marks = rows.map(({ mark }) => (mark === undefined ? 0 : widthOf(mark) + 1));
    this.#markColumns = Math.max(0, ...marks);
    this.select(selected);
  }

  select(index: number): void {
    this.#selected = Math.max(0, Math.min(index, this.#rows.length - 1));
    this.#reveal();
    this.requestRender();
  }

  /** Goes on at the other end, unless it moved by more than one row. */
  moveBy(rows: number): void {
    const count = this.#rows.length;
    if (count === 0) return;
    const wanted = this.#selected + rows;
    const isOver = wanted < 0 || wanted >= count;
    const wrapped = (wanted + count) % count;
    this.select(isOver && Math.abs(rows) === 1 ? wrapped : wanted);
    this.#options.onMove();
  }

  get page(): number {
    return Math.max(1, this.height - 1);
  }

  protected override onResize(width: number, height: number): void {
    super.onResize(width, height);
    this.#reveal();
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    const shown = this.#lines.slice(this.#first, this.#first + this.height);
    for (const [row, line] of shown.entries()) this.#draw(buffer, line, this.y + row);
  }

  /** Scrolls so that the selected row is seen, with the name of its group if it is its first. */
  #reveal(): void {
    const at = this.#lines.findIndex(
      (line) => line.type === "row" && line.index === this.#selected,
    );
    const top = this.#lines[at - 1]?.type === "group" ? at - 1 : at;
    const bottom = this.#lines[at + 1]?.type === "below" ? at + 1 : at;
    if (top < this.#first) this.#first = Math.max(0, top);
    if (bottom >= this.#first + this.height) this.#first = bottom - this.height + 1;
    this.#clampScroll();
  }

  #clampScroll(): void {
    const last = Math.max(0, this.#lines.length - this.height);
    this.#first = Math.max(0, Math.min(this.#first, last));
  }

  #draw(buffer: OptimizedBuffer, line: Line<T>, y: number): void {
    const { colors } = this.#ui.theme;
    const { x, width } = this;
    if (line.type === "group") {
      buffer.drawText(
        cut(harmless(line.text), width),
        x,
        y,
        colors.accent,
        undefined,
        TextAttributes.BOLD,
      );
      return;
    }
    const isSelected = line.index === this.#selected;
    const plain = isSelected && !this.#hasColors ? TextAttributes.INVERSE : TextAttributes.NONE;
    // One column beyond the text at each side, so that the bar does not stick to it.
    if (isSelected) {
      buffer.fillRect(x - 1, y, width + 2, 1, colors.primary);
      if (!this.#hasColors) buffer.drawText(" ".repeat(width), x, y, colors.text, undefined, plain);
    }
    const put = (text: string, column: number, color: RGBA) => {
      const shade = isSelected ? colors.selectedListItemText : color;
      buffer.drawText(text, x + column, y, shade, isSelected ? colors.primary : undefined, plain);
    };
    if (line.type === "below") {
      const indent = this.#markColumns;
      return put(cut(harmless(line.text), width - indent), indent, colors.textMuted);
    }
    this.#drawRow(line.row, put);
  }

  #drawRow(row: ListRow<T>, put: (text: string, column: number, color: RGBA) => void): void {
    const { colors } = this.#ui.theme;
    const { width } = this;
    const start = this.#markColumns;
    if (row.mark !== undefined) put(row.mark, 0, colors[row.markColor ?? "primary"]);
    const right = cut(harmless(row.right ?? ""), Math.floor(width / 2));
    const rightColumns = widthOf(right);
    if (right !== "") {
      put(right, width - rightColumns, colors[row.rightColor ?? "textMuted"]);
    }
    const room = width - start - (rightColumns > 0 ? rightColumns + 2 : 0);
    const { labelColumns } = this.#options;
    const detailRoom = labelColumns === undefined ? 0 : room - labelColumns;
    const isSplit = row.detail !== undefined && row.detail !== "" && detailRoom >= MIN_DETAIL;
    const label = cut(harmless(row.label), isSplit ? (labelColumns ?? room) - 2 : room);
    put(label, start, colors[row.labelColor ?? "text"]);
    if (isSplit)
      put(
        cut(harmless(row.detail ?? ""), detailRoom),
        start + (labelColumns ?? 0),
        colors.textMuted,
      );
  }

  #at(event: MouseEvent): number | undefined {
    const line = this.#lines[this.#first + event.y - this.y];
    return line === undefined || line.type === "group" ? undefined : line.index;
  }

  #point(event: MouseEvent): boolean {
    const index = this.#at(event);
    if (index === undefined) return false;
    if (index === this.#selected) return true;
    this.#selected = index;
    this.requestRender();
    this.#options.onMove();
    return true;
  }

  #click(event: MouseEvent): void {
    event.stopPropagation();
    if (this.#point(event)) this.#options.onPick();
  }

  #wheel(event: MouseEvent): void {
    event.stopPropagation();
    const direction = event.scroll?.direction === "up" ? -1 : 1;
    this.#first += direction * WHEEL_LINES;
    this.#clampScroll();
    this.requestRender();
  }
}
