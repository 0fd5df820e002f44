// Editor: the text area with its state, undo and vim keys. It knows how text is edited and nothing
// of prompts: what is sent, completed or kept is the prompt box's, which hears of every change.
import type { KeyEvent, TextareaOptions } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import { type Draft, plainDraft } from "./draft";
import { type EditState, editFor, editOf, insert, replace, selection, snap } from "./edit";
import { dropControls } from "./paste";
import { PromptArea } from "./prompt-area";
import { Undo } from "./undo";
import { Vim, type VimMode, type VimResult } from "./vim";

export interface EditorListener {
  onChange(): void;
  onPaste(text: string): void;
  onSubmit(): void;
  /** Text that a key gives, before it is inserted; true when it meant something else. */
  onText(text: string): boolean;
  /** A click on the text; true when it meant something else than to place the cursor. */
  onClick(offset: number): boolean;
}

export class Editor {
  readonly area: PromptArea;
  readonly #ui: Ui;
  readonly #listener: EditorListener;
  readonly #undo = new Undo();
  #state: EditState = editOf(plainDraft(""));
  #vim: Vim | undefined;

  constructor(ui: Ui, options: TextareaOptions, listener: EditorListener) {
    this.#ui = ui;
    this.#listener = listener;
    const areaListener = {
      onKey: (key: KeyEvent) => this.#onKey(key),
      onPaste: (text: string) => listener.onPaste(text),
      onSelect: (cursor: number, anchor: number | undefined) => {
        if (anchor === undefined && listener.onClick(cursor)) return;
        this.#state = { draft: this.#state.draft, cursor, ...(anchor !== undefined && { anchor }) };
        listener.onChange();
      },
    };
    this.area = new PromptArea(ui.renderer, ui.theme, areaListener, options);
    this.#shape();
  }

  get draft(): Draft {
    return this.#state.draft;
  }

  get cursor(): number {
    return this.#state.cursor;
  }

  /** Undefined without vim keys. */
  get vimMode(): VimMode | undefined {
    return this.#vim?.mode;
  }

  setVim(isOn: boolean): void {
    this.#vim = isOn ? new Vim() : undefined;
    this.#shape();
    this.#listener.onChange();
  }

  /** Puts a draft in the place of all there is; it can be undone. */
  set(draft: Draft, cursor = draft.text.length): void {
    this.#apply({ draft, cursor: snap(draft, cursor) });
    // What comes next is written.
    if (this.#vim && this.#vim.mode !== "insert") this.#vim.reset("insert");
    this.#shape();
  }

  insert(draft: Draft): void {
    this.#apply(insert(this.#state, draft));
  }

  /** Replaces a range, the cursor behind what is put there. */
  replace(start: number, end: number, by: Draft): void {
    this.#apply(replace(this.#state, start, end, by));
  }

  /** Text as if it were typed. */
  type(text: string): void {
    const clean = dropControls(text);
    if (clean !== "") this.#apply(insert(this.#state, plainDraft(clean)), clean);
  }

  get selectedText(): string {
    const range = selection(this.#state);
    return range ? this.draft.text.slice(...range) : "";
  }

  clearSelection(): boolean {
    if (!selection(this.#state)) return false;
    this.#apply({ draft: this.draft, cursor: this.cursor });
    return true;
  }

  get isOnFirstRow(): boolean {
    return this.area.start(this.cursor) === 0;
  }

  get isOnLastRow(): boolean {
    return this.area.end(this.cursor) === this.draft.text.length;
  }

  /** Runs an `input.*` action; false for others, and where moving by a row finds none. */
  run(actionID: string): boolean {
    if (actionID === "input.undo") return this.#restore(this.#undo.undo(this.#state));
    if (actionID === "input.redo") return this.#restore(this.#undo.redo(this.#state));
    const edit = editFor(actionID);
    if (!edit) return false;
    if (actionID === "input.move.up" && this.isOnFirstRow) return false;
    if (actionID === "input.move.down" && this.isOnLastRow) return false;
    this.#apply(edit(this.#state, this.area));
    return true;
  }

  /** Vim's first claim on a key that the keymap would use otherwise; true when it took it. */
  claim(key: KeyEvent): boolean {
    if (!this.#vim || this.#vim.mode === "insert") return key.name === "escape" && this.#press(key);
    return this.#press(key);
  }

  #onKey(key: KeyEvent): boolean {
    if (this.#press(key)) return true;
    const text = typedText(key);
    if (text === undefined) return false;
    if (!this.#listener.onText(text)) this.type(text);
    return true;
  }

  #press(key: KeyEvent): boolean {
    const name = vimName(key);
    const result = name && this.#vim?.press(name, this.#state, this.area);
    if (!result) return false;
    this.#follow(result);
    return true;
  }

  #follow({ state, effect }: VimResult): void {
    if (effect === "undo") this.#restore(this.#undo.undo(this.#state));
    else if (effect === "redo") this.#restore(this.#undo.redo(this.#state));
    else this.#apply(state);
    this.#shape();
    if (effect === "submit") this.#listener.onSubmit();
  }

  #restore(state: EditState | undefined): boolean {
    if (state) this.#show(state);
    return state !== undefined;
  }

  #apply(state: EditState, typed?: string): void {
    this.#undo.record(this.#state, state, typed);
    this.#show(state);
  }

  #show(state: EditState): void {
    this.#state = state;
    this.area.show(state);
    this.#listener.onChange();
  }

  #shape(): void {
    const { style = "block", blinking = true } = this.#ui.settings.cursor;
    this.area.cursorStyle = { style: this.#vim?.mode === "insert" ? "line" : style, blinking };
  }
}

/** What a key types; undefined for keys that type nothing. */
function typedText(key: KeyEvent): string | undefined {
  if (key.ctrl || key.meta || key.super || key.hyper) return undefined;
  if (key.name === "space") return " ";
  const first = key.sequence.charCodeAt(0);
  return key.sequence === "" || first < 32 || first === 127 ? undefined : key.sequence;
}

/** `a`, `A`, `space`, `escape`, `ctrl+r`; undefined for other combinations. */
function vimName(key: KeyEvent): string | undefined {
  if (key.meta || key.super || key.hyper) return undefined;
  if (key.ctrl) return key.name === "r" ? "ctrl+r" : undefined;
  const text = typedText(key);
  return text === undefined || text === " " ? key.name : text;
}
