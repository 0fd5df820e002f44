// Subagents: an agent's task becomes a child session with a run of its own. The child may do no
// more than its parent: what the parent session denies stays denied, and depth is limited.
import { AppError, invalid, limitReached, notFound } from "@/base/error";
import type { Agents } from "@/agent/agents";
import { evaluate } from "@/permission/rules";
import type { Agent } from "@/schema/agent";
import type { MessageWithParts, UserMessage } from "@/schema/message";
import type { PermissionRule } from "@/schema/permission";
import type { Session } from "@/schema/session";
import type { SubagentInput, SubagentResult } from "@/tool/tool";
import type { Prompts } from "./prompts";
import type { Sessions } from "./sessions";
import type { CallOwner } from "./toolbox";

interface SubagentsOptions {
  agents: Agents;
  prompts: Prompts;
  sessions: Sessions;
  /** How many levels of subagents there may be below a session of a person. */
  maxDepth: () => Promise<number>;
}

export class Subagents {
  readonly #options: SubagentsOptions;

  constructor(options: SubagentsOptions) {
    this.#options = options;
  }

  /**
   * Runs the task to its end and gives the child's last text. Throws AppError not-found for an
   * unknown agent or task, limit when agents are nested too deeply, and the child's failure as an
   * AppError; on abort the child is stopped first.
   */
  async run(input: SubagentInput, owner: CallOwner): Promise<SubagentResult> {
    const { prompts } = this.#options;
    const { signal } = owner;
    const agent = await this.#findAgent(input.agent, owner);
    const child = input.taskID
      ? this.#resume(input.taskID, owner.session)
      : await this.#begin(input, agent, owner);
    const { variant, ...model } = chooseModel(agent, owner);
    input.onStart?.({ sessionID: child.id, model });
    const prompt = {
      agent: agent.name,
      model,
      ...(variant ? { variant } : {}),
      parts: [{ type: "text" as const, text: input.prompt }],
    };
    const answer = await prompts.prompt(child.id, prompt, signal);
    signal.throwIfAborted();
    return { sessionID: child.id, text: answerText(answer), model };
  }

  async #findAgent(name: string, owner: CallOwner): Promise<Agent> {
    const agent = await this.#options.agents.get(name);
    if (agent.mode === "primary" && !owner.byPerson) throw invalid(`${name} is not a subagent`);
    return agent;
  }

  #resume(taskID: string, parent: Session): Session {
    const child = this.#options.sessions.get(taskID);
    if (child.parentID !== parent.id) throw notFound("Task", taskID);
    return child;
  }

  async #begin(input: SubagentInput, agent: Agent, owner: CallOwner): Promise<Session> {
    const parent = owner.session;
    const maxDepth = await this.#options.maxDepth();
    if (this.#depth(parent) >= maxDepth) {
      throw limitReached(
        `Agents may be nested ${maxDepth} deep (subagent_depth); do this part of the work yourself`,
      );
    }
    return this.#options.sessions.create({
      parentID: parent.id,
      title: `${input.description} (@${agent.name} subagent)`,
      permission: childRules(agent, owner),
    });
  }

  #depth(session: Session): number {
    if (!session.parentID) return 0;
    return 1 + this.#depth(this.#options.sessions.get(session.parentID));
  }
}

/** What the person named, else the agent's own, else the caller's. */
function chooseModel(agent: Agent, { byPerson, prompt }: CallOwner): UserMessage["model"] {
  if (byPerson?.model) return byPerson.model;
  if (!agent.model) return prompt.model;
  return { ...agent.model, ...(agent.variant ? { variant: agent.variant } : {}) };
}

/**
 * The parent's denials and its say on outside directories, last, so that they win; no lists or
 * agents of its own.
 */
function childRules(agent: Agent, { agent: caller, session: parent }: CallOwner): PermissionRule[] {
  const own = ["todowrite", "task"].filter(
    (permission) => !agent.permission.some((rule) => rule.permission === permission),
  );
  const ofCaller = caller.permission
    .map((rule) => rule.permission)
    .filter((permission) => isDenied(permission, caller) && !isDenied(permission, agent));
  const inherited = (parent.permission ?? []).filter(
    (rule) => rule.action === "deny" || rule.permission === "external_directory",
  );
  return [...[...own, ...new Set(ofCaller)].map(denyAll), ...inherited];
}

/** Whether the agent may not do this at all, but for single exceptions. */
function isDenied(permission: string, agent: Agent): boolean {
  return permission !== "*" && evaluate(permission, "*", agent.permission).action === "deny";
}

function denyAll(permission: string): PermissionRule {
  return { permission, pattern: "*", action: "deny" };
}

function answerText({ info, parts }: MessageWithParts): string {
  const text = parts.findLast((part) => part.type === "text")?.text.trim() ?? "";
  const error = info.role === "assistant" ? info.error : undefined;
  // At a limit it has said how far it came, which is worth more to the parent than the failure.
  if (error && (error.name !== "MessageOutputLengthError" || text === "")) {
    const message = typeof error.data.message === "string" ? error.data.message : error.name;
    throw new AppError("unavailable", error.name, `The subagent failed: ${message}`);
  }
  return text || "(The subagent ended without an answer: a call was refused, or it had no words)";
}
