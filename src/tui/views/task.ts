// The view of a subagent's task: who does what, and beneath it what it does now, or how it ended.
import type { BoxRenderable, TextRenderable } from "@opentui/core";
import { plural } from "@/base/text";
import type { MessageWithParts } from "@/schema/message";
import type { ToolPart } from "@/schema/part";
import type { Slot } from "@/tui/theme/slots";
import type { Ui } from "@/tui/ui";
import { ink, plain, row, styled } from "./style";
import { isGoingOn, Ticking } from "./ticking";
import { waitsForPermission } from "./tool-row";
import { describeTool } from "./tools";
import { partOf, type PartBlock, type View } from "./view";
import { capitalized, duration, elapsed, oneLine } from "./words";

export class TaskView implements View<PartBlock> {
  readonly root: BoxRenderable;
  readonly isRow = false;
  readonly #ui: Ui;
  readonly #title: TextRenderable;
  readonly #work: TextRenderable;
  readonly #ticking: Ticking;
  #part: ToolPart | undefined;

  constructor(ui: Ui, block: PartBlock) {
    this.#ui = ui;
    this.#ticking = new Ticking(ui.ticker, () => this.#draw());
    this.root = plain(ui);
    this.#title = row(ui, "text");
    this.#work = row(ui);
    this.root.add(this.#title);
    this.root.add(this.#work);
    this.root.onMouseUp = () => this.#open();
    this.update(block);
  }

  update(block: PartBlock): void {
    this.#part = partOf(block, "tool");
    const part = this.#part;
    this.#ticking.isOn = isGoingOn(block, part) || (!!part && this.#isInBackground(part));
    this.#draw();
  }

  /** What it did is in its own session. */
  setExpanded(): boolean {
    return false;
  }

  destroy(): void {
    this.#ticking.isOn = false;
    this.root.destroyRecursively();
  }

  /** The call has ended, its session still runs. */
  #isInBackground(part: ToolPart): boolean {
    const id = sessionOf(part);
    if (id === undefined || part.state.input["background"] !== true) return false;
    return this.#ui.store.state.status[id] !== undefined;
  }

  #open(): void {
    const sessionID = this.#part && sessionOf(this.#part);
    if (sessionID === undefined) return;
    this.#ui.store.dispatch({ type: "route.changed", route: { screen: "session", sessionID } });
  }

  #draw(): void {
    const part = this.#part;
    if (!part) return;
    const ui = this.#ui;
    const { state } = part;
    const agent = capitalized(String(state.input["subagent_type"] ?? "subagent"));
    const what = oneLine(String(state.input["description"] ?? ""));
    const isWaiting = waitsForPermission(ui, part);
    const slot: Slot = isWaiting ? "warning" : state.status === "error" ? "error" : "text";
    const title = `${this.#sign(part, isWaiting)} ${agent} — ${what}`;
    this.#title.content = styled(ink(ui, slot, title));
    const work = this.#workOf(part);
    this.#work.visible = work !== "";
    this.#work.content = `   ↳ ${work}`;
  }

  #sign(part: ToolPart, isWaiting: boolean): string {
    if (part.state.status === "error") return "✗";
    if (isWaiting) return "△";
    if (this.#isInBackground(part)) return "⇣";
    return this.#ticking.isOn ? this.#ui.ticker.spinner : "✓";
  }

  #workOf(part: ToolPart): string {
    const { state } = part;
    if (state.status === "error") return oneLine(state.error);
    const id = sessionOf(part);
    const messages = id === undefined ? [] : (this.#ui.store.state.transcripts[id]?.messages ?? []);
    const calls = toolCalls(messages);
    const count = calls.length > 0 ? [plural(calls.length, "tool call")] : [];
    if (state.status === "completed" && !this.#ticking.isOn) {
      return [...count, duration(state.time.end - state.time.start)].join(" · ");
    }
    const newest = calls.at(-1);
    const now = newest ? [oneLine(describeTool(newest).title)] : [];
    const startedAt = state.status === "pending" ? undefined : state.time.start;
    const time = startedAt === undefined ? [] : [elapsed(this.#ui.clock.now() - startedAt)];
    return [...count, ...now, ...time].join(" · ");
  }
}

function sessionOf({ state }: ToolPart): string | undefined {
  const metadata = "metadata" in state ? state.metadata : undefined;
  const id = metadata?.["sessionId"];
  return typeof id === "string" ? id : undefined;
}

function toolCalls(messages: readonly MessageWithParts[]): ToolPart[] {
  return messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === "tool" ? [part] : [])),
  );
}
