// Paster: puts what is pasted into the editor. Text at once, so that what is typed next stands
// behind it; when it turns out to be the path of a file, its text is replaced by a chip where it
// still stands.
import { errorMessage } from "@/base/error";
import type { Ui } from "@/tui/ui";
import { attachPath, imageChip } from "./attach";
import type { Chip } from "./chip";
import { chipDraft, type Draft, numberImages, plainDraft, replaceRange } from "./draft";
import type { Editor } from "./editor";
import { chipMentions } from "./mention";
import { cleanPaste, isLongPaste, pasteChip, pastedPath } from "./paste";

/** Longer text stays a chip: each key would have to move it. */
const EXPANDED_MAX_CHARACTERS = 200_000;
const MENTIONS_MAX = 20;

export class Paster {
  readonly #ui: Ui;
  readonly #editor: Editor;
  /** What was chosen here; else the configuration says. */
  #isSummarizing: boolean | undefined;

  constructor(ui: Ui, editor: Editor) {
    this.#ui = ui;
    this.#editor = editor;
  }

  /** Whether long pastes are shown as chips. */
  get isSummarizing(): boolean {
    const { config } = this.#ui.store.state.facts;
    return this.#isSummarizing ?? config?.experimental?.disable_paste_summary !== true;
  }

  set isSummarizing(isSummarizing: boolean) {
    this.#isSummarizing = isSummarizing;
  }

  /** Text that the terminal says was pasted. */
  paste(raw: string | Uint8Array): void {
    const text = cleanPaste(raw);
    if (text === "") return;
    if (this.isSummarizing && isLongPaste(text)) return this.#pasteLong(text);
    this.#editor.insert(plainDraft(text));
    const path = pastedPath(text, this.#directory(), this.#ui.environment.home);
    if (path !== undefined) void this.#chipPath(path, text);
  }

  /** An image of the clipboard, or else its text. */
  async fromClipboard(): Promise<void> {
    try {
      const image = await this.#ui.clipboard.readImage();
      if (image) return this.#insertChip(imageChip(image.mime, image.bytes));
      const text = await this.#ui.clipboard.readText();
      if (text) this.paste(text);
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Text of an editor: files that it mentions become chips, at once where it names lines. */
  append(text: string): void {
    const clean = cleanPaste(text);
    const end = this.#editor.draft.text.length;
    this.#editor.replace(
      end,
      end,
      chipMentions(clean, () => false),
    );
    const words = [...clean.matchAll(/(?<=^|\s)@[^\s@]+/g)].slice(0, MENTIONS_MAX);
    for (const [word] of words) {
      const [chip] = chipMentions(word, () => true).chips;
      if (chip?.chip.type === "file" && !chip.chip.lines) void this.#chipFile(chip.chip.path);
    }
  }

  /** Writes the chip at `offset` out, when it is a paste; false when there is none. */
  expandAt(offset: number): boolean {
    const placed = this.#editor.draft.chips.find(
      ({ start, end }) => start <= offset && offset < end,
    );
    if (placed?.chip.type !== "paste") return false;
    return this.#expand(placed.start, placed.end, placed.chip.text);
  }

  #pasteLong(text: string): void {
    const same = this.#editor.draft.chips.find(({ chip }) => {
      return chip.type === "paste" && chip.text === text;
    });
    // Whoever pastes the same once more wants to see it.
    if (same && this.#expand(same.start, same.end, text)) return;
    this.#editor.insert(chipDraft(pasteChip(text)));
  }

  #expand(start: number, end: number, text: string): boolean {
    if (text.length > EXPANDED_MAX_CHARACTERS) return false;
    this.#editor.replace(start, end, plainDraft(text));
    return true;
  }

  async #chipPath(path: string, text: string): Promise<void> {
    try {
      const chip = await attachPath(path, this.#directory());
      if (chip) this.#replaceText(text, chip);
    } catch (error) {
      this.#tell(error);
    }
  }

  async #chipFile(path: string): Promise<void> {
    const query = { query: path, limit: 5 };
    // Where the search fails it stays text.
    const found = await this.#ui.client.file.find(query).catch((): string[] => []);
    if (found.includes(path)) this.#replaceText(`@${path}`, { type: "file", path });
  }

  /** The newest place where the text stands becomes the chip. */
  #replaceText(text: string, chip: Chip): void {
    const { draft, cursor } = this.#editor;
    const start = draft.text.lastIndexOf(text);
    const end = start + text.length;
    if (start < 0 || draft.chips.some((one) => one.start < end && one.end > start)) return;
    const numbered = numberImages(replaceRange(draft, start, end, chipDraft(chip)));
    const shift = numbered.text.length - draft.text.length;
    this.#editor.set(numbered, cursor >= end ? cursor + shift : Math.min(cursor, start));
  }

  #insertChip(chip: Chip): void {
    this.#editor.insert(chipDraft(chip));
    const { draft, cursor } = this.#editor;
    const numbered: Draft = numberImages(draft);
    this.#editor.set(numbered, cursor + numbered.text.length - draft.text.length);
  }

  #directory(): string {
    const { directory, facts } = this.#ui.store.state;
    return facts.path?.directory ?? directory;
  }

  #tell(error: unknown): void {
    this.#ui.toasts.show({ variant: "warning", title: "Not pasted", message: errorMessage(error) });
  }
}
