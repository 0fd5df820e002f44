// The view of a stretch of an answer's text, as Markdown. Drawn at once, coloured when the parser
// of its code has answered.
import { type BoxRenderable, MarkdownRenderable } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import { plain } from "./style";
import type { BlockOf, View } from "./view";
import { harmless } from "./words";

type TextBlock = BlockOf<"text">;

export class MarkdownView implements View<TextBlock> {
  readonly root: BoxRenderable;
  readonly isRow = false;
  readonly #markdown: MarkdownRenderable;

  constructor(ui: Ui, block: TextBlock) {
    this.root = plain(ui);
    this.#markdown = new MarkdownRenderable(ui.renderer, {
      content: contentOf(block),
      syntaxStyle: ui.theme.syntax,
      treeSitterClient: ui.treeSitter,
      fg: ui.theme.colors.markdownText,
      conceal: ui.store.state.view.conceal,
      // Not streaming, it would be blank until the parser answers.
      streaming: true,
      tableOptions: { widthMode: "content", style: "grid", cellPaddingX: 1 },
    });
    this.root.add(this.#markdown);
  }

  update(block: TextBlock): void {
    this.#markdown.content = contentOf(block);
  }

  setExpanded(): boolean {
    return false;
  }

  destroy(): void {
    this.root.destroyRecursively();
  }
}

function contentOf({ text }: TextBlock): string {
  return harmless(text).trim();
}
