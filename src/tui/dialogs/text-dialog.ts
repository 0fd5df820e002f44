// A dialog of one line that is written: a title, a key, an address. A secret is shown as dots.

import { InputRenderable, TextRenderable, type KeyEvent } from "@opentui/core";
import { strokesOf } from "@/tui/keymap/stroke";
import type { Ui } from "@/tui/ui";
import { dialogColumns, SMALL, type Dialog } from "./dialog";
import { DialogFrame, FRAME_COLUMNS, type FooterKey } from "./dialog-frame";
import { wrap } from "./toasts";

export interface TextDialogOptions {
  title: string;
  value?: string;
  placeholder?: string;
  /** Stands above the line; a function is asked whenever it is drawn. */
  text?: string | (() => string);
  /** Stands there while what was entered is being looked at. */
  busyText?: string;
  isSecret?: boolean;
  enterText: string;
  /**
   * The words that it answers are shown and the dialog stays; with empty ones what comes next has
   * been opened, or all was closed.
   */
  onSubmit: (value: string) => string | void | Promise<string | void>;
  keys?: readonly { stroke: string; label: FooterKey; run: (dialog: TextDialog) => void }[];
  onClose?: () => void;
}

const VALUE_MAX_CHARACTERS = 10_000;

export class TextDialog implements Dialog {
  readonly width = SMALL;
  readonly #ui: Ui;
  readonly #options: TextDialogOptions;
  readonly #frame: DialogFrame;
  readonly #input: InputRenderable;
  readonly #dots: TextRenderable | undefined;
  readonly #words: TextRenderable;
  #fault = "";
  #isBusy = false;
  #isClosed = false;

  constructor(ui: Ui, options: TextDialogOptions) {
    this.#ui = ui;
    this.#options = options;
    const { title, value = "", placeholder = "", isSecret, enterText, keys = [] } = options;
    const { colors } = ui.theme;
    const { renderer } = ui;
    this.#frame = new DialogFrame(ui, { title });
    this.#words = new TextRenderable(renderer, { content: "", fg: colors.textMuted });
    const back = isSecret ? { textColor: colors.backgroundPanel } : { textColor: colors.text };
    this.#input = new InputRenderable(renderer, {
      value,
      placeholder,
      placeholderColor: colors.textMuted,
      maxLength: VALUE_MAX_CHARACTERS,
      ...back,
      focusedTextColor: back.textColor,
      backgroundColor: colors.backgroundPanel,
      focusedBackgroundColor: colors.backgroundPanel,
      cursorColor: colors.primary,
    });
    this.#frame.add(this.#words);
    if (isSecret) {
      // The line itself is never drawn: a screen that is recorded must not hold it.
      this.#input.visible = false;
      this.#dots = new TextRenderable(renderer, { content: "", height: 1, fg: colors.text });
      this.#frame.add(this.#dots);
      this.#input.on("input", () => this.#draw());
    }
    this.#frame.add(this.#input);
    this.#frame.keys = [{ label: "enter", text: enterText }, ...keys.map(({ label }) => label)];
    this.#draw();
  }

  get root() {
    return this.#frame.root;
  }

  get value(): string {
    return this.#input.value;
  }

  set value(value: string) {
    this.#input.value = value;
    this.#draw();
  }

  focus(): void {
    this.#input.focus();
    this.#input.gotoLineEnd();
  }

  resize({ columns }: { columns: number }): number {
    const width = dialogColumns(this.width, columns);
    const { busyText, text: given = "" } = this.#options;
    const text = typeof given === "function" ? given() : given;
    const calm = this.#isBusy ? (busyText ?? text) : text;
    const said = this.#fault === "" ? calm : this.#fault;
    const rows = said === "" ? [] : wrap(said, width - FRAME_COLUMNS);
    this.#words.visible = rows.length > 0;
    this.#words.content = rows.join("\n");
    this.#words.height = rows.length + 1;
    this.#words.fg = this.#ui.theme.colors[this.#fault === "" ? "textMuted" : "error"];
    return this.#frame.setSize(width, 1 + (rows.length > 0 ? rows.length + 1 : 0));
  }

  action(actionID: string): boolean {
    if (actionID !== "dialog.prompt.submit" && actionID !== "dialog.select.submit") return false;
    void this.#submit();
    return true;
  }

  press(key: KeyEvent): boolean {
    const strokes = strokesOf(key);
    const own = this.#options.keys?.find(({ stroke }) => strokes.includes(stroke));
    own?.run(this);
    return own !== undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#options.onClose?.();
    this.#frame.root.destroyRecursively();
  }

  async #submit(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#fault = "";
    this.#ui.dialogs.place();
    const fault = await this.#options.onSubmit(this.#input.value.trim());
    this.#isBusy = false;
    if (this.#isClosed) return;
    if (fault === undefined) return this.#ui.dialogs.close();
    this.#fault = fault;
    this.#ui.dialogs.place();
  }

  #draw(): void {
    const dots = this.#dots;
    if (dots === undefined) return;
    const { value } = this.#input;
    const { colors } = this.#ui.theme;
    dots.content = value === "" ? (this.#options.placeholder ?? "") : "•".repeat(shown(value));
    dots.fg = value === "" ? colors.textMuted : colors.text;
  }
}

/** The length of a secret says something of it: beyond this it is not told. */
function shown(value: string): number {
  return Math.min(value.length, 40);
}
