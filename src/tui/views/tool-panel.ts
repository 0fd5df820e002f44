// The view of a tool call that is a panel: icon, name and argument above, what was done beneath.
// Until there is something to show it is one row; a call that failed shows why. In a narrow
// terminal a change of files is one row until it is opened.
import { BoxRenderable, type Renderable, type TextChunk, type TextRenderable } from "@opentui/core";
import type { ToolPart } from "@/schema/part";
import type { Slot } from "@/tui/theme/slots";
import type { Ui } from "@/tui/ui";
import { ink, isNarrow, margins, panel, remark, row, styled } from "./style";
import { transcriptColumns } from "./room";
import { isGoingOn, Ticking } from "./ticking";
import { waitsForPermission } from "./tool-row";
import { partOf, type PartBlock, type View } from "./view";
import { oneLine } from "./words";

/** What a panel says of a call. */
export interface ToolPanel {
  icon: string;
  /** Name and argument, such as `Edit src/auth.ts`. */
  title: string;
  /** At the right of the title. */
  figures?: readonly TextChunk[];
  /** Called when the call has changed, or is opened or closed; what it makes is the panel's. */
  body?: () => readonly Renderable[];
  /** Whether there is more to see when it is open. */
  isFolded?: boolean;
  /** Whether it waits for the person: nothing turns meanwhile. */
  isAsking?: boolean;
  /** Whether its title says enough where there is little room. */
  isBrief?: boolean;
}

/** `columns` is what a row of the body has room for. */
export interface PanelRoom {
  isExpanded: boolean;
  columns: number;
}

export type DescribePanel = (
  ui: Ui,
  block: PartBlock,
  part: ToolPart,
  room: PanelRoom,
) => ToolPanel;

/** The gutter, the margins beside it and the padding. */
const EDGE_COLUMNS = 8;

export class ToolPanelView implements View<PartBlock> {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #describe: DescribePanel;
  readonly #head: BoxRenderable;
  readonly #title: TextRenderable;
  readonly #figures: TextRenderable;
  readonly #body: BoxRenderable;
  readonly #ticking: Ticking;
  #block: PartBlock;
  #isExpanded = false;
  #isFolded = false;

  constructor(ui: Ui, block: PartBlock, describe: DescribePanel) {
    this.#ui = ui;
    this.#ticking = new Ticking(ui.ticker, () => this.#drawTitle());
    this.#block = block;
    this.#describe = describe;
    this.root = panel(ui, "borderSubtle");
    this.#head = new BoxRenderable(ui.renderer, { flexDirection: "row" });
    this.#title = row(ui);
    this.#figures = remark(ui);
    this.#figures.flexShrink = 0;
    this.#body = new BoxRenderable(ui.renderer, { flexDirection: "column" });
    this.#body.marginTop = isNarrow(ui) ? 0 : 1;
    this.#head.add(this.#title);
    this.#head.add(this.#figures);
    this.root.add(this.#head);
    this.root.add(this.#body);
    this.update(block);
  }

  get isRow(): boolean {
    return !this.#body.visible;
  }

  update(block: PartBlock): void {
    this.#block = block;
    this.#ticking.isOn = isGoingOn(block, partOf(block, "tool"));
    this.#draw();
  }

  setExpanded(isExpanded: boolean): boolean {
    if (!this.#isFolded && !this.#isExpanded) return false;
    this.#isExpanded = isExpanded;
    this.#draw();
    return true;
  }

  destroy(): void {
    this.#ticking.isOn = false;
    this.root.destroyRecursively();
  }

  #draw(): void {
    const described = this.#drawTitle();
    for (const child of this.#body.getChildren()) child.destroyRecursively();
    const isBrief = (described?.isBrief ?? false) && isNarrow(this.#ui) && !this.#isExpanded;
    const body = isBrief ? [] : (described?.body?.() ?? []);
    for (const child of body) this.#body.add(child);
    this.#isFolded = isBrief || (described?.isFolded ?? false);
    this.#setPanel(body.length > 0);
  }

  /** Without a body it is a row like those of other tools. */
  #setPanel(isPanel: boolean): void {
    const { gutter, text } = margins(this.#ui);
    const { root } = this;
    this.#body.visible = isPanel;
    root.border = isPanel ? ["left"] : false;
    root.marginLeft = isPanel ? gutter : text;
    root.paddingLeft = !isPanel ? 0 : isNarrow(this.#ui) ? 1 : 2;
    root.backgroundColor = isPanel ? this.#ui.theme.colors.backgroundPanel : "transparent";
    this.#title.flexGrow = isPanel ? 1 : 0;
    this.#head.gap = isPanel ? 2 : 1;
  }

  #drawTitle(): ToolPanel | undefined {
    const part = partOf(this.#block, "tool");
    if (!part) return undefined;
    const ui = this.#ui;
    const room = { isExpanded: this.#isExpanded, columns: transcriptColumns(ui) - EDGE_COLUMNS };
    const described = this.#describe(ui, this.#block, part, room);
    const { state } = part;
    const isWaiting = waitsForPermission(ui, part);
    const isError = state.status === "error";
    const slot: Slot = isWaiting ? "warning" : isError ? "error" : "text";
    const sign = isError
      ? "✗"
      : this.#ticking.isOn && !isWaiting && described.isAsking !== true
        ? ui.ticker.spinner
        : described.icon;
    const note = isWaiting ? "   waiting for permission" : "";
    const failure = isError ? `  ${oneLine(state.error.trim().split("\n")[0] ?? "")}` : "";
    const title = `${sign} ${oneLine(described.title)}${note}${failure}`;
    this.root.borderColor = ui.theme.colors[isWaiting || isError ? slot : "borderSubtle"];
    this.#title.content = styled(ink(ui, slot, title));
    this.#figures.content = styled(...(described.figures ?? []));
    return described;
  }
}
