// Token counts of a provider package -> Usage. Each count the package leaves out is worked out from
// the others, and none is ever negative, whatever a provider reports.

import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import type { Usage } from "./model-event";

export function toUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage {
  const read = count(inputTokens.cacheRead);
  const write = count(inputTokens.cacheWrite);
  const reasoning = count(outputTokens.reasoning);
  const usage: Usage = {
    input: count(inputTokens.noCache ?? count(inputTokens.total) - read - write),
    output: count(outputTokens.text ?? count(outputTokens.total) - reasoning),
    reasoning,
    cache: { read, write },
  };
  if (inputTokens.total !== undefined && outputTokens.total !== undefined) {
    usage.total = count(inputTokens.total) + count(outputTokens.total);
  }
  return usage;
}

function count(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0;
}
