// Plan mode: what the agent "plan" is told at each prompt, and the next agent after it; and, where
// plans are written into files, which file a session's plan is, and how it is left.
import { join } from "node:path";
import type { Agents } from "@/agent/agents";
import { prompts } from "@/agent/prompts";
import type { Session } from "@/schema/session";
import type { ToolContext } from "@/tool/tool";

/** Said behind a prompt to the agent "plan", and behind the first one to another after it. */
export interface PlanReminders {
  plan: string;
  build: string;
}

interface PlanModeOptions {
  agents: Agents;
  /** Whether plans are written into files that a person approves. */
  hasFiles: boolean;
  /** Where they are. */
  directory: string;
  /** Goes on in the session with `agent`, in the program's name. */
  prompt(sessionID: string, agent: string, text: string): Promise<void>;
}

/** Who carries plans out, where there is one of that name. */
const BUILDER = "build";

export const PLAN_REMINDERS: PlanReminders = { plan: prompts.plan, build: prompts.buildSwitch };

export class PlanMode {
  readonly #options: PlanModeOptions;

  constructor(options: PlanModeOptions) {
    this.#options = options;
  }

  get hasFiles(): boolean {
    return this.#options.hasFiles;
  }

  reminders(session: Session): PlanReminders {
    if (!this.hasFiles) return PLAN_REMINDERS;
    const file = this.#fileOf(session);
    return {
      plan: prompts.planFile.replaceAll("{file}", () => file),
      build: `${prompts.buildSwitch} It is in ${file}.`,
    };
  }

  /** What a call in the session can do about its plan. */
  of(session: Session): ToolContext["planMode"] {
    if (!this.hasFiles) return undefined;
    const file = this.#fileOf(session);
    return { file, leave: () => this.#leave(session.id, file) };
  }

  #fileOf({ slug, time }: Session): string {
    return join(this.#options.directory, `${time.created}-${slug}.md`);
  }

  async #leave(sessionID: string, file: string): Promise<void> {
    const { agents, prompt } = this.#options;
    const all = await agents.list();
    const builder = all.find(({ mode, name }) => name === BUILDER && mode !== "subagent");
    const agent = builder?.name ?? (await agents.defaultAgent());
    await prompt(sessionID, agent, `The plan in ${file} is approved: carry it out.`);
  }
}
