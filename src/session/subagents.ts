// Subagents: an agent's task becomes a child session with a run of its own, a few at a time; the
// caller waits for it, or it goes on as a job (task-job.ts). The child may do no more than its
// parent: what the parent session denies stays denied, and depth is limited.
import { AppError, invalid, limitReached, notFound } from "@/base/error";
import { KeyedSlots } from "@/base/queue";
import type { Agents } from "@/agent/agents";
import { permissionOf } from "@/config/lower";
import { evaluate } from "@/permission/rules";
import type { Agent } from "@/schema/agent";
import type { MessageWithParts, PromptInput, UserMessage } from "@/schema/message";
import type { PermissionRule } from "@/schema/permission";
import type { Session } from "@/schema/session";
import type { SubagentInput, SubagentResult } from "@/tool/tool";
import type { Jobs } from "./jobs";
import type { Prompts } from "./prompts";
import type { Runs } from "./runs";
import type { Sessions } from "./sessions";
import { taskJob } from "./task-job";
import type { CallOwner } from "./toolbox";

interface SubagentsOptions {
  agents: Agents;
  jobs: Jobs;
  prompts: Prompts;
  runs: Runs;
  sessions: Sessions;
  /** How many levels of subagents there may be below a session of a person. */
  maxDepth: () => Promise<number>;
  /** Tools that no subagent gets. */
  primaryTools: () => Promise<readonly string[]>;
}

/** Of one session, so many work at a time; the others wait. */
const AT_ONCE_MAX = 8;

export class Subagents {
  readonly #options: SubagentsOptions;
  readonly #slots = new KeyedSlots(AT_ONCE_MAX);

  constructor(options: SubagentsOptions) {
    this.#options = options;
  }

  /**
   * Runs the task and gives the child's last text, or none where it goes on in the background,
   * because that was asked for or a person sent it there. Throws AppError not-found for an unknown
   * agent or task, limit when agents are nested too deeply or too many jobs run, and the child's
   * failure as an AppError; on abort the child is stopped first.
   */
  async run(input: SubagentInput, owner: CallOwner): Promise<SubagentResult> {
    const { jobs } = this.#options;
    const agent = await this.#findAgent(input.agent, owner);
    if (input.background) jobs.assertRoom();
    const child = input.taskID
      ? this.#resume(input.taskID, owner.session)
      : await this.#begin(input, agent, owner);
    const { variant, ...model } = chooseModel(agent, owner);
    input.onStart?.({ sessionID: child.id, model });
    const work = this.#work(child.id, owner.session.id, {
      agent: agent.name,
      model,
      ...(variant ? { variant } : {}),
      parts: [{ type: "text" as const, text: input.prompt }],
    });
    const job = { child, title: input.description, ...work, sessions: this.#options.sessions };
    const isWaited = !input.background && (await this.#wait(work, owner));
    if (!isWaited) {
      jobs.add(owner.session.id, taskJob(job));
      return { sessionID: child.id, model };
    }
    const text = await work.text;
    owner.signal.throwIfAborted();
    return { sessionID: child.id, text, model };
  }

  /** Answers the prompt when there is a place for it. */
  #work(childID: string, parentID: string, prompt: PromptInput) {
    const { prompts, runs } = this.#options;
    const controller = new AbortController();
    const stop = () => controller.abort(new DOMException("Aborted", "AbortError"));
    const work = async () => {
      const { signal } = controller;
      const give = await runs.prepare(childID, (aborted) =>
        this.#slots.take(parentID, AbortSignal.any([signal, aborted])),
      );
      try {
        return answerText(await prompts.prompt(childID, prompt, signal));
      } finally {
        give();
      }
    };
    return { text: work(), stop };
  }

  /** False when a person sent it to the background; an abort of the caller stops it. */
  async #wait(
    { stop, text }: { text: Promise<string>; stop: () => void },
    { session, signal }: CallOwner,
  ): Promise<boolean> {
    const released = Promise.withResolvers<false>();
    const forget = this.#options.jobs.forSession(session.id).onRelease(() => {
      released.resolve(false);
    });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const over = text.then(
      () => true,
      () => true,
    );
    try {
      return await Promise.race([over, released.promise]);
    } finally {
      signal.removeEventListener("abort", stop);
      forget();
    }
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
      permission: [
        ...childRules(agent, owner),
        ...(await this.#options.primaryTools()).map((tool) => denyAll(permissionOf(tool))),
      ],
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
