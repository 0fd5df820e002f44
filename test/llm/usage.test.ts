// Token counts, whichever of them a package leaves out.

import { expect, test } from "bun:test";
import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import { toUsage } from "@/llm/usage";

type Input = Partial<LanguageModelV4Usage["inputTokens"]>;
type Output = Partial<LanguageModelV4Usage["outputTokens"]>;

function usage(input: Input, output: Output) {
  return toUsage({
    inputTokens: {
      total: undefined,
      noCache: undefined,
      cacheRead: undefined,
      cacheWrite: undefined,
      ...input,
    },
    outputTokens: { total: undefined, text: undefined, reasoning: undefined, ...output },
  });
}

test("all of them given", () => {
  const input = { total: 100, noCache: 20, cacheRead: 70, cacheWrite: 10 };
  expect(usage(input, { total: 50, text: 30, reasoning: 20 })).toEqual({
    input: 20,
    output: 30,
    reasoning: 20,
    cache: { read: 70, write: 10 },
    total: 150,
  });
});

test("the parts follow from the totals", () => {
  expect(usage({ total: 100, cacheRead: 70 }, { total: 50, reasoning: 20 })).toMatchObject({
    input: 30,
    output: 30,
  });
});

test("nothing given is nothing, without a total", () => {
  expect(usage({}, {})).toEqual({
    input: 0,
    output: 0,
    reasoning: 0,
    cache: { read: 0, write: 0 },
  });
});

test("counts that contradict each other never become negative or no number", () => {
  const { input, output } = usage({ total: 5, cacheRead: 70 }, { total: Number.NaN, reasoning: 9 });
  expect([input, output]).toEqual([0, 0]);
});
