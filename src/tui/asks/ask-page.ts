// Ask page: what permission and question prompts are drawn on, and what they have in common. A
// gutter box that is filled row by row and cleared as a whole: it is small, and drawn anew for each
// key.
import {
  BoxRenderable,
  InputRenderable,
  type KeyEvent,
  type Renderable,
  type TextChunk,
  TextRenderable,
} from "@opentui/core";
import { columns, cut } from "@/tui/cells";
import { GutterBox } from "@/tui/gutter-box";
import type { Slot } from "@/tui/theme/slots";
import type { Ui } from "@/tui/ui";
import { ink, isNarrow, styled } from "@/tui/views/style";
import { oneLine } from "@/tui/views/words";

export interface RowOptions {
  /** Columns before the text. */
  indent?: number;
  /** At the right end, so many columns before the edge. */
  right?: { text: string; margin?: number };
}

export interface ButtonOptions {
  label: string;
  isSelected: boolean;
  isOff?: boolean;
  onPress(): void;
}

const INPUT_MAX_CHARACTERS = 2_000;
const INDENT = 2;

export class AskPage {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #gutter: Slot;
  readonly #frame: GutterBox;
  readonly #rows: BoxRenderable;
  #place = "";
  #from: string | undefined;
  #input: InputRenderable | undefined;

  constructor(ui: Ui, gutter: Slot) {
    this.#ui = ui;
    this.#gutter = gutter;
    const color = ui.theme.colors[gutter];
    this.#frame = new GutterBox(ui, { background: "backgroundPanel", gutter: color });
    this.root = this.#frame.root;
    this.#rows = new BoxRenderable(ui.renderer, { flexDirection: "column", flexShrink: 0 });
    this.#frame.content.add(this.#rows);
  }

  /** Such as "1 of 2"; empty for the only one. */
  get place(): string {
    return this.#place;
  }

  /** Who asks, such as "General asks"; empty for the session itself. */
  get asker(): string {
    return this.#from === undefined ? "" : `${oneLine(this.#from)} asks`;
  }

  /** Whether one of them is another now. */
  setPlace(place: string, from: string | undefined): boolean {
    if (place === this.#place && from === this.#from) return false;
    this.#place = place;
    this.#from = from;
    return true;
  }

  /** What is in the line to write in; undefined while there is none. */
  get written(): string | undefined {
    return this.#input?.value;
  }

  /** Gives a key to the line to write in; false without one, and when it means nothing there. */
  press(key: KeyEvent): boolean {
    return this.#input?.handleKeyPress(key) ?? false;
  }

  paste(text: string): void {
    this.#input?.insertText(oneLine(text));
  }

  ink(slot: Slot, text: string, isBold = false): TextChunk {
    return ink(this.#ui, slot, text, isBold);
  }

  /** Takes all rows off; `isRoomy` leaves one blank at the top. */
  clear(isRoomy: boolean): void {
    for (const child of this.#rows.getChildren()) child.destroyRecursively();
    this.#input = undefined;
    this.#frame.fit();
    this.#frame.content.paddingTop = isRoomy && !isNarrow(this.#ui) ? 1 : 0;
    this.#frame.content.paddingRight = 1;
  }

  recolor(): void {
    this.#frame.gutter = this.#ui.theme.colors[this.#gutter];
    this.#frame.recolor();
  }

  add(row: Renderable): void {
    this.#rows.add(row);
  }

  blank(): void {
    this.add(new BoxRenderable(this.#ui.renderer, { height: 1, flexShrink: 0 }));
  }

  row(chunks: readonly TextChunk[], { indent = 0, right }: RowOptions = {}): TextRenderable {
    const { renderer, theme } = this.#ui;
    const line = new BoxRenderable(renderer, { flexDirection: "row", flexShrink: 0 });
    const text = new TextRenderable(renderer, {
      content: styled(...chunks),
      wrapMode: "word",
      flexGrow: 1,
      flexShrink: 1,
      marginLeft: indent,
    });
    line.add(text);
    if (right && right.text !== "") {
      const content = cut(right.text, renderer.width);
      const place = { flexShrink: 0, width: columns(content), marginRight: right.margin ?? 0 };
      line.add(new TextRenderable(renderer, { content, fg: theme.colors.textMuted, ...place }));
    }
    this.add(line);
    return text;
  }

  buttons(buttons: readonly ButtonOptions[]): void {
    const { renderer, theme } = this.#ui;
    const { colors } = theme;
    const row = new BoxRenderable(renderer, {
      flexDirection: "row",
      flexWrap: "wrap",
      columnGap: 2,
      marginLeft: INDENT,
      flexShrink: 0,
    });
    for (const { label, isSelected, isOff, onPress } of buttons) {
      const button = new TextRenderable(renderer, {
        content: ` ${label} `,
        height: 1,
        fg: isSelected ? colors.background : isOff ? colors.textMuted : colors.text,
        bg: isSelected ? colors[this.#gutter] : colors.backgroundElement,
      });
      button.onMouseDown = onPress;
      row.add(button);
    }
    this.add(row);
  }

  /** A line to write in, which has the terminal's cursor. */
  input(value: string, indent = INDENT): void {
    const { colors } = this.#ui.theme;
    const input = new InputRenderable(this.#ui.renderer, {
      marginLeft: indent,
      value,
      maxLength: INPUT_MAX_CHARACTERS,
      textColor: colors.text,
      focusedTextColor: colors.text,
      backgroundColor: colors.backgroundElement,
      focusedBackgroundColor: colors.backgroundElement,
    });
    this.add(input);
    input.focus();
    this.#input = input;
  }
}
