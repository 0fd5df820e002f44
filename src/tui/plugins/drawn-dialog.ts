// A dialog of a plugin that is no list and no line: words to be read, or what the plugin has drawn
// itself. What does not fit is scrolled to.
import { type Renderable, ScrollBoxRenderable, TextRenderable } from "@opentui/core";
import { dialogColumns, type Dialog, type DialogWidth } from "@/tui/dialogs/dialog";
import { DialogFrame, FRAME_COLUMNS } from "@/tui/dialogs/dialog-frame";
import { wrap } from "@/tui/dialogs/toasts";
import type { Ui } from "@/tui/ui";
import { harmless } from "@/tui/views/words";

export interface DrawnDialogOptions {
  title: string;
  width: DialogWidth;
  /** Words, or what the plugin has drawn. */
  body: string | Renderable;
  /** What enter does, and what the footer says of it; nothing without. */
  enter?: { text: string; run: () => void };
  onClose?: () => void;
}

/** Rows of the screen that are not for the body. */
const OTHER_ROWS = 9;
const LINE_ROWS = 1;

export class DrawnDialog implements Dialog {
  readonly width: DialogWidth;
  readonly #ui: Ui;
  readonly #options: DrawnDialogOptions;
  readonly #frame: DialogFrame;
  readonly #scroll: ScrollBoxRenderable;

  constructor(ui: Ui, options: DrawnDialogOptions) {
    this.#ui = ui;
    this.#options = options;
    this.width = options.width;
    this.#frame = new DialogFrame(ui, { title: options.title });
    this.#scroll = new ScrollBoxRenderable(ui.renderer, { flexGrow: 1 });
    this.#scroll.verticalScrollBar.visible = false;
    const { body, enter } = options;
    this.#scroll.add(typeof body === "string" ? this.#words(body) : body);
    this.#frame.add(this.#scroll);
    if (enter) this.#frame.keys = [{ label: "enter", text: enter.text }];
  }

  get root(): Renderable {
    return this.#frame.root;
  }

  focus(): void {
    this.#ui.renderer.currentFocusedRenderable?.blur();
    const { body } = this.#options;
    if (typeof body !== "string" && body.focusable) body.focus();
  }

  resize({ columns, rows }: { columns: number; rows: number }): number {
    const width = dialogColumns(this.width, columns);
    const { body } = this.#options;
    const room = Math.max(1, rows - OTHER_ROWS);
    const wanted =
      typeof body === "string"
        ? wrap(harmless(body), Math.max(1, width - FRAME_COLUMNS)).length
        : body.height || room; // it is laid out after it is placed
    return this.#frame.setSize(width, Math.min(room, Math.max(LINE_ROWS, wanted)));
  }

  action(actionID: string): boolean {
    const page = Math.max(1, this.#scroll.height - 1);
    const rows = {
      "dialog.select.prev": -1,
      "dialog.select.next": 1,
      "dialog.select.page_up": -page,
      "dialog.select.page_down": page,
    }[actionID];
    if (rows !== undefined) this.#scroll.scrollBy(rows);
    else if (actionID === "dialog.select.submit" || actionID === "dialog.prompt.submit") {
      if (!this.#options.enter) return false;
      this.#options.enter.run();
    } else return false;
    return true;
  }

  close(): void {
    this.#options.onClose?.();
    this.#frame.root.destroyRecursively();
  }

  #words(text: string): TextRenderable {
    return new TextRenderable(this.#ui.renderer, {
      content: harmless(text),
      wrapMode: "word",
      fg: this.#ui.theme.colors.text,
    });
  }
}
