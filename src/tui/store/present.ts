// What the next prompt is sent with, where the person has not chosen: as the server would choose.
import { resolve } from "node:path";
import type { ModelRef } from "@/schema/primitive";
import { isFound } from "./found";
import type { State } from "./state";

/** The agent that answers: the chosen one, or the first that may be. */
export function presentAgent({ choice, facts, route, sessions }: State): string {
  if (choice.agent !== undefined) return choice.agent;
  const session = route.screen === "session" ? sessions?.[route.sessionID] : undefined;
  const first = facts.agents?.find(({ mode, hidden }) => mode !== "subagent" && !hidden);
  return session?.agent ?? facts.config?.default_agent ?? first?.name ?? "build";
}

/** Where the person works: in the open session's directory, else where new ones begin. */
export function presentDirectory({ directory, route, sessions }: State): string {
  const session = route.screen === "session" ? sessions?.[route.sessionID] : undefined;
  return session?.directory ?? directory;
}

/** The absolute path of a file that is named as changes name it: from the worktree. */
export function inWorktree({ directory, facts }: State, path: string): string {
  const { worktree = "/", directory: here = directory } = facts.path ?? {};
  return resolve(worktree === "/" ? here : worktree, path);
}

export interface PresentModel extends ModelRef {
  variant?: string;
}

/**
 * The chosen model, else the agent's, the session's last, the configured one, the one that was used
 * last, or one of a provider that somebody has connected: never of one that was merely found.
 */
export function presentModel(state: State): PresentModel | undefined {
  const { choice, facts, route, sessions } = state;
  const variant = choice.variant === undefined ? {} : { variant: choice.variant };
  if (choice.model) return { ...choice.model, ...variant };
  const agent = facts.agents?.find(({ name }) => name === presentAgent(state));
  if (agent?.model) return { ...agent.model, ...variant };
  const session = route.screen === "session" ? sessions?.[route.sessionID] : undefined;
  if (session?.model) {
    const { providerID, id, variant: last } = session.model;
    return { providerID, modelID: id, ...(last !== undefined && { variant: last }), ...variant };
  }
  const model = configured(facts.config?.model) ?? lastUsed(state) ?? anyConnected(state);
  return model && { ...model, ...variant };
}

function configured(text: string | undefined): ModelRef | undefined {
  const slash = text?.indexOf("/") ?? -1;
  if (text === undefined || slash <= 0) return undefined;
  return { providerID: text.slice(0, slash), modelID: text.slice(slash + 1) };
}

/** Whether it is known that there is no model to send a prompt to. */
export function lacksModel(state: State): boolean {
  const { agents, config, providers } = state.facts;
  const isKnown = agents && config && providers && state.recentModels;
  return isKnown !== undefined && presentModel(state) === undefined;
}

function lastUsed({ facts, recentModels = [] }: State): ModelRef | undefined {
  const { providers = [] } = facts.providers ?? {};
  return recentModels.find(({ providerID, modelID }) => {
    return providers.some(({ id, models }) => id === providerID && Object.hasOwn(models, modelID));
  });
}

function anyConnected({ facts }: State): ModelRef | undefined {
  const first = facts.providers?.providers.find((provider) => !isFound(provider));
  const modelID = first && facts.providers?.default[first.id];
  return first && modelID ? { providerID: first.id, modelID } : undefined;
}
