// The view of a shell command: the command, the rows of its output that tell most, how it ended.
// In a narrow terminal only how much it said and how it ended, until it is opened.
import { BoxRenderable, type TextRenderable } from "@opentui/core";
import { plural } from "@/base/text";
import type { ToolPart } from "@/schema/part";
import type { Ui } from "@/tui/ui";
import { moreLines } from "./fold";
import { ink, isNarrow, panel, remark, styled, wrapped } from "./style";
import { isGoingOn, Ticking } from "./ticking";
import { waitsForPermission } from "./tool-row";
import { partOf, type PartBlock, type View } from "./view";
import { duration, elapsed, harmless, oneLine } from "./words";

const RUNNING_LINES = 10;
const FIRST_LINES = 6;
const LAST_LINES = 4;
/** Shorter commands that went well say nothing of their time. */
const SHORT_MS = 2_000;

export class BashView implements View<PartBlock> {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #command: TextRenderable;
  readonly #description: TextRenderable;
  readonly #output: BoxRenderable;
  readonly #first: TextRenderable;
  readonly #more: BoxRenderable;
  readonly #last: TextRenderable;
  readonly #end: TextRenderable;
  readonly #ticking: Ticking;
  #part: ToolPart | undefined;
  #isExpanded = false;

  constructor(ui: Ui, block: PartBlock) {
    this.#ui = ui;
    this.#ticking = new Ticking(ui.ticker, () => this.#drawEnd());
    this.root = panel(ui, "borderSubtle");
    const head = new BoxRenderable(ui.renderer, {
      flexDirection: "row",
      justifyContent: "space-between",
      gap: 2,
    });
    this.#command = wrapped(ui);
    this.#command.flexShrink = 1;
    // Who drags over it below its end means it, too.
    this.#command.flexGrow = 1;
    this.#description = remark(ui);
    this.#output = new BoxRenderable(ui.renderer, {
      flexDirection: "column",
      marginTop: isNarrow(ui) ? 0 : 1,
    });
    this.#first = wrapped(ui, "textMuted");
    this.#more = new BoxRenderable(ui.renderer, { flexDirection: "column" });
    this.#last = wrapped(ui, "textMuted");
    for (const one of [this.#first, this.#more, this.#last]) this.#output.add(one);
    this.#end = remark(ui);
    head.add(this.#command);
    head.add(this.#description);
    this.root.add(head);
    this.root.add(this.#output);
    this.root.add(this.#end);
    this.update(block);
  }

  get isRow(): boolean {
    return this.#isBrief;
  }

  update(block: PartBlock): void {
    this.#part = partOf(block, "tool");
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
    const { input } = part.state;
    const { command, description } = input;
    const isWaiting = waitsForPermission(this.#ui, part);
    this.root.borderColor = this.#ui.theme.colors[isWaiting ? "warning" : "borderSubtle"];
    this.#command.content = `$ ${harmless(typeof command === "string" ? command : "")}`;
    this.#description.content = typeof description === "string" ? oneLine(description) : "";
    this.#description.visible = !isNarrow(this.#ui);
    this.#command.wrapMode = this.#isBrief ? "none" : "word";
    this.#drawOutput(outputOf(part));
    this.#drawEnd();
  }

  /** Whether its output is only counted. */
  get #isBrief(): boolean {
    const isDone = this.#part?.state.status === "completed";
    return isNarrow(this.#ui) && isDone && !this.#isExpanded;
  }

  #drawOutput(output: string): void {
    this.#output.visible = output !== "" && !this.#isBrief;
    if (!this.#output.visible) return;
    const { first, hidden, last } = this.#folded(output.split("\n"));
    this.#first.content = first.join("\n");
    this.#last.visible = last.length > 0;
    this.#last.content = last.join("\n");
    for (const child of this.#more.getChildren()) child.destroyRecursively();
    for (const child of moreLines(this.#ui, hidden)) this.#more.add(child);
  }

  #folded(lines: readonly string[]): Folded {
    if (this.#isExpanded) return { first: lines, hidden: 0, last: [] };
    if (this.#ticking.isOn) return { first: lines.slice(-RUNNING_LINES), hidden: 0, last: [] };
    const hidden = lines.length - FIRST_LINES - LAST_LINES;
    if (hidden <= 1) return { first: lines, hidden: 0, last: [] };
    return { first: lines.slice(0, FIRST_LINES), hidden, last: lines.slice(-LAST_LINES) };
  }

  #drawEnd(): void {
    const part = this.#part;
    const end = part && this.#endOf(part);
    this.#end.visible = end !== undefined;
    if (end) this.#end.content = end;
  }

  #endOf(part: ToolPart) {
    const ui = this.#ui;
    const { state } = part;
    if (waitsForPermission(ui, part)) return styled(ink(ui, "warning", "waiting for permission"));
    if (state.status === "error") return styled(ink(ui, "error", `✗ ${oneLine(state.error)}`));
    if (state.status === "running" && this.#ticking.isOn) {
      const time = elapsed(ui.clock.now() - state.time.start);
      return styled(ink(ui, "textMuted", `${ui.ticker.spinner} ${time} · running`));
    }
    if (state.status !== "completed") return undefined;
    const took = duration(state.time.end - state.time.start);
    const { exit } = state.metadata;
    const how = typeof exit === "number" ? `exit ${exit}` : "ended";
    if (this.#isBrief) {
      const output = outputOf(part);
      const count = output === "" ? [] : [`… ${plural(output.split("\n").length, "line")}`];
      const end = exit === 0 ? [] : [ink(ui, "error", `✗ ${how}`)];
      const said = [...count, ...(end.length > 0 && count.length > 0 ? [" · "] : [])].join("");
      return said === "" && end.length === 0
        ? undefined
        : styled(ink(ui, "textMuted", said), ...end);
    }
    if (exit === 0) {
      const isLong = state.time.end - state.time.start >= SHORT_MS;
      return isLong ? styled(ink(ui, "success", `✓ ${took}`)) : undefined;
    }
    return styled(ink(ui, "error", `✗ ${how} · ${took}`));
  }
}

/** The rows that are shown, and how many are hidden between them. */
interface Folded {
  first: readonly string[];
  hidden: number;
  last: readonly string[];
}

function outputOf({ state }: ToolPart): string {
  const metadata = "metadata" in state ? state.metadata : undefined;
  const output = metadata?.["output"];
  return typeof output === "string" ? harmless(output).trimEnd() : "";
}
