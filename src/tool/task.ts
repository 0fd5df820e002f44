// task: hands a piece of work to a subagent in a session of its own and gives back its answer. The
// session runs it; here are the call, the permission and the shape of the answer.
import { AppError } from "@/base/error";
import { t, type Static } from "@/base/schema";
import description from "./task.txt" with { type: "text" };
import { defineTool, type ToolContext, type ToolResult } from "./tool";

const parameters = t.Object({
  description: t.String({ description: "3-5 words" }),
  prompt: t.String(),
  subagent_type: t.String(),
  task_id: t.Optional(t.String({ description: "Continues that task" })),
  command: t.Optional(t.String()),
  background: t.Optional(t.Boolean()),
});
type Input = Static<typeof parameters>;

export const taskTool = defineTool({ id: "task", description, parameters, run });

async function run(input: Input, context: ToolContext): Promise<ToolResult> {
  const { description: title, subagent_type: agent } = input;
  await context.ask({
    permission: "task",
    patterns: [agent],
    always: [agent],
    metadata: { description: title, subagent_type: agent },
  });
  const metadata: Record<string, unknown> = { parentSessionId: context.sessionID };
  const result = await context
    .runSubagent({
      description: title,
      prompt: input.prompt,
      agent,
      ...(input.task_id ? { taskID: input.task_id } : {}),
      ...(input.command === undefined ? {} : { command: input.command }),
      ...(input.background === undefined ? {} : { background: input.background }),
      onStart: (child) => {
        Object.assign(metadata, { sessionId: child.sessionID, model: child.model });
        context.report({ title, metadata: { ...metadata } });
      },
    })
    .catch((error: unknown) => {
      throw describeFailure(error, metadata["sessionId"]);
    });
  const { sessionID, text } = result;
  return {
    title,
    output:
      text === undefined
        ? formatTask(sessionID, "running", RUNNING)
        : formatTask(sessionID, "completed", text),
    metadata: { ...metadata, sessionId: sessionID, model: result.model },
  };
}

const RUNNING = "It goes on in the background; you are told its result when it ends (see job).";

type TaskState = "running" | "completed" | "error";

/** What the model reads of a task. */
export function formatTask(id: string, state: TaskState, text: string): string {
  const tag = state === "error" ? "task_error" : "task_result";
  return `<task id="${id}" state="${state}">\n<${tag}>\n${text}\n</${tag}>\n</task>`;
}

/** A task that had begun is named, so that the model may go on with it. */
function describeFailure(error: unknown, sessionID: unknown): unknown {
  if (!(error instanceof AppError) || typeof sessionID !== "string") return error;
  const message = formatTask(sessionID, "error", error.message);
  return new AppError(error.kind, error.name, message, error.data, { cause: error });
}
