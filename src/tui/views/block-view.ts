// Which view shows a block: by its kind, a part by its type, a tool call by its tool.
import type { Part } from "@/schema/part";
import type { Ui } from "@/tui/ui";
import { BashView } from "./bash";
import type { Block } from "./blocks";
import { CompactionView } from "./compaction";
import { MarkdownView } from "./markdown";
import { EndView, ErrorView, UndoneView } from "./notes";
import { describeEdit, describePatch, describeWrite } from "./edit";
import { describeQuestions } from "./question";
import { ReasoningView } from "./reasoning";
import { TaskView } from "./task";
import { describeTodos } from "./todos";
import { type DescribePanel, ToolPanelView } from "./tool-panel";
import { ToolRowView } from "./tool-row";
import { describeTool } from "./tools";
import { UserView } from "./user";
import type { BlockOf, PartBlock, View } from "./view";

/** A view of any block, which must always be given blocks of the same kind. */
export type BlockView = View<Block>;

type MakeToolView = (ui: Ui, block: PartBlock) => View<PartBlock>;

const TOOL_VIEWS: Readonly<Record<string, MakeToolView>> = {
  bash: (ui, block) => new BashView(ui, block),
  task: (ui, block) => new TaskView(ui, block),
  edit: panelOf(describeEdit),
  apply_patch: panelOf(describePatch),
  write: panelOf(describeWrite),
  todowrite: panelOf(describeTodos),
  question: panelOf(describeQuestions),
};

function panelOf(describe: DescribePanel): MakeToolView {
  return (ui, block) => new ToolPanelView(ui, block, describe);
}

/** Whether the block is on the screen at all: steps, snapshots and patches are for the program. */
export function isShown(block: Block): boolean {
  if (block.kind !== "part") return true;
  return block.part.type === "tool" || block.part.type === "reasoning";
}

export function makeBlockView(ui: Ui, block: Block): BlockView {
  switch (block.kind) {
    case "user":
      return accepting("user", new UserView(ui, block));
    case "text":
      return accepting("text", new MarkdownView(ui, block));
    case "part":
      return accepting("part", makePartView(ui, block, block.part));
    case "error":
      return accepting("error", new ErrorView(ui, block));
    case "end":
      return accepting("end", new EndView(ui, block));
    case "compaction":
      return accepting("compaction", new CompactionView(ui, block));
    case "undone":
      return accepting("undone", new UndoneView(ui, block));
  }
}

function makePartView(ui: Ui, block: PartBlock, part: Part): View<PartBlock> {
  if (part.type === "reasoning") return new ReasoningView(ui, block);
  const make = part.type === "tool" ? TOOL_VIEWS[part.tool] : undefined;
  return make ? make(ui, block) : new ToolRowView(ui, block, describeTool);
}

function accepting<K extends Block["kind"]>(kind: K, view: View<BlockOf<K>>): BlockView {
  return {
    root: view.root,
    get isRow() {
      return view.isRow;
    },
    update(block) {
      // A key belongs to one kind for good.
      if (block.kind === kind) view.update(block as BlockOf<K>);
    },
    setExpanded: (isExpanded) => view.setExpanded(isExpanded),
    destroy: () => view.destroy(),
  };
}
