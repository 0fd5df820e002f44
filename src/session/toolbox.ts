// Toolbox: which tools an agent is offered, what the model is told of them, and the context in
// which each call runs. The one place where tools meet sessions, permissions and questions.
import { isValid, toJSONSchema } from "@/base/schema";
import type { Agents } from "@/agent/agents";
import type { Instructions } from "@/agent/instructions";
import type { References } from "@/agent/references";
import type { Skills } from "@/agent/skills";
import type { ModelTool } from "@/llm/model-event";
import type { HookOutput } from "@/plugin/hook-types";
import type { Hooks } from "@/plugin/hooks";
import type { Permissions } from "@/permission/permissions";
import type { Questions } from "@/permission/questions";
import { evaluate, isToolHidden, type Rules } from "@/permission/rules";
import type { Agent } from "@/schema/agent";
import type { Publish } from "@/schema/event";
import type { UserMessage } from "@/schema/message";
import type { ToolPart } from "@/schema/part";
import { JSONObject } from "@/schema/primitive";
import type { Model } from "@/schema/provider";
import type { Session } from "@/schema/session";
import type { ToolListItem } from "@/schema/tool";
import { FileReads } from "@/tool/file-reads";
import { builtinTools, toolsFor } from "@/tool/registry";
import type {
  SubagentInput,
  SubagentResult,
  Tool,
  ToolChanges,
  ToolContext,
  ToolHost,
  ToolJobs,
} from "@/tool/tool";
import type { TextLimit } from "@/base/text";
import { fitLimits } from "./compaction-plan";
import { commandEnv } from "./command-env";
import type { Records } from "./records";
import { describeTool, findSchema, structuredTool } from "./structured-output";

/** Who calls: what decides over the offer. */
export interface Caller {
  session: Session;
  agent: Agent;
  model: Model;
  prompt: UserMessage;
  /** Names that a model has called: what they stand for may still be on its way. */
  called?: readonly string[];
  /** Ends the wait for tools that come from elsewhere. */
  signal?: AbortSignal;
}

/** On whose behalf a call runs. */
export interface CallOwner extends Pick<Caller, "session" | "agent" | "prompt"> {
  /** The model that reads the result; none reads what a person asked for right away. */
  model?: Model;
  signal: AbortSignal;
  /**
   * A person makes the call, not a model: nobody is asked for permission. A task may then go to any
   * agent, and to the model that is named.
   */
  byPerson?: { model?: UserMessage["model"] };
}

/** What a call may do to its own running state. */
export type Report = ToolContext["report"];

type CheckFile = NonNullable<ToolContext["checkFile"]>;

/** On whose behalf a file is checked. */
interface CheckOwner {
  sessionID: string;
  signal: AbortSignal;
}

/** What models are told of a tool, besides its name. */
type ToolText = HookOutput<"tool.definition">;

export interface ToolboxOptions {
  hooks: Hooks;
  agents: Agents;
  skills: Skills;
  references: References;
  instructions: Instructions;
  permissions: Permissions;
  questions: Questions;
  records: Records;
  publish: Publish;
  directory: string;
  worktree: string;
  /** What the configuration decides of the host and of the size of results. */
  settings(): Promise<{ host: ToolHost; limits: TextLimit }>;
  /**
   * Tools besides the built-in ones; one of the same name takes the other's place. Those that were
   * `called` are waited for longer. Rejects only with the signal's reason.
   */
  extraTools(signal?: AbortSignal, called?: readonly string[]): Promise<readonly Tool[]>;
  /** Runs formatters on a file; gives what went wrong, in words for the model. Never rejects. */
  formatFile(path: string, signal: AbortSignal): Promise<string | undefined>;
  /** Wakes the language servers of a file. */
  touchFile(path: string): void;
  /** What language servers say of a file as it is now. */
  checkFile(path: string, title: string, owner: CheckOwner): ReturnType<CheckFile>;
  /** What they have said too late for the owner's checks, told once. */
  lateNews(owner: CheckOwner): Promise<string>;
  /** Where the session's plan is and how it is left; undefined where plans are only said. */
  planOf(session: Session): ToolContext["planMode"];
  /** What the calls of a session may leave in the background. */
  jobsOf(sessionID: string): ToolJobs;
  /** Runs a subagent for a call; aborts with the owner's signal. */
  runSubagent(input: SubagentInput, owner: CallOwner): Promise<SubagentResult>;
}

/** Tools of no use where nobody answers. */
const ASKING: readonly string[] = ["question", "plan_exit"];
/** The sessions whose read files are remembered; the ones used longest ago are forgotten. */
const REMEMBERED_SESSIONS_MAX = 200;
/** The texts of all of them together; the sessions used longest ago keep none beyond it. */
const READ_CHARACTERS_MAX = 32 * 1024 * 1024;

export class Toolbox {
  readonly #options: ToolboxOptions;
  readonly #reads = new Map<string, FileReads>();
  readonly #told = new WeakMap<Tool, Promise<ToolText>>();

  constructor(options: ToolboxOptions) {
    this.#options = options;
  }

  /** The tools that the caller may use, sorted by name. */
  async offered(caller: Caller): Promise<Tool[]> {
    const rules = rulesOf(caller);
    const { questions } = this.#options;
    const format = findSchema(caller.prompt.format);
    const isShown = (id: string) => !isToolHidden(id, rules);
    const tools = (await this.#all(caller.model, caller))
      // Jobs come of either; a rule for everything is none against looking after them.
      .filter(({ id }) => (id === "job" ? isShown("bash") || isShown("task") : isShown(id)))
      .filter((tool) => caller.prompt.tools?.[tool.id] !== false)
      .filter(({ id }) => !ASKING.includes(id) || questions.policy === "ask");
    return sortTools([...tools, ...(format ? [structuredTool(format)] : [])]);
  }

  /** The same as the model is told of them: stable for a caller, byte for byte. */
  async definitions(caller: Caller): Promise<ModelTool[]> {
    if (!caller.model.capabilities.toolcall) return [];
    const tools = await this.offered(caller);
    const rules = rulesOf(caller);
    const format = findSchema(caller.prompt.format);
    const structured = format && describeTool(format);
    return Promise.all(
      tools.map((tool) => (tool.id === structured?.name ? structured : this.#define(tool, rules))),
    );
  }

  /** The names of all tools there are, sorted. */
  async ids(): Promise<string[]> {
    const tools = [...builtinTools(), ...(await this.#options.extraTools())];
    return sortTools(lastOfEach(tools)).map((tool) => tool.id);
  }

  /** What a model that nothing is hidden from would be told. */
  async list(model: Pick<Model, "id">): Promise<ToolListItem[]> {
    const tools = sortTools(await this.#all(model));
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
    live: { report: Report; changes: ToolChanges },
  ): Promise<ToolContext> {
    const { directory, worktree, permissions, questions, skills } = this.#options;
    const { host, limits } = await this.#options.settings();
    const { sessionID, messageID, callID } = part;
    const tool = { messageID, callID };
    const rules = rulesOf(owner);
    const planMode = this.#options.planOf(owner.session);
    return {
      sessionID,
      messageID,
      callID,
      agent: owner.agent.name,
      directory,
      worktree,
      signal: owner.signal,
      ask: async (request) => {
        if (owner.byPerson) return {};
        return permissions.ask({ ...request, sessionID, tool, rules }, owner.signal);
      },
      ...live,
      touchFile: (path) => this.#options.touchFile(path),
      checkFile: (path, title) => {
        return this.#options.checkFile(path, title, { sessionID, signal: owner.signal });
      },
      // A person's call is no place to tell a model something.
      ...(owner.byPerson
        ? {}
        : { lateNews: () => this.#options.lateNews({ sessionID, signal: owner.signal }) }),
      askQuestions: (asked) => questions.ask({ sessionID, questions: asked, tool }, owner.signal),
      setTodos: (todos) => this.#options.records.putTodos(sessionID, todos),
      runSubagent: (input) => this.#options.runSubagent(input, owner),
      findSkill: (name) => skills.find(name),
      listSkills: () => skills.list(),
      mayRead: (pattern) => evaluate("read", pattern, rules).action === "allow",
      fetchReference: (path) => this.#options.references.fetch(path, owner.signal),
      instructionsFor: (path) => this.#options.instructions.forFile(sessionID, path),
      ...(planMode ? { planMode } : {}),
      // A person who runs a command waits for it.
      ...(owner.byPerson ? {} : { jobs: this.#options.jobsOf(sessionID) }),
      commandEnv: (cwd) => commandEnv(host.env, { cwd, sessionID, callID }, this.#options.hooks),
      reads: this.readsOf(sessionID),
      host,
      fileEdited: async (file) => {
        const note = await this.#options.formatFile(file, owner.signal);
        this.#options.publish("file.edited", { file });
        return note;
      },
      limits: owner.model ? fitLimits(limits, owner.model) : limits,
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
    this.#limitTexts();
    return reads;
  }

  /** To be told when a session is removed. */
  forget(sessionID: string): void {
    this.#reads.delete(sessionID);
  }

  #limitTexts(): void {
    let characters = 0;
    for (const reads of [...this.#reads.values()].reverse()) {
      characters += reads.characters;
      if (characters > READ_CHARACTERS_MAX) reads.forgetTexts();
    }
  }

  async #all(
    model: Pick<Model, "id">,
    { signal, called }: Pick<Caller, "signal" | "called"> = {},
  ): Promise<Tool[]> {
    return lastOfEach([...toolsFor(model), ...(await this.#options.extraTools(signal, called))]);
  }

  async #define(tool: Tool, rules: Rules): Promise<ModelTool> {
    let told = this.#told.get(tool);
    if (!told) this.#told.set(tool, (told = this.#describe(tool)));
    const { description, parameters } = await told;
    const list = tool.id === "task" ? await this.#listSubagents(rules) : "";
    return { name: tool.id, description: description + list, parameters };
  }

  /** Once for each tool: what models are told of it stays the same. */
  #describe(tool: Tool): Promise<ToolText> {
    const { description, parameters: schema } = tool;
    const own = { description, parameters: toJSONSchema(schema) };
    return this.#options.hooks.run("tool.definition", { toolID: tool.id }, own, {
      check: ({ description, parameters }) => {
        const isWhole = typeof description === "string" && isValid(JSONObject, parameters);
        return isWhole ? undefined : "a definition that is none";
      },
    });
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

function lastOfEach(tools: readonly Tool[]): Tool[] {
  return [...new Map(tools.map((tool) => [tool.id, tool])).values()];
}

/** The order in which models are told of them: the same whatever came first. */
function sortTools(tools: readonly Tool[]): Tool[] {
  return tools.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Of the agent, then of the session: the last that matches decides. */
function rulesOf({ agent, session }: Pick<Caller, "agent" | "session">): Rules {
  return session.permission ? [...agent.permission, ...session.permission] : agent.permission;
}
