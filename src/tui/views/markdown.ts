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
  readonly #markdown: MarkdownColumn;

  constructor(ui: Ui, block: TextBlock) {
    this.root = plain(ui);
    this.#markdown = markdownColumn(ui, ui.renderer, ui.treeSitter);
    this.root.add(this.#markdown.root);
    this.update(block);
  }

  update({ text }: TextBlock): void {
    this.#markdown.text = harmless(text).trim();
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
