// The dialogs that are open, one over the other: only the one on top has keys and mouse. Escape, a
// click outside, and ctrl+c close it, and the keyboard goes back to where it was.

import { BoxRenderable, type KeyEvent } from "@opentui/core";
import { strokesOf } from "@/tui/keymap/stroke";
import type { Dialogs, Ui } from "@/tui/ui";
import { Backdrop } from "./backdrop";
import { dialogColumns, dialogTop, type Dialog } from "./dialog";

const Z_INDEX = 100;
const CLOSING: readonly string[] = ["escape", "ctrl+c"];

export class DialogStack implements Dialogs {
  readonly #ui: Ui;
  readonly #root: BoxRenderable;
  #open: readonly Dialog[] = [];
  #leave: (() => void) | undefined;

  constructor(ui: Ui) {
    this.#ui = ui;
    const { renderer } = ui;
    this.#root = new BoxRenderable(renderer, {
      position: "absolute",
      left: 0,
      top: 0,
      width: "100%",
      height: "100%",
      zIndex: Z_INDEX,
      visible: false,
    });
    this.#root.add(new Backdrop(renderer, () => this.close()));
    renderer.root.add(this.#root);
    renderer.on("resize", () => this.place());
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  get top(): Dialog | undefined {
    return this.#open.at(-1);
  }

  open(dialog: Dialog): void {
    const below = this.top;
    if (below === undefined) this.#begin();
    else below.root.visible = false;
    this.#open = [...this.#open, dialog];
    dialog.root.position = "absolute";
    this.#root.add(dialog.root);
    this.place();
    dialog.focus();
  }

  close(): void {
    const dialog = this.top;
    if (dialog === undefined) return;
    this.#open = this.#open.slice(0, -1);
    this.#root.remove(dialog.root);
    dialog.close();
    const below = this.top;
    if (below === undefined) return this.#end();
    below.root.visible = true;
    this.place();
    below.focus();
  }

  closeAll(): void {
    while (this.isOpen) this.close();
  }

  /** Puts the one on top where it belongs for its height and the terminal's size. */
  place(): void {
    const dialog = this.top;
    if (dialog === undefined) return;
    const { width: columns, height: rows } = this.#ui.renderer;
    const height = dialog.resize({ columns, rows });
    const width = dialogColumns(dialog.width, columns);
    dialog.root.left = Math.floor((columns - width) / 2);
    dialog.root.top = dialogTop(height, rows);
  }

  #begin(): void {
    const { keymap, prompt } = this.#ui;
    prompt.blur();
    this.#root.visible = true;
    this.#leave = keymap.enter(
      "dialog",
      (id, key) => this.top?.action(id, key) ?? false,
      (key) => this.#press(key),
    );
  }

  #end(): void {
    this.#leave?.();
    this.#leave = undefined;
    this.#root.visible = false;
    this.#ui.refocus();
  }

  #press(key: KeyEvent): boolean {
    if (this.top?.press?.(key) === true) return true;
    if (!strokesOf(key).some((stroke) => CLOSING.includes(stroke))) return false;
    this.close();
    return true;
  }
}
