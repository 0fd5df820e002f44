// The view of a model's reasoning: one row, and all of it beneath when it is open.
import type { BoxRenderable, TextRenderable } from "@opentui/core";
import type { ReasoningPart } from "@/schema/part";
import type { Ui } from "@/tui/ui";
import { isNarrow, plain, row, wrapped } from "./style";
import { isGoingOn, Ticking } from "./ticking";
import { partOf, type PartBlock, type View } from "./view";
import { duration, elapsed, harmless, oneLine } from "./words";

export class ReasoningView implements View<PartBlock> {
  readonly root: BoxRenderable;
  readonly isRow = true;
  readonly #ui: Ui;
  readonly #title: TextRenderable;
  readonly #text: TextRenderable;
  readonly #ticking: Ticking;
  #part: ReasoningPart | undefined;
  #isExpanded: boolean;

  constructor(ui: Ui, block: PartBlock) {
    this.#ui = ui;
    this.#ticking = new Ticking(ui.ticker, () => this.#draw());
    this.#isExpanded = ui.store.state.view.thinking;
    this.root = plain(ui);
    this.#title = row(ui);
    this.#text = wrapped(ui, "textMuted");
    this.root.add(this.#title);
    this.root.add(this.#text);
    this.update(block);
  }

  update(block: PartBlock): void {
    this.#part = partOf(block, "reasoning");
    this.#ticking.isOn = isGoingOn(block, this.#part);
    this.#draw();
  }

  setExpanded(isExpanded: boolean): boolean {
    this.#isExpanded = isExpanded;
    this.#draw();
    return true;
  }

  destroy(): void {
    this.#ticking.isOn = false;
    this.root.destroyRecursively();
  }

  #draw(): void {
    const part = this.#part;
    if (!part) return;
    const { start, end } = part.time;
    const sign = this.#isExpanded ? "-" : "+";
    if (this.#ticking.isOn) {
      const newest = oneLine(lastLine(part.text));
      const time = elapsed(this.#ui.clock.now() - start);
      this.#title.content = `${this.#ui.ticker.spinner} Thinking · ${time} ${newest}`;
    } else {
      const topic = firstBold(part.text);
      const title = topic === undefined || isNarrow(this.#ui) ? "Thought" : `Thought: ${topic}`;
      const time = end === undefined ? "" : ` · ${duration(end - start)}`;
      this.#title.content = `${sign} ${title}${time}`;
    }
    this.#text.visible = this.#isExpanded;
    if (this.#isExpanded) this.#text.content = harmless(part.text).trim();
  }
}

function firstBold(text: string): string | undefined {
  const found = /\*\*([^*\n]+)\*\*/.exec(text)?.[1];
  return found === undefined ? undefined : oneLine(found);
}

function lastLine(text: string): string {
  const end = text.trimEnd();
  return end.slice(end.lastIndexOf("\n") + 1);
}
