// Queue rows: the prompts that wait, above the prompt box, in the order in which they are sent.
import { BoxRenderable, StyledText, type TextChunk, TextRenderable } from "@opentui/core";
import { columns, cut } from "@/tui/cells";
import type { Ui } from "@/tui/ui";
import type { QueuedPrompt } from "./queue";

const ROWS_MAX = 5;
const BADGE = " QUEUED  ";
const MARGIN_RIGHT = 4;

export class QueueRows {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  #prompts: readonly QueuedPrompt[] = [];

  constructor(ui: Ui) {
    this.#ui = ui;
    this.root = new BoxRenderable(ui.renderer, {
      flexDirection: "column",
      flexShrink: 0,
      visible: false,
      marginBottom: 1,
      onSizeChange: () => this.#draw(),
    });
  }

  update(prompts: readonly QueuedPrompt[]): void {
    if (prompts === this.#prompts) return;
    this.#prompts = prompts;
    this.root.visible = prompts.length > 0;
    for (const child of this.root.getChildren()) child.destroyRecursively();
    const shown = prompts.length > ROWS_MAX ? ROWS_MAX - 1 : prompts.length;
    const rows = shown < prompts.length ? shown + 1 : shown;
    for (let row = 0; row < rows; row++) {
      this.root.add(new TextRenderable(this.#ui.renderer, { height: 1, wrapMode: "none" }));
    }
    this.#draw();
  }

  #draw(): void {
    const lines = this.root.getChildren();
    const rest = this.#prompts.length - lines.length + 1;
    lines.forEach((line, row) => {
      if (!(line instanceof TextRenderable)) return;
      const prompt = this.#prompts[row];
      const isMore = row === ROWS_MAX - 1 && rest > 1;
      if (prompt) line.content = isMore ? this.#more(rest) : this.#row(prompt, row === 0);
    });
  }

  #row({ draft, mode }: QueuedPrompt, isFirst: boolean): StyledText {
    const { theme, keymap } = this.#ui;
    const { colors } = theme;
    const key = keymap.label("prompt.queue.restore");
    const hint = isFirst && key ? `${key} edit` : "";
    const width = this.root.width - columns(BADGE) - 1 - columns(hint) - MARGIN_RIGHT;
    const mark = mode === "prompt" ? "" : mode === "shell" ? "! " : "!! ";
    const text = cut(`${mark}${draft.text}`, Math.max(8, width));
    const gap = " ".repeat(Math.max(1, width - columns(text)));
    return new StyledText([
      chunk("┃", colors.borderActive),
      chunk(BADGE, colors.warning),
      chunk(text, colors.text),
      chunk(hint === "" ? "" : gap + hint, colors.textMuted),
    ]);
  }

  #more(count: number): StyledText {
    const { colors } = this.#ui.theme;
    const key = this.#ui.keymap.label("session.queued_prompts");
    const hint = key ? `  ${key} all` : "";
    const text = ` … ${count} more queued${hint}`;
    return new StyledText([chunk("┃", colors.borderActive), chunk(text, colors.textMuted)]);
  }
}

function chunk(text: string, fg: TextChunk["fg"]): TextChunk {
  return { __isChunk: true, text, ...(fg && { fg }) };
}
