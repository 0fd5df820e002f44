// What a step asks of the model: who answers, the system prompt, the history and the tools. The
// beginning of a request is byte for byte what it was in the step before.
import { TURN_STEPS_MAX } from "@/base/limits";
import type { Agents } from "@/agent/agents";
import type { ModelRequest } from "@/llm/model-event";
import type { Hooks } from "@/plugin/hooks";
import type { Providers } from "@/provider/providers";
import type { Agent } from "@/schema/agent";
import type { Budget } from "@/schema/primitive";
import type { Model } from "@/schema/provider";
import type { Session } from "@/schema/session";
import { shapeMessages, shapeRequest, shapeSystem } from "./chat-hooks";
import type { NamedBudget } from "./budgets";
import { answerTokens } from "./compaction-plan";
import type { Conversation, Prompt } from "./conversation";
import { lastStepReminder, toModelMessages } from "./model-messages";
import type { Run } from "./runs";
import type { PlanMode } from "./plan-mode";
import type { Sessions } from "./sessions";
import type { SystemPrompts } from "./system-prompt";
import type { Toolbox } from "./toolbox";
import { visibleHistory } from "./visible-history";

/** Where all that comes from. */
export interface StepSources {
  agents: Agents;
  providers: Providers;
  sessions: Sessions;
  hooks: Hooks;
  planMode: PlanMode;
  systemPrompts: SystemPrompts;
  toolbox: Toolbox;
  /** As the configuration has it. */
  budget(): Promise<Budget | undefined>;
}

export interface PreparedStep {
  session: Session;
  agent: Agent;
  model: Model;
  /** What a turn of this agent may use. */
  budget: NamedBudget | undefined;
  /** No further step may follow: the model is asked to wrap up. */
  isLast: boolean;
  request: ModelRequest;
}

/**
 * Throws AppError not-found when the session, or the prompt's agent or model, is gone, and the
 * reason of the run's signal.
 */
export async function prepareStep(
  step: { conversation: Conversation; prompt: Prompt; turn: { steps: number }; run: Run },
  sources: StepSources,
): Promise<PreparedStep> {
  const prompt = step.prompt.info;
  const { providerID, modelID, variant: chosenVariant } = prompt.model;
  const session = sources.sessions.get(prompt.sessionID);
  const agent = await sources.agents.get(prompt.agent);
  const { provider, model } = await sources.providers.model(providerID, modelID);
  const caller = { agent, model, session, prompt, signal: step.run.signal };
  // Servers of tools are waited for here; what they say of themselves is in the system prompt.
  const tools = await sources.toolbox.definitions(caller);
  const { hooks } = sources;
  const ownSystem = await sources.systemPrompts.get(caller);
  const system = await shapeSystem(ownSystem, { sessionID: session.id, model }, hooks);
  const history = await shapeMessages(visibleHistory(step.conversation.messages), hooks);
  const isLast = step.turn.steps >= (agent.steps ?? TURN_STEPS_MAX);
  const variant = chosenVariant ?? agent.variant;
  const request: ModelRequest = {
    model,
    provider,
    sessionID: session.id,
    messages: [
      { role: "system", content: system },
      ...toModelMessages(history, model, sources.planMode.reminders(session)),
      ...(isLast ? [lastStepReminder()] : []),
    ],
    tools,
    maxOutputTokens: answerTokens(model),
    // The tools stay in the request: providers refuse a history with calls of unknown tools.
    toolChoice: isLast ? "none" : "auto",
    ...(agent.temperature === undefined ? {} : { temperature: agent.temperature }),
    ...(agent.topP === undefined ? {} : { topP: agent.topP }),
    options: {
      ...model.options,
      ...(variant ? model.variants?.[variant] : {}),
      ...agent.options,
    },
    headers: model.headers,
  };
  const shaped = await shapeRequest(request, { agent: agent.name, message: prompt }, hooks);
  const budget = await budgetOf(agent, session, sources);
  return { session, agent, model, budget, isLast, request: shaped };
}

/** That of the configuration is for the turns of people: it counts their subagents already. */
async function budgetOf(
  agent: Agent,
  session: Session,
  sources: StepSources,
): Promise<NamedBudget | undefined> {
  if (agent.budget) return { ...agent.budget, name: `agent.${agent.name}.budget.` };
  const budget = session.parentID === undefined ? await sources.budget() : undefined;
  return budget && { ...budget, name: "budget." };
}
