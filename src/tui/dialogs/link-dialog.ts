// An address to be opened in a browser: a link where the terminal has links, text everywhere.

import { BoxRenderable, fg, link, StyledText, TextRenderable, underline } from "@opentui/core";
import type { KeyEvent } from "@opentui/core";
import { strokesOf } from "@/tui/keymap/stroke";
import type { Ui } from "@/tui/ui";
import { harmless } from "@/tui/views/words";
import { dialogColumns, LARGE, type Dialog } from "./dialog";
import { DialogFrame, FRAME_COLUMNS } from "./dialog-frame";
import { wrap } from "./toasts";

export interface LinkOptions {
  title: string;
  url: string;
  text: string;
  /** Stands beneath, while something is waited for. */
  waiting?: string;
  onClose?: () => void;
}

export function openLink(ui: Ui, options: LinkOptions): void {
  ui.dialogs.open(new LinkDialog(ui, options));
}

class LinkDialog implements Dialog {
  readonly width = LARGE;
  readonly #ui: Ui;
  readonly #options: LinkOptions;
  readonly #frame: DialogFrame;
  readonly #text: TextRenderable;

  constructor(ui: Ui, options: LinkOptions) {
    this.#ui = ui;
    this.#options = options;
    this.#frame = new DialogFrame(ui, { title: options.title });
    this.#text = new TextRenderable(ui.renderer, { content: "", wrapMode: "none" });
    this.#frame.add(new BoxRenderable(ui.renderer, { height: 0 }));
    this.#frame.add(this.#text);
    this.#frame.keys = [{ label: "c", text: "copy the address" }];
  }

  get root() {
    return this.#frame.root;
  }

  focus(): void {
    this.#ui.renderer.currentFocusedRenderable?.blur();
  }

  resize({ columns }: { columns: number }): number {
    const { colors } = this.#ui.theme;
    const { url, text, waiting } = this.#options;
    const width = dialogColumns(this.width, columns);
    const room = width - FRAME_COLUMNS;
    const words = wrap(harmless(text), room);
    const address = wrap(harmless(url), room);
    const rest = waiting === undefined ? [] : ["", waiting];
    this.#text.content = new StyledText([
      fg(colors.text)(`${words.join("\n")}\n\n`),
      link(url)(underline(fg(colors.primary)(address.join("\n")))),
      fg(colors.textMuted)(rest.length > 0 ? `\n${rest.join("\n")}` : ""),
    ]);
    return this.#frame.setSize(width, words.length + 1 + address.length + rest.length);
  }

  action(): boolean {
    return false;
  }

  press(key: KeyEvent): boolean {
    if (!strokesOf(key).includes("c")) return false;
    void this.#copy();
    return true;
  }

  close(): void {
    this.#options.onClose?.();
    this.#frame.root.destroyRecursively();
  }

  async #copy(): Promise<void> {
    const isSure = await this.#ui.clipboard.write(this.#options.url);
    const message = isSure ? "Copied the address" : "Sent the address to the terminal's clipboard";
    this.#ui.toasts.show({ variant: "info", message });
  }
}
