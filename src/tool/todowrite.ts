// todowrite: replaces the session's list of things to do. Keeping and telling it is the session's.
import { t, type Static } from "@/base/schema";
import { defineTool, type ToolContext, type ToolResult } from "./tool";
import description from "./todowrite.txt" with { type: "text" };

const parameters = t.Object({
  todos: t.Array(
    t.Object({
      content: t.String(),
      status: t.String({ description: "pending, in_progress, completed, cancelled" }),
      priority: t.String({ description: "high, medium, low" }),
    }),
  ),
});

export const todowriteTool = defineTool({ id: "todowrite", description, parameters, run });

async function run(input: Static<typeof parameters>, context: ToolContext): Promise<ToolResult> {
  await context.ask({ permission: "todowrite", patterns: ["*"], always: ["*"], metadata: {} });
  context.signal.throwIfAborted();
  // Only the known fields: what a model adds is nothing that clients expect.
  const todos = input.todos.map(({ content, status, priority }) => ({ content, status, priority }));
  context.setTodos(todos);
  const open = todos.filter(({ status }) => status !== "completed" && status !== "cancelled");
  return {
    title: `${open.length} todos`,
    output: JSON.stringify(todos, null, 2),
    metadata: { todos },
  };
}
