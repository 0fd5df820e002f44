// A page of text: as wide as there is room, scrolled, and what does not fit is counted. For what a
// row of a list cannot hold: a whole message, the log of a server.

import { TextRenderable, type KeyEvent, type MouseEvent } from "@opentui/core";
import { formatSequence } from "@/tui/keymap/key-string";
import { strokesOf } from "@/tui/keymap/stroke";
import type { Ui } from "@/tui/ui";
import { harmless } from "@/tui/views/words";
import { dialogColumns, LARGE, type Dialog } from "./dialog";
import { DialogFrame, FRAME_COLUMNS } from "./dialog-frame";
import { wrap } from "./toasts";

export interface PageOptions {
  title: string;
  text: string;
  /** Keys besides those that scroll, by their strokes. */
  keys?: readonly { stroke: string; text: string; run: () => void }[];
  /** Begins at the end, where the newest is. */
  startsAtEnd?: boolean;
}

/** Rows of the screen that are not for the text. */
const OTHER_ROWS = 8;
const WHEEL_ROWS = 3;

export class PageDialog implements Dialog {
  readonly width = LARGE;
  readonly #ui: Ui;
  readonly #options: PageOptions;
  readonly #frame: DialogFrame;
  readonly #text: TextRenderable;
  readonly #unsubscribe: () => void;
  #lines: readonly string[] = [];
  #first = 0;
  #rows = 1;

  constructor(ui: Ui, options: PageOptions) {
    this.#ui = ui;
    this.#options = options;
    this.#frame = new DialogFrame(ui, { title: options.title });
    this.#text = new TextRenderable(ui.renderer, { content: "", wrapMode: "none" });
    this.#frame.add(this.#text);
    this.#frame.root.onMouseScroll = (event) => this.#wheel(event);
    this.#unsubscribe = ui.theme.subscribe(() => this.#draw());
    if (options.startsAtEnd) this.#first = Number.MAX_SAFE_INTEGER;
  }

  get root() {
    return this.#frame.root;
  }

  focus(): void {
    this.#ui.renderer.currentFocusedRenderable?.blur();
  }

  resize({ columns, rows }: { columns: number; rows: number }): number {
    const width = dialogColumns(this.width, columns);
    this.#lines = wrap(harmless(this.#options.text).replaceAll("\t", "  "), width - FRAME_COLUMNS);
    this.#rows = Math.max(1, Math.min(this.#lines.length, rows - OTHER_ROWS));
    this.#frame.keys = [
      ...(this.#isWhole ? [] : [{ label: "↑↓", text: "scroll" }]),
      ...(this.#options.keys ?? []).map(({ stroke, text }) => {
        // As every other dialog calls it.
        return { label: stroke === "return" ? "enter" : formatSequence([stroke]), text };
      }),
    ];
    this.#scrollTo(this.#first);
    return this.#frame.setSize(width, this.#rows);
  }

  action(actionID: string): boolean {
    const page = Math.max(1, this.#rows - 2);
    const moves: Record<string, number> = {
      "dialog.select.prev": -1,
      "dialog.select.next": 1,
      "dialog.select.page_up": -page,
      "dialog.select.page_down": page,
      "dialog.select.home": -this.#lines.length,
      "dialog.select.end": this.#lines.length,
    };
    const by = moves[actionID];
    if (by === undefined) return false;
    this.#scrollTo(this.#first + by);
    return true;
  }

  press(event: KeyEvent): boolean {
    const strokes = strokesOf(event);
    const key = this.#options.keys?.find(({ stroke }) => strokes.includes(stroke));
    key?.run();
    return key !== undefined;
  }

  close(): void {
    this.#unsubscribe();
    this.#frame.root.destroyRecursively();
  }

  get #isWhole(): boolean {
    return this.#lines.length <= this.#rows;
  }

  #wheel(event: MouseEvent): void {
    const { direction } = event.scroll ?? {};
    if (direction !== "up" && direction !== "down") return;
    event.stopPropagation();
    this.#scrollTo(this.#first + (direction === "up" ? -WHEEL_ROWS : WHEEL_ROWS));
  }

  #scrollTo(line: number): void {
    // The last row says how much is below, so that the end is one row further.
    const last = this.#lines.length - this.#rows;
    this.#first = Math.max(0, Math.min(line, last));
    this.#draw();
  }

  #draw(): void {
    const { colors } = this.#ui.theme;
    const below = this.#lines.length - this.#first - this.#rows;
    const shown = this.#lines.slice(this.#first, this.#first + this.#rows);
    if (below > 0) shown.splice(-1, 1, `… ${below + 1} more lines`);
    this.#frame.restyle();
    this.#text.fg = colors.text;
    this.#text.content = shown.join("\n");
  }
}
