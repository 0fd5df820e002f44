// System prompts: the first message of every request. Made once per session, agent and model, and
// then the same byte for byte while the program runs, so that provider caches hit; the day in it is
// the one on which the session began.
import { join } from "node:path";
import type { Instructions } from "@/agent/instructions";
import type { References } from "@/agent/references";
import type { Skills } from "@/agent/skills";
import { prompts } from "@/agent/prompts";
import { evaluate, isToolHidden } from "@/permission/rules";
import type { Agent } from "@/schema/agent";
import type { UserMessage } from "@/schema/message";
import type { Model } from "@/schema/provider";
import type { Session } from "@/schema/session";
import { findSchema, INSTRUCTION } from "./structured-output";

interface SystemPromptsOptions {
  instructions: Instructions;
  skills: Skills;
  references: References;
  directory: string;
  worktree: string;
  isGit: boolean;
  /** What servers of tools want models to know of them, in a stable order. */
  serverInstructions(): readonly ServerInstructions[];
}

interface ServerInstructions {
  server: string;
  text: string;
  toolIDs: readonly string[];
}

interface SystemPromptInput {
  session: Session;
  agent: Agent;
  model: Model;
  prompt: UserMessage;
}

const REMEMBERED_MAX = 200;
/** Of those that models are told of. */
const REFERENCES_MAX = 20;

export class SystemPrompts {
  readonly #options: SystemPromptsOptions;
  readonly #made = new Map<string, Promise<string>>();

  constructor(options: SystemPromptsOptions) {
    this.#options = options;
  }

  async get(input: SystemPromptInput): Promise<string> {
    const { session, agent, model, prompt } = input;
    const key = [session.id, agent.name, model.providerID, model.id].join("\n");
    const made = this.#made.get(key) ?? this.#make(input);
    this.#made.delete(key);
    this.#made.set(key, made); // behind all others: the one used longest ago is forgotten first
    made.catch(() => this.#made.delete(key)); // the next step tries again
    const [oldest] = this.#made.keys();
    if (this.#made.size > REMEMBERED_MAX && oldest) this.#made.delete(oldest);
    const asked = findSchema(prompt.format) ? [INSTRUCTION] : [];
    return [await made, ...(prompt.system ? [prompt.system] : []), ...asked].join("\n\n");
  }

  /** To be told when a session is removed. */
  forget(sessionID: string): void {
    for (const key of this.#made.keys()) {
      if (key.startsWith(`${sessionID}\n`)) this.#made.delete(key);
    }
  }

  async #make({ session, agent, model }: SystemPromptInput): Promise<string> {
    const [instructions, skills, references] = await Promise.all([
      this.#options.instructions.forSession(session.id),
      this.#listSkills(agent),
      this.#listReferences(agent),
    ]);
    return [
      agent.prompt ?? prompts.system,
      this.#environment(session, model),
      ...instructions.map(({ path, content }) => `Instructions from: ${path}\n${content}`),
      ...skills,
      ...references,
      ...this.#serverInstructions(agent),
    ].join("\n\n");
  }

  /** Of the servers of which the agent may use anything. */
  #serverInstructions({ permission }: Agent): string[] {
    const isOffered = (id: string) => !isToolHidden(id, permission);
    return this.#options
      .serverInstructions()
      .filter(({ toolIDs }) => toolIDs.length === 0 || toolIDs.some(isOffered))
      .map(({ server, text }) => `The MCP server ${server} says of its own tools:\n${text}`);
  }

  #environment(session: Session, model: Model): string {
    const { directory, worktree, isGit } = this.#options;
    return [
      `You are the model ${model.providerID}/${model.id}.`,
      "<env>",
      `Working directory: ${directory}`,
      `Workspace root: ${worktree}`,
      `Git repository: ${isGit ? "yes" : "no"}`,
      `Platform: ${process.platform}`,
      `Date: ${new Date(session.time.created).toDateString()}`,
      "</env>",
    ].join("\n");
  }

  async #listReferences({ permission }: Agent): Promise<string[]> {
    const lines = (await this.#options.references.list())
      .filter(({ description }) => description !== undefined)
      .filter(({ directory }) => {
        return evaluate("external_directory", join(directory, "*"), permission).action !== "deny";
      })
      .slice(0, REFERENCES_MAX)
      .map(({ name, directory, description }) => `- @${name}/ is ${directory}/: ${description}`);
    if (lines.length === 0) return [];
    return [`References (outside the project, to read in):\n${lines.join("\n")}`];
  }

  async #listSkills(agent: Agent): Promise<string[]> {
    const skills = (await this.#options.skills.list()).filter(
      (skill) =>
        skill.description && evaluate("skill", skill.name, agent.permission).action !== "deny",
    );
    if (skills.length === 0) return [];
    const lines = skills.map((skill) => `- ${skill.name}: ${skill.description}`);
    return [`Skills (load one with the skill tool when it fits the task):\n${lines.join("\n")}`];
  }
}
