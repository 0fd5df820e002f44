// The view of a shell command: the command, the rows of its output that tell most, how it ended.
import { BoxRenderable, type TextRenderable } from "@opentui/core";
import type { ToolPart } from "@/schema/part";
import type { Ui } from "@/tui/ui";
import { ink, panel, row, styled, wrapped } from "./style";
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
  readonly isRow = false;
  readonly #ui: Ui;
  readonly #command: TextRenderable;
  readonly #description: TextRenderable;
  readonly #output: TextRenderable;
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
    this.#description = row(ui);
    this.#output = wrapped(ui, "textMuted");
    this.#output.marginTop = 1;
    this.#end = row(ui);
    head.add(this.#command);
    head.add(this.#description);
    this.root.add(head);
    this.root.add(this.#output);
    this.root.add(this.#end);
    this.update(block);
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
    const output = outputOf(part);
    this.#output.visible = output !== "";
    if (output !== "") this.#output.content = this.#folded(output);
    this.#drawEnd();
  }

  #folded(output: string): string {
    const lines = output.split("\n");
    if (this.#isExpanded) return output;
    if (this.#ticking.isOn) return lines.slice(-RUNNING_LINES).join("\n");
    const hidden = lines.length - FIRST_LINES - LAST_LINES;
    if (hidden <= 1) return output;
    const key = this.#ui.keymap.label("session.expand.all");
    const more = `… ${hidden} more lines${key === undefined ? "" : `  ${key} expand`}`;
    return [...lines.slice(0, FIRST_LINES), more, ...lines.slice(-LAST_LINES)].join("\n");
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
    const took = state.time.end - state.time.start;
    const { exit } = state.metadata;
    if (exit === 0) {
      return took < SHORT_MS ? undefined : styled(ink(ui, "success", `✓ ${duration(took)}`));
    }
    const how = typeof exit === "number" ? `exit ${exit}` : "ended";
    return styled(ink(ui, "error", `✗ ${how} · ${duration(took)}`));
  }
}

function outputOf({ state }: ToolPart): string {
  const metadata = "metadata" in state ? state.metadata : undefined;
  const output = metadata?.["output"];
  return typeof output === "string" ? harmless(output).trimEnd() : "";
}
