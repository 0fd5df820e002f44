import { expect, test } from "bun:test";
import { todowriteTool } from "@/tool/todowrite";
import { toolBench } from "@test/support/tool-context";

test("replaces the list, echoes it, and counts what is open", async () => {
  await using bench = await toolBench();
  const todos = [
    { content: "a", status: "completed", priority: "high" },
    { content: "b", status: "in_progress", priority: "low" },
    { content: "c", status: "cancelled", priority: "low" },
    { content: "d", status: "pending", priority: "medium" },
  ];
  const result = await bench.run(todowriteTool, {
    todos: todos.map((todo) => ({ ...todo, id: 1 })),
  });
  expect(result).toEqual({
    title: "2 todos",
    output: JSON.stringify(todos, null, 2),
    metadata: { todos },
  });
  expect(bench.todos).toEqual([todos]);
  expect(bench.asks).toMatchObject([{ permission: "todowrite", patterns: ["*"] }]);
});
