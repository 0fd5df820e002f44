// The find bar of a session: a line above the prompt in which one writes what to look for. Each hit
// is brought in sight, opened where it is folded.
import { BoxRenderable, InputRenderable, type KeyEvent, TextRenderable } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import { ink, styled } from "@/tui/views/style";

const QUERY_MAX_CHARACTERS = 200;

export interface FindBarOptions {
  /** Marks what is looked for, and says how often it is there. */
  onQuery(query: string): number;
  /** Brings a hit in sight, counted from the first. */
  onHit(index: number): void;
  onClose(): void;
}

export class FindBar {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #options: FindBarOptions;
  readonly #input: InputRenderable;
  readonly #words: TextRenderable;
  #leaveKeys: (() => void) | undefined;
  #count = 0;
  #at = 0;

  constructor(ui: Ui, options: FindBarOptions) {
    this.#ui = ui;
    this.#options = options;
    const { renderer, theme } = ui;
    const { colors } = theme;
    this.root = new BoxRenderable(renderer, {
      flexDirection: "row",
      flexShrink: 0,
      gap: 2,
      paddingX: 2,
      backgroundColor: colors.backgroundElement,
      visible: false,
    });
    this.#input = new InputRenderable(renderer, {
      placeholder: "Find in session",
      placeholderColor: colors.textMuted,
      maxLength: QUERY_MAX_CHARACTERS,
      textColor: colors.text,
      focusedTextColor: colors.text,
      backgroundColor: colors.backgroundElement,
      focusedBackgroundColor: colors.backgroundElement,
      cursorColor: colors.primary,
      flexGrow: 1,
      flexShrink: 1,
    });
    this.#input.on("input", () => this.#search());
    this.#words = new TextRenderable(renderer, { content: "", flexShrink: 0 });
    this.root.add(new TextRenderable(renderer, { content: "/", fg: colors.primary }));
    this.root.add(this.#input);
    this.root.add(this.#words);
  }

  get isOpen(): boolean {
    return this.root.visible;
  }

  open(): void {
    this.root.visible = true;
    this.#leaveKeys ??= this.#ui.keymap.enter(
      "dialog",
      (id) => this.#act(id),
      (key) => this.#press(key),
    );
    this.#ui.prompt.blur();
    this.#input.focus();
    this.#search();
  }

  close(): void {
    if (!this.isOpen) return;
    this.#leaveKeys?.();
    this.#leaveKeys = undefined;
    this.root.visible = false;
    this.#input.blur();
    this.#options.onQuery("");
    this.#options.onClose();
  }

  destroy(): void {
    this.#leaveKeys?.();
    this.root.destroyRecursively();
  }

  #act(id: string): boolean {
    if (id === "dialog.select.submit" || id === "dialog.select.next") return this.#go(1);
    return id === "dialog.select.prev" ? this.#go(-1) : false;
  }

  #press(key: KeyEvent): boolean {
    if (key.name === "escape") {
      this.close();
      return true;
    }
    return key.name === "return" && key.shift ? this.#go(-1) : false;
  }

  #go(step: 1 | -1): boolean {
    if (this.#count === 0) return true;
    this.#at = (this.#at + step + this.#count) % this.#count;
    this.#options.onHit(this.#at);
    this.#draw();
    return true;
  }

  /** The newest hit first: that is nearest to where one is. */
  #search(): void {
    this.#count = this.#options.onQuery(this.#input.value);
    this.#at = Math.max(0, this.#count - 1);
    if (this.#count > 0) this.#options.onHit(this.#at);
    this.#draw();
  }

  #draw(): void {
    const ui = this.#ui;
    const isEmpty = this.#input.value.trim() === "";
    const place = this.#count === 0 ? "no hits" : `${this.#at + 1} of ${this.#count}`;
    const keys = "enter next  shift+enter previous  esc close";
    this.#words.content = styled(
      ink(ui, this.#count === 0 && !isEmpty ? "warning" : "text", isEmpty ? "" : `${place}   `),
      ink(ui, "textMuted", keys),
    );
  }
}
