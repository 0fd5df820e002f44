import { expect, test } from "bun:test";
import { addStepUsage, addTokens, noTokens, totalTokens } from "@/session/usage";
import { assistantMessage, session } from "@test/storage/fixtures";

const tokens = { input: 1, output: 2, reasoning: 4, cache: { read: 8, write: 16 } };

test("tokens are summed kind by kind, and as a whole", () => {
  expect(addTokens(tokens, tokens)).toEqual({
    input: 2,
    output: 4,
    reasoning: 8,
    cache: { read: 16, write: 32 },
  });
  expect(addTokens(tokens, noTokens)).toEqual(tokens);
  expect(totalTokens(tokens)).toBe(31);
  expect(totalTokens({ ...tokens, total: 5 })).toBe(5);
});

test("a step is added to its session, also to one without sums", () => {
  const step = assistantMessage("ses_0001", 1, { cost: 0.5, tokens });
  const once = addStepUsage(session(1), step);
  expect(once).toMatchObject({ cost: 0.5, tokens });
  expect(addStepUsage(once, step)).toMatchObject({ cost: 1, tokens: { input: 2 } });
});
