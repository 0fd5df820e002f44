// The view of a stretch of an answer's text, as Markdown.
import type { BoxRenderable, RenderContext, TreeSitterClient } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import { MarkdownColumn } from "./markdown-column";
import { plain } from "./style";
import type { BlockOf, View } from "./view";
import { harmless } from "./words";

type TextBlock = BlockOf<"text">;

export class MarkdownView implements View<TextBlock> {
  readonly root: BoxRenderable;
  readonly isRow = false;
  readonly #ui: Ui;
  #markdown: MarkdownColumn;

  constructor(ui: Ui, block: TextBlock) {
    this.root = plain(ui);
    this.#ui = ui;
    this.#markdown = this.#make();
    this.update(block);
  }

  update({ text }: TextBlock): void {
    if (this.#markdown.conceal !== this.#ui.store.state.view.conceal) {
      this.#markdown.root.destroyRecursively();
      this.#markdown = this.#make();
    }
    this.#markdown.text = harmless(text).trim();
  }

  #make(): MarkdownColumn {
    const column = markdownColumn(this.#ui, this.#ui.renderer, this.#ui.treeSitter);
    this.root.add(column.root);
    return column;
  }

  setExpanded(): boolean {
    return false;
  }

  destroy(): void {
    this.root.destroyRecursively();
  }
}

/** An empty column of Markdown that looks as the person's theme and settings have it. */
export function markdownColumn(
  { renderer, store, theme }: Ui,
  context: RenderContext,
  treeSitter?: TreeSitterClient,
): MarkdownColumn {
  return new MarkdownColumn(context, {
    style: theme.syntax,
    conceal: store.state.view.conceal,
    hasLinks: renderer.capabilities?.hyperlinks ?? false,
    selection: { background: theme.colors.primary, text: theme.colors.background },
    ...(treeSitter && { treeSitter }),
  });
}
