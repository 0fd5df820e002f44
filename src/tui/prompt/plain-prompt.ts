// A prompt box of the plainest kind: a text area that sends what is in it.
import { BoxRenderable, TextareaRenderable, TextRenderable } from "@opentui/core";
import { sendPrompt } from "@/tui/send";
import type { PromptBox, Ui } from "@/tui/ui";

export class PlainPrompt implements PromptBox {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #area: TextareaRenderable;

  constructor(ui: Ui) {
    this.#ui = ui;
    const { colors } = ui.theme;
    this.root = new BoxRenderable(ui.renderer, {
      flexDirection: "column",
      flexShrink: 0,
      border: ["left"],
      customBorderChars: GUTTER,
      borderColor: colors.secondary,
      backgroundColor: colors.backgroundElement,
      paddingLeft: 2,
      paddingTop: 1,
    });
    this.#area = new TextareaRenderable(ui.renderer, {
      placeholder: "",
      placeholderColor: colors.textMuted,
      textColor: colors.text,
      backgroundColor: colors.backgroundElement,
      focusedBackgroundColor: colors.backgroundElement,
      maxHeight: 8,
      minHeight: 1,
      keyBindings: [
        { name: "return", action: "submit" },
        { name: "return", shift: true, action: "newline" },
        { name: "j", ctrl: true, action: "newline" },
      ],
      onSubmit: () => this.submit(),
    });
    this.root.add(this.#area);
    const meta = new TextRenderable(ui.renderer, { content: "Build", fg: colors.textMuted });
    this.root.add(new BoxRenderable(ui.renderer, { height: 1 }));
    this.root.add(meta);
  }

  get text(): string {
    return this.#area.plainText;
  }

  get isEmpty(): boolean {
    return this.text === "";
  }

  setText(text: string): void {
    this.#area.setText(text);
    this.#area.gotoBufferEnd();
  }

  append(text: string): void {
    this.#area.gotoBufferEnd();
    this.#area.insertText(text);
  }

  clear(): void {
    this.#area.setText("");
  }

  submit(): void {
    const { text } = this;
    if (text.trim() === "") return;
    this.clear();
    void sendPrompt(this.#ui, [{ type: "text", text }]).then((sent) => {
      if (sent === undefined && this.isEmpty) this.setText(text);
    });
  }

  focus(): void {
    this.#area.focus();
  }

  blur(): void {
    this.#area.blur();
  }

  setMaxHeight(rows: number): void {
    this.#area.maxHeight = rows;
  }

  setPlaceholder(text: string): void {
    this.#area.placeholder = text;
  }
}

const GUTTER = {
  topLeft: "",
  bottomLeft: "",
  vertical: "┃",
  topRight: "",
  bottomRight: "",
  horizontal: "",
  bottomT: "",
  topT: "",
  cross: "",
  leftT: "",
  rightT: "",
};
