// A call ends in a result for the model whatever its tool does: throws, hangs, reports to a store
// that fails. Permissions and repetition are in test/scenario.
import { expect, test } from "bun:test";
import { t as schema } from "@/base/schema";
import type { Part, ToolPart } from "@/schema/part";
import { Media } from "@/session/media";
import { DoomLoop } from "@/session/doom-loop";
import { ToolCalls } from "@/session/tool-call";
import type { Toolbox } from "@/session/toolbox";
import { defineTool, type Tool, type ToolContext } from "@/tool/tool";
import { userMessage } from "@test/storage/fixtures";
import { noHooks } from "@test/support/no-hooks";
import { toolBench, UNRECORDED } from "@test/support/tool-context";
import { model, testRecords } from "./support";

const parameters = schema.Object({ n: schema.Number() });
type Run = (context: ToolContext) => ReturnType<Tool["run"]>;

/** Runs one call of a tool that does `run`, for each of `runs` side by side. */
async function callTool(
  runs: Run[],
  options: {
    abort?: AbortController;
    write?: (part: Part) => void;
    lateNews?: ToolContext["lateNews"];
  } = {},
) {
  const test = await testRecords();
  const tools = runs.map((run, n) =>
    defineTool({ id: `tool${n}`, description: "", parameters, run: (_, context) => run(context) }),
  );
  await using bench = await toolBench();
  const { signal } = options.abort ?? new AbortController();
  // The two things that calls need of a toolbox.
  const toolbox: Pick<Toolbox, "offered" | "context"> = {
    offered: async () => tools,
    context: async (_, __, live) => {
      const { lateNews } = options;
      return { ...bench.context, signal, ...live, ...(lateNews && { lateNews }) };
    },
  };
  const changesOf = () => ({ ...UNRECORDED, finish: async () => ({ changes: "record" }) });
  const hooks = noHooks();
  const media = new Media(async () => undefined);
  const endsOnRefusal = async () => true;
  const box = toolbox as Toolbox;
  const calls = new ToolCalls({ ...test, hooks, media, toolbox: box, endsOnRefusal, changesOf });
  const ended: Record<string, ToolPart["state"]> = {};
  const outcome = calls.runAll(
    tools.map(({ id }) => ({ part: partOf(id), raw: '{"n":1}' })),
    {
      session: test.store.findSession(test.sessionID) ?? expect.unreachable(),
      agent: { name: "build", mode: "primary", permission: [], options: {} },
      model: model(),
      prompt: userMessage(test.sessionID, 1),
      messageID: "msg_2",
      isCutAtLimit: false,
      signal,
      doomLoop: new DoomLoop(),
      write: (part) => {
        options.write?.(part);
        if (part.type === "tool") ended[part.tool] = part.state;
      },
    },
  );
  return { ...test, outcome, ended, [Symbol.dispose]: () => test.database.close() };
}

function partOf(tool: string): ToolPart {
  const place = { id: `prt_${tool}`, sessionID: "ses_0001", messageID: "msg_2" };
  const state = { status: "pending" as const, input: {}, raw: "" };
  return { ...place, type: "tool", tool, callID: tool, state };
}

const done = async () => ({ title: "t", output: "o", metadata: {} });

test("what language servers say late of earlier edits stands behind the next result", async () => {
  const news = ["<diagnostics>"];
  using t = await callTool([done, done], { lateNews: async () => news.shift() ?? "" });
  await t.outcome;
  expect(Object.values(t.ended).map((state) => "output" in state && state.output)).toEqual([
    "o\n\nErrors in files edited before:\n<diagnostics>",
    "o",
  ]);
});

test("results, failures and bugs of calls side by side are each their own", async () => {
  const bug = async () => {
    throw new TypeError("x is not a function");
  };
  const stop = async () => {
    throw new DOMException("its own time limit", "AbortError");
  };
  using t = await callTool([done, bug, stop]);
  expect(await t.outcome).toBe("go-on");
  expect(t.ended).toMatchObject({
    tool0: { status: "completed", output: "o", metadata: { truncated: false } },
    tool1: { status: "error", error: "x is not a function" },
    // An abort that is not the session's is a failure of the tool.
    tool2: { status: "error", error: "its own time limit" },
  });
});

test("a tool that does not end after an abort is given up", async () => {
  const abort = new AbortController();
  const begun = Promise.withResolvers<void>();
  const hang = () => {
    begun.resolve();
    return new Promise<never>(() => {});
  };
  using t = await callTool([hang], { abort });
  await begun.promise;
  abort.abort(new DOMException("Aborted", "AbortError"));
  await t.clock.advance(3_999);
  expect(t.ended).toMatchObject({ tool0: { status: "running" } });
  await t.clock.advance(1);
  await t.outcome;
  expect(t.ended).toMatchObject({
    tool0: { status: "error", error: "Tool execution aborted", metadata: { interrupted: true } },
  });
  expect(t.clock.pending).toBe(0);
});

test("a call that comes after an abort is not run", async () => {
  const abort = new AbortController();
  abort.abort(new DOMException("Aborted", "AbortError"));
  let ran = false;
  const run = () => {
    ran = true;
    return done();
  };
  using t = await callTool([run], { abort });
  await t.outcome;
  expect(ran).toBe(false);
  expect(t.ended).toMatchObject({ tool0: { status: "error", metadata: { interrupted: true } } });
});

test("a report that cannot be stored is dropped; a result that cannot fails the step", async () => {
  let isFull = false;
  const report: Run = async (context) => {
    isFull = true;
    context.report({ metadata: { output: "half" } });
    isFull = false;
    return done();
  };
  const write = () => {
    if (isFull) throw new Error("the disk is full");
  };
  {
    using t = await callTool([report], { write });
    expect(await t.outcome).toBe("go-on");
    expect(t.ended).toMatchObject({ tool0: { status: "completed" } });
  }
  const other = Promise.withResolvers<void>();
  const fill: Run = async () => {
    isFull = true;
    return done();
  };
  const slow: Run = async () => {
    await other.promise;
    isFull = false;
    return done();
  };
  using t = await callTool([fill, slow], { write });
  // The failure is told when all calls have ended, so that none goes on behind the step's back.
  const failed = t.outcome.catch((error: unknown) => error);
  other.resolve();
  expect(await failed).toMatchObject({ message: "the disk is full" });
  expect(t.ended).toMatchObject({ tool1: { status: "completed" } });
});

test("an error that quotes a whole file is cut", async () => {
  const fail = async () => {
    throw new Error("x".repeat(1_000_000));
  };
  using t = await callTool([fail]);
  await t.outcome;
  const state = t.ended["tool0"];
  expect(state?.status === "error" && state.error.length).toBe(20_000);
});

test("what a call changed is named in its end state, whether it worked or failed", async () => {
  using calls = await callTool([
    async () => ({ title: "", output: "", metadata: { own: 1 } }),
    async () => Promise.reject(new Error("no")),
  ]);
  await calls.outcome;
  expect(calls.ended["tool0"]).toMatchObject({ metadata: { own: 1, changes: "record" } });
  expect(calls.ended["tool1"]).toMatchObject({ error: "no", metadata: { changes: "record" } });
});

test("any number of calls is run, a few dozen at a time, in their order", async () => {
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const runs = Array.from({ length: 100 }, (_, n): Run => {
    return async () => {
      begun.push(n);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      return { title: "", output: `${n}`, metadata: {} };
    };
  });
  using t = await callTool(runs);
  expect(await t.outcome).toBe("go-on");
  expect(begun).toEqual(runs.map((_, n) => n));
  expect(most).toBeLessThanOrEqual(32);
  expect(Object.values(t.ended).every(({ status }) => status === "completed")).toBe(true);
  expect(Object.keys(t.ended)).toHaveLength(100);
});
