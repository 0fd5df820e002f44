// How full a session's context is, and what it has cost.
import type { AssistantMessage } from "@/schema/message";
import type { State } from "@/tui/store/state";

export interface Usage {
  tokens: number;
  /** Of the model's context; undefined for a model of unknown size. */
  percent?: number;
  context?: number;
  /** US dollars; undefined for models without prices. */
  cost?: number;
}

/** By the newest answer that says what it used; undefined before there is one. */
export function usageOf(state: State, sessionID: string): Usage | undefined {
  const messages = state.transcripts[sessionID]?.messages ?? [];
  const last = messages.findLast(({ info }) => {
    return info.role === "assistant" && tokensOf(info) > 0;
  })?.info;
  if (last?.role !== "assistant") return undefined;
  const tokens = tokensOf(last);
  const provider = state.facts.providers?.providers.find((one) => one.id === last.providerID);
  const context = provider?.models[last.modelID]?.limit.context;
  const cost = state.sessions?.[sessionID]?.cost;
  return {
    tokens,
    ...(context && { context, percent: Math.round((tokens / context) * 100) }),
    ...(cost && { cost }),
  };
}

/** Of a summary only what it says stays in the context. */
function tokensOf({ tokens, summary }: AssistantMessage): number {
  if (summary === true) return tokens.output;
  const { input, output, reasoning, cache } = tokens;
  return input + output + reasoning + cache.read + cache.write;
}
