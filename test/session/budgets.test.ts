import { expect, test } from "bun:test";
import { Budgets } from "@/session/budgets";
import type { Session } from "@/schema/session";

const model = { cost: { input: 1, output: 1, cache: { read: 0, write: 0 } } };
const tokens = (input: number) => ({
  input,
  output: 0,
  reasoning: 0,
  cache: { read: 0, write: 0 },
});

/** ses_a is above ses_b, and ses_b above ses_c. */
function budgets(): Budgets {
  const parents: Record<string, string> = { ses_b: "ses_a", ses_c: "ses_b" };
  // The one field that budgets read of a session.
  const find = (id: string) => (parents[id] ? ({ parentID: parents[id] } as Session) : undefined);
  return new Budgets({ findSession: find });
}

test("what a session uses counts for those above it, not below", () => {
  const all = budgets();
  all.limit("ses_a", { name: "--max-", tokens: 100 });
  all.limit("ses_c", { name: "--max-", tokens: 100 });
  all.spend("ses_b", model, tokens(100));
  expect(all.exceeded("ses_a")).toMatchObject({ data: { limit: "tokens" } });
  // Whatever is below a session that has used up its budget stops as well.
  expect(all.exceeded("ses_c")).toMatchObject({ data: { limit: "tokens" } });
  expect(budgets().exceeded("ses_a")).toBeUndefined();
});

test("a turn begins anew, a limit for all turns does not", () => {
  const all = budgets();
  const budget = { name: "budget.", cost: 0.001 };
  all.beginTurn("ses_a", budget);
  all.spend("ses_a", model, tokens(1_000));
  expect(all.exceeded("ses_a")).toMatchObject({
    data: { limit: "cost", message: expect.stringContaining("Raise budget.cost ($0.0010)") },
  });
  all.beginTurn("ses_a", budget);
  expect(all.exceeded("ses_a")).toBeUndefined();
  all.limit("ses_a", { name: "--max-", tokens: 500 });
  all.spend("ses_a", model, tokens(500));
  all.beginTurn("ses_a", undefined);
  expect(all.exceeded("ses_a")).toMatchObject({ data: { limit: "tokens" } });
  all.forget("ses_a");
  expect(all.exceeded("ses_a")).toBeUndefined();
});
