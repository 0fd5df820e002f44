// Popup: the list above the prompt. It shows at most ten rows of what it is given, keeps the
// selected one in sight, and grows upwards; what the rows mean is completion.ts.
import { BoxRenderable, StyledText, TextRenderable, type TextChunk } from "@opentui/core";
import { columns, cut, pad } from "@/tui/cells";
import type { Ui } from "@/tui/ui";
import { GUTTER } from "@/tui/views/style";

export interface PopupRow {
  /** Columns from the left; the last one gets what is left. */
  name: string;
  kind?: string;
  text?: string;
  /** At the right edge. */
  note?: string;
}

const ROWS_MAX = 10;
const NAME_COLUMNS_MIN = 14;
const NAME_COLUMNS_MAX = 40;
const KIND_COLUMNS = 8;
export class Popup {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #onPick: (index: number) => void;
  #rows: readonly PopupRow[] = [];
  #selected = 0;
  #lines: TextRenderable[] = [];
  #maxRows = ROWS_MAX;

  constructor(ui: Ui, onPick: (index: number) => void) {
    this.#ui = ui;
    this.#onPick = onPick;
    this.root = new BoxRenderable(ui.renderer, {
      flexDirection: "column",
      flexShrink: 0,
      visible: false,
      border: ["left", "right"],
      customBorderChars: GUTTER,
      onSizeChange: () => this.#draw(),
    });
  }

  /** Shows rows, or one muted row that says there are none. */
  show(rows: readonly PopupRow[], selected: number): void {
    this.#rows = rows;
    this.#selected = selected;
    this.root.visible = true;
    this.#draw();
  }

  hide(): void {
    this.root.visible = false;
  }

  /** Fewer rows than ten where the screen has no room for them. */
  limit(rows: number): void {
    this.#maxRows = Math.max(1, Math.min(ROWS_MAX, rows));
    if (this.root.visible) this.#draw();
  }

  #draw(): void {
    const { colors } = this.#ui.theme;
    this.root.borderColor = colors.border;
    this.root.backgroundColor = colors.backgroundMenu;
    const count = Math.max(1, Math.min(this.#rows.length, this.#maxRows));
    const first = firstShown(this.#rows.length, count, this.#selected);
    this.#resize(count, first);
    const width = Math.max(0, this.root.width - 2);
    this.#lines.forEach((line, index) => {
      const row = this.#rows[first + index];
      const isSelected = row !== undefined && first + index === this.#selected;
      line.bg = isSelected ? colors.primary : colors.backgroundMenu;
      line.content = row ? this.#styled(row, width, isSelected) : this.#nothing();
    });
    this.root.requestRender();
  }

  /** Lines are made anew only when their number changes. */
  #resize(count: number, first: number): void {
    while (this.#lines.length > count) this.#lines.pop()?.destroy();
    while (this.#lines.length < count) {
      const line = new TextRenderable(this.#ui.renderer, { height: 1, wrapMode: "none" });
      this.#lines.push(line);
      this.root.add(line);
    }
    this.#lines.forEach((line, index) => {
      line.onMouseDown = () => this.#onPick(first + index);
    });
  }

  #nothing(): StyledText {
    return new StyledText([chunk(" No match", this.#ui.theme.colors.textMuted)]);
  }

  #styled(row: PopupRow, width: number, isSelected: boolean): StyledText {
    const { colors } = this.#ui.theme;
    const fg = isSelected ? colors.selectedListItemText : colors.text;
    const muted = isSelected ? colors.selectedListItemText : colors.textMuted;
    if (row.text === undefined && row.kind === undefined && row.note === undefined) {
      return new StyledText([chunk(pad(` ${row.name}`, width), fg)]);
    }
    const note = row.note ? `${cut(row.note, Math.floor(width / 3))}  ` : "";
    const names = ` ${pad(row.name, this.#nameColumns(width))}`;
    const kind = row.kind === undefined ? "" : pad(row.kind, KIND_COLUMNS);
    const rest = width - columns(names) - columns(kind) - columns(note);
    return new StyledText([
      chunk(names, fg),
      chunk(kind, muted),
      chunk(pad(row.text ?? "", Math.max(0, rest)), muted),
      chunk(note, muted),
    ]);
  }

  #nameColumns(width: number): number {
    const longest = this.#rows.reduce((most, row) => {
      return row.text === undefined ? most : Math.max(most, columns(row.name));
    }, 0);
    const wanted = Math.min(Math.max(NAME_COLUMNS_MIN, longest + 2), NAME_COLUMNS_MAX);
    return Math.min(wanted, Math.floor(width / 2));
  }
}

/** The first row in sight, so that the selected one is. */
function firstShown(total: number, shown: number, selected: number): number {
  const centred = selected - Math.floor(shown / 2);
  return Math.max(0, Math.min(centred, total - shown));
}

function chunk(text: string, fg: TextChunk["fg"]): TextChunk {
  return { __isChunk: true, text, ...(fg && { fg }) };
}
