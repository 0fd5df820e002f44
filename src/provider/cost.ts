// Cost: what a model's answer cost, from its token counts and the model's prices. Pure.
import type { TokenUsage } from "@/schema/primitive";
import type { Model, ModelCost } from "@/schema/provider";

type Price = Pick<ModelCost, "input" | "output" | "cache">;

const PER = 1_000_000;
const LONG_CONTEXT_TOKENS = 200_000;

/**
 * US dollars. Reasoning is billed as output; a request whose context is larger than a tier's size
 * is billed at that tier's prices altogether. Models without prices cost nothing.
 */
export function costOf(model: Pick<Model, "cost">, usage: TokenUsage): number {
  const { input, output, reasoning, cache } = usage;
  const price = priceFor(model.cost, input + cache.read + cache.write);
  const dollars =
    input * price.input +
    (output + reasoning) * price.output +
    cache.read * price.cache.read +
    cache.write * price.cache.write;
  return dollars / PER;
}

function priceFor(cost: ModelCost, contextTokens: number): Price {
  const { tiers = [], experimentalOver200K } = cost;
  const [highest] = tiers
    .filter(({ tier }) => contextTokens > tier.size)
    .toSorted((a, b) => b.tier.size - a.tier.size);
  if (highest !== undefined) return highest;
  const isLong = contextTokens > LONG_CONTEXT_TOKENS;
  return tiers.length === 0 && isLong && experimentalOver200K ? experimentalOver200K : cost;
}
