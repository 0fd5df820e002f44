// The view of a tool call that is one row: icon, name, argument; its output beneath when it is
// open. While it runs the icon turns; a call that failed shows why.
import { BoxRenderable, type Renderable, type TextRenderable } from "@opentui/core";
import type { ToolPart } from "@/schema/part";
import type { Slot } from "@/tui/theme/slots";
import type { Ui } from "@/tui/ui";
import { ink, isNarrow, plain, row, styled, wrapped } from "./style";
import { isGoingOn, Ticking } from "./ticking";
import { partOf, type PartBlock, type View } from "./view";
import { harmless, oneLine } from "./words";

/** What a tool's row says. */
export interface ToolRow {
  icon: string;
  /** Name and argument, such as `Read src/auth.ts`. */
  title: string;
  /** Behind it, such as `(31 files)`. */
  result?: string;
  /** Title and result where there is little room, such as `Glob "*.ts" (31)`. */
  brief?: string;
  /** What is shown when it is open. */
  output?: string;
  /** How that is shown, where there is more to it than its text. */
  body?: (ui: Ui, output: string) => Renderable;
}

export type DescribeTool = (part: ToolPart) => ToolRow;

export class ToolRowView implements View<PartBlock> {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #describe: DescribeTool;
  readonly #title: TextRenderable;
  readonly #output: BoxRenderable;
  readonly #ticking: Ticking;
  #part: ToolPart | undefined;
  /** The output that is drawn. */
  #shown: string | undefined;
  #isExpanded = false;

  constructor(ui: Ui, block: PartBlock, describe: DescribeTool) {
    this.#ui = ui;
    this.#ticking = new Ticking(ui.ticker, () => this.#draw());
    this.#describe = describe;
    this.root = plain(ui);
    this.#title = row(ui);
    this.#output = new BoxRenderable(ui.renderer, { flexDirection: "column", flexShrink: 0 });
    this.root.add(this.#title);
    this.root.add(this.#output);
    this.update(block);
  }

  get isRow(): boolean {
    return !this.#output.visible;
  }

  update(block: PartBlock): void {
    this.#part = partOf(block, "tool");
    this.#ticking.isOn = isGoingOn(block, this.#part);
    this.#draw();
  }

  setExpanded(isExpanded: boolean): boolean {
    const part = this.#part;
    if (!part || !this.#describe(part).output?.trim()) return false;
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
    const ui = this.#ui;
    const described = this.#describe(part);
    const { icon, output = "", body = plainText } = described;
    const { title, result = "" } = isNarrow(ui) ? brief(described) : described;
    const { state } = part;
    const isWaiting = waitsForPermission(ui, part);
    const slot: Slot = isWaiting ? "warning" : state.status === "error" ? "error" : "textMuted";
    const sign = this.#ticking.isOn && !isWaiting ? ui.ticker.spinner : icon;
    const note = isWaiting ? "  waiting for permission" : result && ` ${result}`;
    const failure = state.status === "error" ? `  ${firstLine(state.error)}` : "";
    this.#title.content = styled(
      ink(ui, slot, `${state.status === "error" ? "✗" : sign} ${oneLine(title)}${note}${failure}`),
    );
    this.#output.visible = this.#isExpanded;
    const shown = this.#isExpanded ? output : undefined;
    if (shown === this.#shown) return;
    this.#shown = shown;
    for (const child of this.#output.getChildren()) child.destroyRecursively();
    if (shown !== undefined) this.#output.add(body(ui, shown));
  }
}

function brief(described: ToolRow): Pick<ToolRow, "title" | "result"> {
  return described.brief === undefined ? described : { title: described.brief };
}

function plainText(ui: Ui, output: string): Renderable {
  const text = wrapped(ui, "textMuted");
  text.content = harmless(output).trimEnd();
  return text;
}

/** Whether the call waits for an answer of the person. */
export function waitsForPermission(ui: Ui, part: ToolPart): boolean {
  return ui.store.state.permissions.some(({ tool }) => tool?.callID === part.callID);
}

function firstLine(text: string): string {
  return oneLine(text.trim().split("\n")[0] ?? "");
}
