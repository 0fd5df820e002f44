// What the panel of a todo list shows. Only the newest list of a session is open; of older ones the
// title says that it was updated below.
import type { TextChunk } from "@opentui/core";
import { strikethrough } from "@opentui/core";
import type { ToolPart } from "@/schema/part";
import type { Todo } from "@/schema/todo";
import type { Slot } from "@/tui/theme/slots";
import type { Ui } from "@/tui/ui";
import { ink, styled, wrapped } from "./style";
import type { DescribePanel } from "./tool-panel";
import type { PartBlock } from "./view";
import { oneLine } from "./words";

type ShownTodo = Pick<Todo, "content" | "status">;

const MARKS: Readonly<Record<string, { mark: string; slot: Slot }>> = {
  completed: { mark: "[✓]", slot: "success" },
  in_progress: { mark: "[•]", slot: "warning" },
  cancelled: { mark: "[-]", slot: "textMuted" },
};
const PENDING = { mark: "[ ]", slot: "textMuted" } as const;

export const describeTodos: DescribePanel = (ui, block, part, room) => {
  const todos = todosOf(part);
  const isOld = isUpdatedBelow(ui, block);
  const title = `Todos ${todoCount(todos)}${isOld ? " (updated below)" : ""}`;
  if (isOld && !room.isExpanded) return { icon: "#", title, isFolded: true };
  return {
    icon: "#",
    title,
    isFolded: isOld,
    body: () => {
      const text = wrapped(ui);
      text.content = styled(...todos.flatMap((todo, at) => todoChunks(ui, todo, at === 0)));
      return todos.length === 0 ? [] : [text];
    },
  };
};

/** `1/3`: how many are done of those that are to be. */
export function todoCount(todos: readonly Pick<ShownTodo, "status">[]): string {
  const counted = todos.filter(({ status }) => status !== "cancelled");
  return `${counted.filter(({ status }) => status === "completed").length}/${counted.length}`;
}

/** `[✓] Read the test`; cancelled ones are struck through. */
export function todoChunks(ui: Ui, { content, status }: ShownTodo, isFirst: boolean): TextChunk[] {
  const { mark, slot } = MARKS[status] ?? PENDING;
  const text = ink(ui, status === "in_progress" ? "text" : "textMuted", oneLine(content));
  return [
    ink(ui, slot, `${isFirst ? "" : "\n"}${mark} `),
    status === "cancelled" ? strikethrough(text) : text,
  ];
}

function todosOf({ state }: ToolPart): ShownTodo[] {
  const { todos } = state.input;
  if (!Array.isArray(todos)) return [];
  return todos.flatMap((todo: Partial<ShownTodo> | null) => {
    const { content, status } = todo ?? {};
    return typeof content === "string" ? [{ content, status: status ?? "pending" }] : [];
  });
}

function isUpdatedBelow(ui: Ui, { part }: PartBlock): boolean {
  const messages = ui.store.state.transcripts[part.sessionID]?.messages ?? [];
  const isLater = (id: string, tool: string) => tool === "todowrite" && id > part.id;
  return messages.some(({ parts }) => {
    return parts.some((one) => one.type === "tool" && isLater(one.id, one.tool));
  });
}
