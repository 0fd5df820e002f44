// Prompt area: shows an EditState and says in which rows it lies. OpenTUI's text area wraps,
// scrolls and draws it and places the terminal's cursor; every change is made elsewhere, on the
// value, and then shown here. Its offsets are columns, ours UTF-16 units: it is asked itself to
// convert them, so that whatever width it gives a character is the one that counts.
import {
  type CliRenderer,
  decodePasteBytes,
  type KeyEvent,
  type PasteEvent,
  type Selection,
  SyntaxStyle,
  TextareaRenderable,
  type TextareaOptions,
} from "@opentui/core";
import type { Themes } from "@/tui/theme/themes";
import type { Chip } from "./chip";
import { plainDraft } from "./draft";
import { type EditState, editOf, type Rows, selection, snap } from "./edit";

export interface AreaListener {
  /** A key that has no other meaning; true when it was taken. */
  onKey(key: KeyEvent): boolean;
  onPaste(text: string): void;
  /** The mouse has placed the cursor or a selection. */
  onSelect(cursor: number, anchor: number | undefined): void;
}

/** Beyond the end of any line. */
const COLUMN_MAX = 1_000_000_000;

interface Place {
  row: number;
  column: number;
}

export class PromptArea extends TextareaRenderable implements Rows {
  readonly #listener: AreaListener;
  readonly #theme: Themes;
  #shown: EditState = editOf(plainDraft(""));
  /** Where each line begins. */
  #lines: number[] = [0];
  #chipStyle: SyntaxStyle;
  /** The offset at which the native cursor stands; undefined when that is not known. */
  #native: number | undefined = 0;

  constructor(
    renderer: CliRenderer,
    theme: Themes,
    listener: AreaListener,
    options: TextareaOptions,
  ) {
    const chipStyle = chipStyles(theme);
    super(renderer, { ...options, syntaxStyle: chipStyle, keyBindings: [] });
    this.#chipStyle = chipStyle;
    this.#theme = theme;
    this.#listener = listener;
    this.recolor();
  }

  /** Takes the colours of the theme as they are now. */
  recolor(): void {
    const { colors } = this.#theme;
    this.textColor = colors.text;
    this.focusedTextColor = colors.text;
    this.placeholderColor = colors.textMuted;
    this.cursorColor = colors.text;
    this.selectionBg = colors.primary;
    this.selectionFg = colors.background;
    const old = this.#chipStyle;
    this.#chipStyle = chipStyles(this.#theme);
    this.syntaxStyle = this.#chipStyle;
    old.destroy();
    this.#markChips();
  }

  show(state: EditState): void {
    const before = this.#shown;
    this.#shown = state;
    if (before.draft.text !== state.draft.text) this.#showText(state.draft.text);
    if (before.draft !== state.draft) this.#markChips();
    this.#showSelection(before, state);
    this.#place(state.cursor);
    this.requestRender();
  }

  up(offset: number): number {
    this.#place(offset);
    this.editorView.moveUpVisual();
    return this.#readCursor();
  }

  down(offset: number): number {
    this.#place(offset);
    this.editorView.moveDownVisual();
    return this.#readCursor();
  }

  start(offset: number): number {
    this.#place(offset);
    const { logicalRow: row, logicalCol: column } = this.editorView.getVisualSOL();
    return this.#offsetOf({ row, column });
  }

  end(offset: number): number {
    this.#place(offset);
    const { logicalRow: row, logicalCol: column } = this.editorView.getVisualEOL();
    return this.#offsetOf({ row, column });
  }

  override handleKeyPress(key: KeyEvent): boolean {
    return this.#listener.onKey(key);
  }

  override handlePaste(event: PasteEvent): void {
    this.#listener.onPaste(decodePasteBytes(event.bytes));
  }

  override onSelectionChanged(selected: Selection | null): boolean {
    const isOurs = super.onSelectionChanged(selected);
    if (selected?.isActive) this.#readSelection();
    return isOurs;
  }

  override destroy(): void {
    super.destroy();
    this.#chipStyle.destroy();
  }

  #showText(text: string): void {
    this.setText(text);
    this.#native = undefined;
    this.#lines = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#lines.push(at + 1);
    }
  }

  #markChips(): void {
    this.clearAllHighlights();
    for (const { start, end, chip } of this.#shown.draft.chips) {
      const styleId = this.#chipStyle.getStyleId(chip.type);
      if (styleId === null) continue;
      const { row, column } = this.#placeOf(start);
      this.addHighlight(row, { start: column, end: this.#placeOf(end).column, styleId });
    }
  }

  #showSelection(before: EditState, state: EditState): void {
    const range = selection(state);
    if (!range) {
      if (selection(before)) this.clearSelection();
      return;
    }
    const [start, end] = range.map((offset) => {
      const { row, column } = this.#placeOf(offset);
      return this.editBuffer.positionToOffset(row, column);
    });
    this.editorView.setSelection(start ?? 0, end ?? 0, this.selectionBg, this.selectionFg);
  }

  /** What the mouse has selected, as offsets of ours. */
  #readSelection(): void {
    const range = this.editorView.getSelection();
    this.#native = undefined;
    const cursor = snap(this.#shown.draft, this.#readCursor());
    if (!range || range.start === range.end) return this.#listener.onSelect(cursor, undefined);
    const [start, end] = [range.start, range.end].map((native) => {
      const position = this.editBuffer.offsetToPosition(native);
      const offset = position ? this.#offsetOf({ row: position.row, column: position.col }) : 0;
      return snap(this.#shown.draft, offset);
    });
    const isForward = cursor !== start;
    this.#listener.onSelect((isForward ? end : start) ?? cursor, isForward ? start : end);
  }

  /**
   * Leaves the native cursor where it is when it stands there: it remembers the column it wants.
   */
  #place(offset: number): void {
    if (this.#native === offset) return;
    const { row, column } = this.#placeOf(offset);
    this.editBuffer.setCursor(row, column);
    this.#native = offset;
  }

  #readCursor(): number {
    const { row, col: column } = this.logicalCursor;
    this.#native = this.#offsetOf({ row, column });
    return this.#native;
  }

  #offsetOf({ row, column }: Place): number {
    const start = this.#lines[row] ?? 0;
    return start + (isPlain(this.#line(row)) ? column : this.#lengthTo(row, column));
  }

  #placeOf(offset: number): Place {
    const row = Math.max(
      0,
      this.#lines.findLastIndex((start) => start <= offset),
    );
    const wanted = offset - (this.#lines[row] ?? 0);
    const before = this.#line(row).slice(0, wanted);
    if (isPlain(before)) return { row, column: wanted };
    const guess = Bun.stringWidth(before);
    const isRight =
      this.#lengthTo(row, guess) === wanted && this.#lengthTo(row, guess + 1) !== wanted;
    return { row, column: isRight ? guess : this.#findColumn(row, wanted) };
  }

  /** Each column of a wide character counts all of it: the last one is where it ends. */
  #findColumn(row: number, wanted: number): number {
    // The native cursor stops at the end of the line.
    this.editBuffer.setCursor(row, COLUMN_MAX);
    this.#native = undefined;
    let low = 0;
    let high = this.logicalCursor.col;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#lengthTo(row, middle) <= wanted) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** How many UTF-16 units lie before a column; a costly question. */
  #lengthTo(row: number, column: number): number {
    return this.getTextRangeByCoords(row, 0, row, column).length;
  }

  #line(row: number): string {
    const end = (this.#lines[row + 1] ?? this.#shown.draft.text.length + 1) - 1;
    return this.#shown.draft.text.slice(this.#lines[row] ?? 0, end);
  }
}

/** Text of which each unit has one column. */
function isPlain(text: string): boolean {
  return /^[\u0020-\u007e]*$/.test(text);
}

function chipStyles({ colors }: Themes): SyntaxStyle {
  const fg: Record<Chip["type"], typeof colors.text> = {
    file: colors.info,
    agent: colors.secondary,
    resource: colors.accent,
    paste: colors.warning,
    image: colors.success,
  };
  return SyntaxStyle.fromStyles(
    Object.fromEntries(
      Object.entries(fg).map(([type, color]) => [type, { fg: color, bold: true }]),
    ),
  );
}
