// The view of a compaction: a rule that says how much shorter the session is, and, when it is open,
// the summary that stands for what was said before.
import type { BoxRenderable, TextRenderable } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import { summaryText } from "./blocks";
import { markdownColumn } from "./markdown";
import { plain, row } from "./style";
import type { BlockOf, View } from "./view";
import { amount, harmless } from "./words";

type CompactionBlock = BlockOf<"compaction">;

export class CompactionView implements View<CompactionBlock> {
  readonly root: BoxRenderable;
  readonly isRow = false;
  readonly #rule: TextRenderable;
  readonly #summary: ReturnType<typeof markdownColumn>;
  #block: CompactionBlock;
  #isExpanded = false;

  constructor(ui: Ui, block: CompactionBlock) {
    this.#block = block;
    this.root = plain(ui);
    this.#rule = row(ui);
    this.#summary = markdownColumn(ui, ui.renderer, ui.treeSitter);
    this.#summary.root.marginTop = 1;
    this.root.add(this.#rule);
    this.root.add(this.#summary.root);
    this.#draw();
  }

  update(block: CompactionBlock): void {
    this.#block = block;
    this.#draw();
  }

  setExpanded(isExpanded: boolean): boolean {
    if (summaryText(this.#block.summary) === "") return false;
    this.#isExpanded = isExpanded;
    this.#draw();
    return true;
  }

  destroy(): void {
    this.root.destroyRecursively();
  }

  #draw(): void {
    const { summary } = this.#block;
    this.#rule.content = `── ${compactionWords(this.#block)} ──`;
    this.#summary.root.visible = this.#isExpanded;
    this.#summary.text = this.#isExpanded ? harmless(summaryText(summary)) : "";
  }
}

/** `compacted: 142K → 9K tokens`, as far as that is known. */
export function compactionWords({ before, summary }: CompactionBlock): string {
  const { info } = summary ?? {};
  if (info?.role !== "assistant" || info.time.completed === undefined) return "compacting…";
  if (info.error) return "not compacted";
  const after = info.tokens.output;
  if (before === undefined || after === 0) return "compacted";
  return `compacted: ${amount(before)} → ${amount(after)} tokens`;
}
