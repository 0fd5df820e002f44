// The view of a model's reasoning: one row, and all of it beneath when it is open.
import type { BoxRenderable, TextRenderable } from "@opentui/core";
import type { ReasoningPart } from "@/schema/part";
import type { Ui } from "@/tui/ui";
import { plain, row, wrapped } from "./style";
import { partOf, type PartBlock, type View } from "./view";
import { duration, elapsed, harmless, oneLine } from "./words";

export class ReasoningView implements View<PartBlock> {
  readonly root: BoxRenderable;
  readonly isRow = true;
  readonly #ui: Ui;
  readonly #title: TextRenderable;
  readonly #text: TextRenderable;
  #part: ReasoningPart | undefined;
  #isExpanded: boolean;
  #stopTicking: (() => void) | undefined;

  constructor(ui: Ui, block: PartBlock) {
    this.#ui = ui;
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
    const isRunning =
      this.#part?.time.end === undefined && block.message.time.completed === undefined;
    if (isRunning) this.#stopTicking ??= this.#ui.ticker.subscribe(() => this.#draw(true));
    else this.#stop();
    this.#draw(isRunning);
  }

  setExpanded(isExpanded: boolean): boolean {
    this.#isExpanded = isExpanded;
    this.#draw(this.#stopTicking !== undefined);
    return true;
  }

  destroy(): void {
    this.#stop();
    this.root.destroyRecursively();
  }

  #stop(): void {
    this.#stopTicking?.();
    this.#stopTicking = undefined;
  }

  #draw(isRunning: boolean): void {
    const part = this.#part;
    if (!part) return;
    const { start, end } = part.time;
    const sign = this.#isExpanded ? "-" : "+";
    if (isRunning) {
      const newest = oneLine(lastLine(part.text));
      const time = elapsed(this.#ui.clock.now() - start);
      this.#title.content = `${this.#ui.ticker.spinner} Thinking · ${time} ${newest}`;
    } else {
      const topic = firstBold(part.text);
      const title = topic === undefined ? "Thought" : `Thought: ${topic}`;
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
