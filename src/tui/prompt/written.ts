// Written: what is in the prompt box, as it would be sent: the editor's draft and how it is meant.
// A `!` typed at the very start makes a shell command of it, a second one a private one; backspace
// at the start takes them back one by one.
import { type Draft, isBlank, joinDrafts, plainDraft } from "./draft";
import type { Editor } from "./editor";
import type { Entry, PromptMode } from "./history";

export interface WrittenListener {
  onMode(): void;
  /** What is there was not typed: it has come back, or from elsewhere. */
  onSet(): void;
}

export class Written {
  readonly editor: Editor;
  readonly #listener: WrittenListener;
  #mode: PromptMode = "prompt";

  constructor(editor: Editor, listener: WrittenListener) {
    this.editor = editor;
    this.#listener = listener;
  }

  get mode(): PromptMode {
    return this.#mode;
  }

  get draft(): Draft {
    return this.editor.draft;
  }

  get entry(): Entry {
    return { draft: this.draft, mode: this.#mode };
  }

  get isBlank(): boolean {
    return isBlank(this.draft);
  }

  get isEmpty(): boolean {
    return this.draft.text === "" && this.#mode === "prompt";
  }

  set({ draft, mode }: Entry, cursor?: number): void {
    this.#setMode(mode);
    this.editor.set(draft, cursor);
    this.#listener.onSet();
  }

  clear(): void {
    this.set({ draft: plainDraft(""), mode: "prompt" });
  }

  /** Puts entries before what is there, apart by blank lines. Shell commands keep their mark. */
  giveBack(entries: readonly Entry[]): void {
    const [first] = entries;
    if (!first) return;
    if (entries.length === 1 && this.isEmpty) return this.set(first);
    const drafts = [...entries, this.entry].filter(({ draft }) => !isBlank(draft));
    this.set({ draft: joinDrafts(drafts.map(markedDraft)), mode: "prompt" });
  }

  /** Whether the text only changed how what follows is meant. */
  takeMark(text: string): boolean {
    if (text !== "!" || this.editor.cursor !== 0 || this.#mode === "private-shell") return false;
    // In a prompt that is written already the mark is at the start, and is one all the same.
    this.#setMode(this.#mode === "prompt" ? "shell" : "private-shell");
    return true;
  }

  /** Takes the newest mark back; false when there is none. */
  dropMark(): boolean {
    if (this.#mode === "prompt") return false;
    this.#setMode(this.#mode === "shell" ? "prompt" : "shell");
    return true;
  }

  leaveShell(): boolean {
    const wasShell = this.#mode !== "prompt";
    this.#setMode("prompt");
    return wasShell;
  }

  #setMode(mode: PromptMode): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#listener.onMode();
  }
}

function markedDraft({ draft, mode }: Entry): Draft {
  const mark = mode === "prompt" ? "" : mode === "shell" ? "!" : "!!";
  return mark === "" ? draft : joinDrafts([plainDraft(mark), draft], "");
}
