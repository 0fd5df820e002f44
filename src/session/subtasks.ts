// Subtasks: work that a person, by a slash command or a part of a prompt, gives to a subagent. It
// is done before the prompt's own agent goes on, as a task call in a message of that subagent.
import type { Prompt } from "./conversation";
import type { MessageWithParts } from "@/schema/message";
import type { SubtaskPart } from "@/schema/part";
import { taskTool } from "@/tool/task";
import { ABORTED, AnswerMessage } from "./answer-message";
import type { StepInput, StepOutcome, StepServices } from "./step";
import { addSyntheticPrompt } from "./synthetic-prompt";

const GO_ON =
  "The task above is done; its result is in the output of the tool. " +
  "Tell the user what came of it, and go on with what is left to do.";

/** Does the subtasks of the prompts, one after the other. "stop" after an abort. */
export async function runSubtasks(
  prompts: readonly MessageWithParts[],
  stage: StepInput,
  services: StepServices,
): Promise<Extract<StepOutcome, "go-on" | "stop">> {
  for (const { info, parts } of prompts) {
    if (info.role !== "user") continue;
    const tasks = parts.filter((part) => part.type === "subtask");
    for (const task of tasks) await runSubtask(task, { info, parts }, stage, services);
    if (tasks.length > 0 && stage.run.signal.aborted) return "stop";
    // A command says nothing but its task: what is to be made of the result is left to be said.
    if (tasks.some((task) => task.command !== undefined)) {
      addSyntheticPrompt(stage.conversation, { prompt: { info, parts }, text: GO_ON }, services);
    }
  }
  return "go-on";
}

async function runSubtask(
  task: SubtaskPart,
  prompt: Prompt,
  { conversation, run }: StepInput,
  services: StepServices,
): Promise<void> {
  const model = task.model ?? prompt.info.model;
  const kind = { agent: task.agent, model, isCall: true };
  const answer = new AnswerMessage(prompt.info, services, kind);
  conversation.add([answer.message]);
  try {
    const { agents, sessions } = services.sources;
    const { id: messageID, sessionID } = answer.message.info;
    const input = {
      description: task.description,
      prompt: task.prompt,
      subagent_type: task.agent,
      ...(task.command === undefined ? {} : { command: task.command }),
    };
    await services.toolCalls.runOwn(
      { part: answer.newCall(taskTool.id), tool: taskTool, input },
      {
        session: sessions.get(sessionID),
        agent: await agents.get(prompt.info.agent),
        prompt: prompt.info,
        messageID,
        signal: run.signal,
        byPerson: task.model ? { model: task.model } : {},
        write: (part) => answer.writer.put(part),
      },
    );
    answer.end(run.signal.aborted ? { error: ABORTED } : { reason: "tool-calls" });
    answer.tellError();
  } catch (error) {
    answer.fail(error, run.signal);
  } finally {
    answer.close();
  }
}
