// Usage: tokens and cost of a step, and their sums over a session.
import type { AssistantMessage } from "@/schema/message";
import type { Session } from "@/schema/session";
import type { StepTokenUsage, TokenUsage } from "@/schema/primitive";

export const noTokens: TokenUsage = {
  input: 0,
  output: 0,
  reasoning: 0,
  cache: { read: 0, write: 0 },
};

export function addTokens(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
    cache: { read: a.cache.read + b.cache.read, write: a.cache.write + b.cache.write },
  };
}

/** All tokens of a step: the provider's own total, or the sum of its kinds. */
export function totalTokens(tokens: StepTokenUsage): number {
  if (tokens.total !== undefined) return tokens.total;
  const { input, output, reasoning, cache } = tokens;
  return input + output + reasoning + cache.read + cache.write;
}

/** The session with a finished step's tokens and dollars added to its sums. */
export function addStepUsage(session: Session, step: AssistantMessage): Session {
  return {
    ...session,
    cost: (session.cost ?? 0) + step.cost,
    tokens: addTokens(session.tokens ?? noTokens, step.tokens),
  };
}
