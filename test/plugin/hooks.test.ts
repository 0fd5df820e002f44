import { expect, test } from "bun:test";
import { type HookHandler, hookRefusal, Hooks, type HookSource } from "@/plugin/hooks";
import type { HookName } from "@/plugin/hook-types";
import { FakeClock } from "@test/support/clock";

function bench(
  ...handlers: (Partial<Record<HookName, HookHandler>> & { isOfProject?: boolean })[]
) {
  const clock = new FakeClock();
  const reports: string[] = [];
  const sources = handlers.map(({ isOfProject = false, ...own }, index): HookSource => {
    return { name: `source ${index}`, isOfProject, handlers: own };
  });
  const report = (problem: string) => void reports.push(problem);
  return { clock, reports, hooks: new Hooks({ sources: async () => sources, report, clock }) };
}

/** A handler that changes the output. */
function set(change: (output: Record<string, unknown>) => void): HookHandler {
  return (_, output) => change(output as Record<string, unknown>);
}

const CWD = { cwd: "/" };

test("handlers change one after the other a copy of what was given", async () => {
  const { hooks } = bench(
    { "shell.env": set((output) => Object.assign(output["env"] as object, { a: "1", b: "1" })) },
    {},
    { "shell.env": set((output) => Object.assign(output["env"] as object, { b: "2" })) },
  );
  const given = { env: { c: "0" } };
  expect(await hooks.run("shell.env", CWD, given)).toEqual({ env: { a: "1", b: "2", c: "0" } });
  expect(given).toEqual({ env: { c: "0" } });
  expect(await hooks.has("shell.env")).toBe(true);
  expect(await hooks.has("chat.params")).toBe(false);
});

test("one that throws is reported once, and its changes are dropped", async () => {
  const { hooks, reports } = bench({
    "shell.env": set((output) => {
      output["env"] = { half: "done" };
      throw new Error("no");
    }),
  });
  for (let round = 0; round < 2; round++) {
    expect(await hooks.run("shell.env", CWD, { env: {} })).toEqual({ env: {} });
  }
  expect(reports).toEqual(["source 0: the hook shell.env failed: no"]);
});

test("one that leaves what is none is reported, and the next gets what was before", async () => {
  const { hooks, reports } = bench(
    { "shell.env": set((output) => (output["env"] = 7)) },
    { "shell.env": set((output) => Object.assign(output["env"] as object, { ok: "yes" })) },
  );
  const check = ({ env }: { env: unknown }) => (typeof env === "object" ? undefined : "no env");
  expect(await hooks.run("shell.env", CWD, { env: {} }, { check })).toEqual({ env: { ok: "yes" } });
  expect(reports).toEqual(["source 0: the hook shell.env failed: it leaves no env"]);
});

test("one that hangs is passed over after its time", async () => {
  const { clock, hooks, reports } = bench(
    { "shell.env": () => new Promise(() => {}) },
    { "shell.env": set((output) => Object.assign(output["env"] as object, { ok: "yes" })) },
  );
  const running = hooks.run("shell.env", CWD, { env: {} });
  await clock.waitForPending();
  await clock.advance(60_000);
  expect(await running).toEqual({ env: { ok: "yes" } });
  expect(reports[0]).toContain("did not answer within 60 seconds");
});

test("an abort ends the wait with its reason", async () => {
  const { clock, hooks } = bench({ "shell.env": () => new Promise(() => {}) });
  const controller = new AbortController();
  const { signal } = controller;
  const running = hooks.run("shell.env", CWD, { env: {} }, { signal });
  await clock.waitForPending();
  controller.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
  expect(clock.pending).toBe(0);
});

const CALL = { tool: "read", sessionID: "ses", callID: "call" };

test("before a tool whatever is thrown refuses; but not that one hangs", async () => {
  const throwing = bench({
    "tool.execute.before": () => {
      throw new Error("not this");
    },
  });
  await expect(throwing.hooks.run("tool.execute.before", CALL, { args: {} })).rejects.toMatchObject(
    { kind: "denied", message: "not this" },
  );
  const { clock, hooks } = bench({ "tool.execute.before": () => new Promise(() => {}) });
  const running = hooks.run("tool.execute.before", CALL, { args: {} });
  await clock.waitForPending();
  await clock.advance(60_000);
  expect(await running).toEqual({ args: {} });
});

test("a refusal is one in every hook", async () => {
  const { hooks, reports } = bench({
    "shell.env": () => {
      throw hookRefusal("never");
    },
  });
  await expect(hooks.run("shell.env", CWD, { env: {} })).rejects.toMatchObject({
    name: "HookRefused",
    message: "never",
  });
  expect(reports).toEqual([]);
});

test("what a project brings may refuse in the place of a person, and not allow", async () => {
  const answer = async (status: "allow" | "deny", isOfProject: boolean) => {
    const { hooks } = bench({
      isOfProject,
      "permission.ask": set((output) => (output["status"] = status)),
    });
    const request = {
      ...{ id: "per_1", sessionID: "ses", permission: "edit", patterns: [], metadata: {} },
      ...{ always: [], type: "edit", pattern: [], title: "", messageID: "", time: { created: 0 } },
    };
    return (await hooks.run("permission.ask", request, { status: "ask" })).status;
  };
  expect(await answer("allow", false)).toBe("allow");
  expect(await answer("allow", true)).toBe("ask");
  expect(await answer("deny", true)).toBe("deny");
});
