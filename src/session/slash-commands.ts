// Slash commands: `/name arguments` becomes a prompt, or a task for a subagent, of the agent and
// model that the command names. Which commands there are is agent/commands.ts.
import type { Agents } from "@/agent/agents";
import type { Commands, ExpandedCommand, RunnableCommand } from "@/agent/commands";
import type { IDs } from "@/base/id";
import { parseModelRef } from "@/provider/model-ref";
import type { Agent } from "@/schema/agent";
import type { Publish } from "@/schema/event";
import type { CommandInput, MessageWithParts, UserMessage } from "@/schema/message";
import type { PartInput } from "@/schema/part";
import type { ModelRef } from "@/schema/primitive";
import type { InitInput, Session } from "@/schema/session";
import { UNWATCHED } from "./attachments";
import { renderTemplate } from "./command-template";
import type { PromptHooks } from "./prompt-hooks";
import type { Prompts } from "./prompts";
import type { Runs } from "./runs";
import type { Sessions } from "./sessions";
import type { Toolbox } from "./toolbox";
import type { UserMessages } from "./user-messages";

interface SlashCommandsOptions {
  agents: Agents;
  commands: Commands;
  hooks: PromptHooks;
  ids: IDs;
  messages: UserMessages;
  prompts: Prompts;
  publish: Publish;
  runs: Runs;
  sessions: Sessions;
  toolbox: Toolbox;
}

/** A command whose agent and model are chosen. */
interface ChosenCommand {
  command: RunnableCommand;
  session: Session;
  /** Who does the work. */
  agent: Agent;
  model?: ModelRef;
  variant?: string;
  isSubtask: boolean;
}

export class SlashCommands {
  readonly #options: SlashCommandsOptions;

  constructor(options: SlashCommandsOptions) {
    this.#options = options;
  }

  /**
   * Runs the command and gives the last answer, as a prompt does; `command.executed` is told then.
   * An abort of the session stops it in every phase. Throws what Prompts.prompt throws, AppError
   * not-found for an unknown command (naming those there are), denied when something in its
   * template may not be run or read.
   */
  async run(sessionID: string, input: CommandInput): Promise<MessageWithParts> {
    const { hooks, ids, prompts, publish, runs } = this.#options;
    const messageID = input.messageID ?? ids.create("msg");
    const chosen = await this.#choose(sessionID, input);
    const { parts } = await runs.prepare(sessionID, (signal) =>
      this.#render(chosen, { ...input, messageID }, signal),
    );
    const hooked = { command: chosen.command.name, sessionID, arguments: input.arguments };
    const prompt = await hooks.shapeCommand(hooked, parts);
    const answer = await prompts.prompt(sessionID, {
      ...this.#addressee(chosen, input),
      ...prompt,
      messageID,
    });
    publish("command.executed", {
      name: chosen.command.name,
      sessionID,
      arguments: input.arguments,
      messageID: answer.info.id,
    });
    return answer;
  }

  /** Has AGENTS.md written by a run; false when the run failed. Throws as `run`. */
  async init(sessionID: string, input: InitInput): Promise<boolean> {
    const { messageID, modelID, providerID } = input;
    const { info } = await this.run(sessionID, {
      command: "init",
      arguments: "",
      model: `${providerID}/${modelID}`,
      messageID,
    });
    return info.role === "assistant" && info.error === undefined;
  }

  async #choose(sessionID: string, input: CommandInput): Promise<ChosenCommand> {
    const { agents, commands, messages, sessions } = this.#options;
    const session = sessions.get(sessionID);
    const command = await commands.get(input.command);
    const agent = command.agent
      ? await agents.get(command.agent)
      : await messages.chooseAgent(session, input.agent);
    const own = command.model && parseModelRef(command.model, `command.${command.name}.model`);
    const asked = input.model === undefined ? undefined : parseModelRef(input.model, "model");
    const model = own || (command.agent ? agent.model : undefined) || asked || agent.model;
    const variant = command.variant ?? input.variant;
    return {
      command,
      session,
      agent,
      ...(model ? { model } : {}),
      ...(variant ? { variant } : {}),
      isSubtask: command.subtask ?? agent.mode === "subagent",
    };
  }

  /** Whom the prompt is for: of a subtask it is the session's own agent, who goes on after it. */
  #addressee({ agent, isSubtask, model, variant }: ChosenCommand, input: CommandInput) {
    if (!isSubtask) {
      return { agent: agent.name, ...(model && { model }), ...(variant && { variant }) };
    }
    return {
      ...(input.agent !== undefined && { agent: input.agent }),
      ...(input.model !== undefined && { model: parseModelRef(input.model, "model") }),
      ...(input.variant !== undefined && { variant: input.variant }),
    };
  }

  async #render(
    { agent, command, isSubtask, model, session }: ChosenCommand,
    input: CommandInput & { messageID: string },
    signal: AbortSignal,
  ): Promise<{ parts: PartInput[] }> {
    const { agents, messages } = this.#options;
    const { messageID } = input;
    const who = { agent: agent.name, ...(model && { model }) };
    const prompt = await messages.create(session, { ...who, messageID });
    const context = await this.#context(agent, prompt, signal);
    const sources = { context, agents, acts: command.acts };
    const { text, parts } = command.expand
      ? asParts(await command.expand(input.arguments, signal))
      : await renderTemplate(command.template, input.arguments, sources);
    const files = [...parts, ...(input.parts ?? [])];
    if (!isSubtask) return { parts: [{ type: "text", text }, ...files] };
    const subtask: PartInput = {
      type: "subtask",
      agent: agent.name,
      description: command.description ?? "",
      command: command.name,
      ...(model && { model }),
      prompt: text,
    };
    return { parts: [subtask, ...files.filter(({ type }) => type === "file")] };
  }

  #context(agent: Agent, prompt: UserMessage, signal: AbortSignal) {
    const { sessions, toolbox } = this.#options;
    const { id: messageID, sessionID } = prompt;
    const session = sessions.get(sessionID);
    const call = { sessionID, messageID, callID: "command" };
    return toolbox.context(call, { session, agent, prompt, signal }, UNWATCHED);
  }
}

/** What a server gives is said as it is: nothing in it is run or read. */
function asParts({ text, attachments }: ExpandedCommand): { text: string; parts: PartInput[] } {
  return { text, parts: attachments.map((file) => ({ type: "file", ...file })) };
}
