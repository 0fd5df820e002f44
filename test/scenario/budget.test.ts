// Budgets: a turn, or a run, ends before its next request once it has used what it may, whoever
// used it: the agent, its subagents, a summary, or an attempt that failed.
import { expect, test } from "bun:test";
import type { Config } from "@/schema/config";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { sessionApp } from "@test/support/session-app";

/** Each request costs a cent. */
const usage = { input: 900, output: 100 };
const modelOptions = { cost: { input: 10, output: 10 } };
const read = (filePath: string): ScriptedTurn => ({
  calls: [{ tool: "read", input: { filePath } }],
  usage,
});
const files = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`${n}.txt`, `${n}`]));
const reads = Array.from({ length: 9 }, (_, n) => read(`${n}.txt`));
const task = (prompt: string) => ({
  tool: "task",
  input: { description: "Work", prompt, subagent_type: "general" },
});

function budgetApp(config: Config, turns: readonly ScriptedTurn[] = reads) {
  return sessionApp({ files, modelOptions, config, turns });
}

const spent = (limit: string) => ({
  error: { name: "MessageOutputLengthError", data: { limit } },
});

test("a turn ends with the request that uses up its dollars; the next has new ones", async () => {
  await using t = await budgetApp({ agent: { build: { budget: { cost: 0.03 } } } });
  const session = t.create();
  const { info } = await t.prompt(session, "Read");
  expect(info).toMatchObject(spent("cost"));
  expect(JSON.stringify(info)).toContain("$0.0300");
  expect(JSON.stringify(info)).toContain("agent.build.budget.cost");
  expect(t.model.requests).toHaveLength(3);
  // What was asked for last is done and told: the session can go on.
  expect(t.calls(session).map(({ state }) => state.status)).toEqual(Array(3).fill("completed"));
  await t.prompt(session, "Go on");
  expect(t.model.requests).toHaveLength(6);
  expect(t.model.violations).toEqual([]);
});

test("tokens of every kind count, and an answer that is whole is no failure", async () => {
  await using t = await budgetApp({ budget: { tokens: 1_500 } }, [
    read("0.txt"),
    { text: "Done", usage: { input: 100, output: 100, cacheRead: 400 } },
  ]);
  const { info } = await t.prompt(t.create(), "Read");
  expect(info).not.toHaveProperty("error");
});

test("subagents count for whoever started them, and stop with them", async () => {
  await using t = await sessionApp({
    files,
    modelOptions,
    config: { budget: { cost: 0.045 } },
    side: ({ messages, tools }) => {
      if (tools.length === 0) return undefined;
      const first = messages[0]?.text;
      if (first === "Delegate") return { calls: [task("a"), task("b")], usage };
      const n = messages.filter(({ role }) => role === "assistant").length;
      return { calls: [{ tool: "read", input: { filePath: `${n}.txt` } }], usage };
    },
  });
  const session = t.create();
  const { info } = await t.prompt(session, "Delegate");
  expect(info).toMatchObject(spent("cost"));
  // One of the parent's and four of the children's; those that run side by side may overshoot.
  expect(t.model.sideRequests.length).toBeGreaterThanOrEqual(5);
  expect(t.model.sideRequests.length).toBeLessThanOrEqual(6);
  const children = t.instance.sessions.children(session.id);
  const sum = [session, ...children].reduce((cost, { id }) => {
    return cost + (t.instance.sessions.get(id).cost ?? 0);
  }, 0);
  expect(sum).toBeCloseTo(t.model.sideRequests.length / 100, 9);
});

test("steps of subagents count as well, and the limit is for each turn anew", async () => {
  await using t = await sessionApp({
    files,
    config: { budget: { steps: 4 } },
    side: ({ messages, tools }) => {
      if (tools.length === 0) return undefined;
      const n = messages.filter(({ role }) => role === "assistant").length;
      if (messages[0]?.text === "Delegate" && n === 0) return { calls: [task("a")] };
      return { calls: [{ tool: "read", input: { filePath: `${n}.txt` } }] };
    },
  });
  const session = t.create();
  const { info } = await t.prompt(session, "Delegate");
  expect(info).toMatchObject(spent("steps"));
  expect(JSON.stringify(info)).toContain("4 steps, subagents included. Raise budget.steps (4)");
  // One of the parent's and three of the child's.
  const asked = () => t.model.sideRequests.filter(({ request }) => request.tools.length > 0).length;
  expect(asked()).toBe(4);
  expect((await t.prompt(session, "Go on")).info).toMatchObject(spent("steps"));
  expect(asked()).toBe(8);
});

test("attempts that failed after they had begun count by estimate", async () => {
  const seen = Promise.withResolvers<void>();
  const text = ["some words ".repeat(300), seen.promise, ..."and more"];
  const cut: ScriptedTurn = { text, fault: "error-mid" };
  await using t = await budgetApp({ budget: { tokens: 1_200 } }, [
    cut,
    read("0.txt"),
    { text: "Too much" },
  ]);
  void t.next("message.part.delta").then(() => seen.resolve());
  const { info } = await t.prompt(t.create(), "Write");
  expect(info).toMatchObject(spent("tokens"));
  expect(t.model.requests).toHaveLength(2);
}, 180_000);

test("a limit for all turns holds across them, and before the first request", async () => {
  await using t = await budgetApp({}, [
    { text: "One", usage },
    { text: "Two", usage },
  ]);
  const session = t.create();
  t.instance.budgets.limit(session.id, { name: "--max-", cost: 0.02 });
  expect((await t.prompt(session, "1")).info).not.toHaveProperty("error");
  expect((await t.prompt(session, "2")).info).not.toHaveProperty("error");
  const { info } = await t.prompt(session, "3");
  expect(info).toMatchObject(spent("cost"));
  expect(JSON.stringify(info)).toContain("--max-cost ($0.0200)");
  expect(t.model.requests).toHaveLength(2);
});
