// Shell commands: a person runs a command line in the session. It is recorded as a message pair,
// which the model reads with the next prompt unless the person keeps it private; no model is asked
// now, and no permission: the person who types it has given it.
import { invalid } from "@/base/error";
import type { Agents } from "@/agent/agents";
import type { MessageWithParts, ShellInput } from "@/schema/message";
import type { Part } from "@/schema/part";
import { bashTool } from "@/tool/bash";
import { ABORTED, AnswerMessage, type AnswerServices } from "./answer-message";
import type { Prompt } from "./conversation";
import type { Prompts } from "./prompts";
import type { Run, Runs } from "./runs";
import type { ToolCalls } from "./tool-call";
import type { UserMessages } from "./user-messages";

interface ShellCommandsOptions extends AnswerServices {
  agents: Agents;
  messages: UserMessages;
  prompts: Prompts;
  runs: Runs;
  toolCalls: ToolCalls;
}

/** A person's own command may take as long as any: it is watched, and can be stopped. */
const TIMEOUT_MS = 600_000;
const INTRODUCTION = "The following command was run by the user:";

export class ShellCommands {
  readonly #options: ShellCommandsOptions;

  constructor(options: ShellCommandsOptions) {
    this.#options = options;
  }

  /**
   * Runs the command line and gives the assistant message that holds its bash call; that it failed
   * is in there. Throws AppError, with nothing stored: busy while the session runs, not-found for
   * an unknown session, agent or model, conflict for a message id that exists.
   */
  async run(sessionID: string, input: ShellInput): Promise<MessageWithParts> {
    const { ids, messages, prompts, runs, sessions } = this.#options;
    const { command, ignored, ...asked } = input;
    if (command.trim() === "") throw invalid("command: is empty", { path: "command" });
    const session = sessions.get(sessionID);
    runs.assertIdle(sessionID);
    const info = await messages.create(session, asked);
    const place = { id: ids.create("prt"), sessionID, messageID: info.id };
    const text: Part = { ...place, type: "text", text: INTRODUCTION, synthetic: true };
    const prompt = { info, parts: [ignored ? { ...text, ignored } : text] };
    return runs.begin(sessionID, (run) => this.#execute(run, prompt, command), prompts.answer);
  }

  async #execute(run: Run, prompt: Prompt, command: string): Promise<MessageWithParts> {
    const { agents, messages, sessions, toolCalls } = this.#options;
    messages.store(prompt);
    const answer = new AnswerMessage(prompt.info, this.#options, { isCall: true });
    try {
      await toolCalls.runOwn(
        {
          part: answer.newCall(bashTool.id),
          tool: bashTool,
          input: { command, timeout: TIMEOUT_MS },
        },
        {
          session: sessions.get(run.sessionID),
          agent: await agents.get(prompt.info.agent),
          prompt: prompt.info,
          messageID: answer.message.info.id,
          signal: run.signal,
          byPerson: {},
          write: (part) => answer.writer.put(part),
        },
      );
      answer.end(run.signal.aborted ? { error: ABORTED } : {});
      answer.tellError();
    } catch (error) {
      answer.fail(error, run.signal);
    } finally {
      await answer.tellChanges();
      answer.close();
    }
    return answer.message;
  }
}
