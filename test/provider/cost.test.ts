import { expect, test } from "bun:test";
import { costOf } from "@/provider/cost";
import type { ModelCost } from "@/schema/provider";

const base: ModelCost = { input: 3, output: 15, cache: { read: 0.3, write: 3.75 } };
const dear = { input: 6, output: 22.5, cache: { read: 0.6, write: 7.5 } };
const dearest = { input: 9, output: 30, cache: { read: 0.9, write: 10 } };
const tier = (size: number) => ({ tier: { type: "context" as const, size } });
const tiered: ModelCost = {
  ...base,
  tiers: [
    { ...dearest, ...tier(500_000) },
    { ...dear, ...tier(128_000) },
  ],
};
const long: ModelCost = { ...base, experimentalOver200K: dear };

/** input, output, reasoning, cache read, cache write in tokens; dollars. */
const TABLE: [string, ModelCost, number[], number][] = [
  ["nothing", base, [0, 0, 0, 0, 0], 0],
  ["input and output", base, [1_000_000, 100_000, 0, 0, 0], 4.5],
  ["reasoning as output", base, [0, 0, 100_000, 0, 0], 1.5],
  ["cached tokens at their own prices", base, [0, 0, 0, 100_000, 10_000], 0.0675],
  ["all together", base, [1000, 2000, 3000, 4000, 5000], 0.09795],
  ["below the tiers", tiered, [128_000, 0, 0, 0, 0], 0.384],
  ["a tier, altogether", tiered, [128_001, 1000, 0, 0, 0], 0.790506],
  ["cached tokens count for the size", tiered, [1, 0, 0, 128_000, 0], 0.076806],
  ["the largest tier that is exceeded", tiered, [600_000, 0, 0, 0, 0], 5.4],
  ["at 200K", long, [200_000, 0, 0, 0, 0], 0.6],
  ["over 200K", long, [200_001, 0, 0, 0, 0], 1.200006],
  ["no prices", { input: 0, output: 0, cache: { read: 0, write: 0 } }, [9, 9, 9, 9, 9], 0],
];

test.each(TABLE)("%s", (_, cost, tokens, dollars) => {
  const [input = 0, output = 0, reasoning = 0, read = 0, write = 0] = tokens;
  const usage = { input, output, reasoning, cache: { read, write } };
  expect(costOf({ cost }, usage)).toBeCloseTo(dollars, 9);
});
