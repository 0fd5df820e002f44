// Toolbox: which tools an agent is offered, what the model is told of them, and the context in
// which each call runs. The one place where tools meet sessions, permissions and questions.
import { toJSONSchema } from "@/base/schema";
import type { Agents } from "@/agent/agents";
import type { Instructions } from "@/agent/instructions";
import type { Skills } from "@/agent/skills";
import type { ModelTool } from "@/llm/model-event";
import type { Permissions } from "@/permission/permissions";
import type { Questions } from "@/permission/questions";
import { evaluate, isToolHidden, type Rules } from "@/permission/rules";
import type { Agent } from "@/schema/agent";
import type { Publish } from "@/schema/event";
import type { UserMessage } from "@/schema/message";
import type { ToolPart } from "@/schema/part";
import type { Model } from "@/schema/provider";
import type { Session } from "@/schema/session";
import type { ToolListItem } from "@/schema/tool";
import { FileReads } from "@/tool/file-reads";
import { builtinTools, toolsFor } from "@/tool/registry";
import type { SubagentInput, SubagentResult, Tool, ToolContext, ToolHost } from "@/tool/tool";
import type { TextLimit } from "@/base/text";
import type { Records } from "./records";

/** Who calls: what decides over the offer. */
export interface Caller {
  session: Session;
  agent: Agent;
  model: Model;
  prompt: UserMessage;
}

/** On whose behalf a call runs. */
export type CallOwner = Pick<Caller, "session" | "agent" | "prompt"> & { signal: AbortSignal };

/** What a call may do to its own running state. */
export type Report = ToolContext["report"];

export interface ToolboxOptions {
  agents: Agents;
  skills: Skills;
  instructions: Instructions;
  permissions: Permissions;
  questions: Questions;
  records: Records;
  publish: Publish;
  directory: string;
  worktree: string;
  /** What the configuration decides of the host and of the size of results. */
  settings(): Promise<{ host: ToolHost; limits: TextLimit }>;
  /** Runs a subagent for a call; aborts with the owner's signal. */
  runSubagent(input: SubagentInput, owner: CallOwner): Promise<SubagentResult>;
}

/** The sessions whose read files are remembered; the ones used longest ago are forgotten. */
const REMEMBERED_SESSIONS_MAX = 200;

export class Toolbox {
  readonly #options: ToolboxOptions;
  readonly #reads = new Map<string, FileReads>();
  readonly #schemas = new WeakMap<Tool, Record<string, unknown>>();

  constructor(options: ToolboxOptions) {
    this.#options = options;
  }

  /** The tools that the caller may use, sorted by name. */
  async offered(caller: Caller): Promise<Tool[]> {
    const rules = rulesOf(caller);
    const { questions } = this.#options;
    return toolsFor(caller.model)
      .filter((tool) => !isToolHidden(tool.id, rules))
      .filter((tool) => caller.prompt.tools?.[tool.id] !== false)
      .filter((tool) => tool.id !== "question" || questions.policy === "ask")
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The same as the model is told of them: stable for a caller, byte for byte. */
  async definitions(caller: Caller): Promise<ModelTool[]> {
    if (!caller.model.capabilities.toolcall) return [];
    const tools = await this.offered(caller);
    const rules = rulesOf(caller);
    return Promise.all(tools.map((tool) => this.#define(tool, rules)));
  }

  /** The names of all tools there are, sorted. */
  ids(): string[] {
    return builtinTools().map((tool) => tool.id);
  }

  /** What a model that nothing is hidden from would be told. */
  async list(model: Pick<Model, "id">): Promise<ToolListItem[]> {
    const tools = toolsFor(model).sort((a, b) => (a.id < b.id ? -1 : 1));
    const defined = await Promise.all(tools.map((tool) => this.#define(tool, [])));
    return defined.map(({ name: id, description, parameters }) => ({
      id,
      description,
      parameters,
    }));
  }

  /** The context of one call. */
  async context(
    part: Pick<ToolPart, "sessionID" | "messageID" | "callID">,
    owner: CallOwner,
    report: Report,
  ): Promise<ToolContext> {
    const { directory, worktree, permissions, questions, skills } = this.#options;
    const { host, limits } = await this.#options.settings();
    const { sessionID, messageID, callID } = part;
    const tool = { messageID, callID };
    const rules = rulesOf(owner);
    return {
      sessionID,
      messageID,
      callID,
      agent: owner.agent.name,
      directory,
      worktree,
      signal: owner.signal,
      ask: (request) => permissions.ask({ ...request, sessionID, tool, rules }, owner.signal),
      report,
      askQuestions: (asked) => questions.ask({ sessionID, questions: asked, tool }, owner.signal),
      setTodos: (todos) => this.#options.records.putTodos(sessionID, todos),
      runSubagent: (input) => this.#options.runSubagent(input, owner),
      findSkill: (name) => skills.find(name),
      listSkills: () => skills.list(),
      mayRead: (pattern) => evaluate("read", pattern, rules).action === "allow",
      instructionsFor: (path) => this.#options.instructions.forFile(sessionID, path),
      reads: this.readsOf(sessionID),
      host,
      fileEdited: (file) => this.#options.publish("file.edited", { file }),
      limits,
    };
  }

  /** What a session's model has read of files. */
  readsOf(sessionID: string): FileReads {
    const reads = this.#reads.get(sessionID) ?? new FileReads();
    this.#reads.delete(sessionID);
    this.#reads.set(sessionID, reads);
    for (const [oldest] of this.#reads) {
      if (this.#reads.size <= REMEMBERED_SESSIONS_MAX) break;
      this.#reads.delete(oldest);
    }
    return reads;
  }

  /** To be told when a session is removed. */
  forget(sessionID: string): void {
    this.#reads.delete(sessionID);
  }

  async #define(tool: Tool, rules: Rules): Promise<ModelTool> {
    let parameters = this.#schemas.get(tool);
    if (!parameters) this.#schemas.set(tool, (parameters = toJSONSchema(tool.parameters)));
    const list = tool.id === "task" ? await this.#listSubagents(rules) : "";
    return { name: tool.id, description: tool.description + list, parameters };
  }

  async #listSubagents(rules: Rules): Promise<string> {
    const agents = await this.#options.agents.list();
    const lines = agents
      .filter((agent) => agent.mode !== "primary" && !agent.hidden)
      .filter((agent) => evaluate("task", agent.name, rules).action !== "deny")
      .map((agent) => `- ${agent.name}: ${agent.description ?? "no description"}`);
    return `\nAgents:\n${lines.join("\n")}`;
  }
}

/** Of the agent, then of the session: the last that matches decides. */
function rulesOf({ agent, session }: Pick<Caller, "agent" | "session">): Rules {
  return session.permission ? [...agent.permission, ...session.permission] : agent.permission;
}
