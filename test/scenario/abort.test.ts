// Stopping a session in each of its phases: it is over soon, nothing goes on, and what was said and
// done until then is kept in an end state that the next prompt can build on.
import { expect, test } from "bun:test";
import { isRunning } from "@/base/process";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import { FakeClock } from "@test/support/clock";
import { type SessionApp, sessionApp, trace } from "@test/support/session-app";

const FOREVER = new Promise<never>(() => {});
const ABORTED = { name: "MessageAbortedError", data: { message: "Aborted" } };

/** Aborts, and checks what is true of every abort. */
async function abort(
  t: SessionApp,
  session: Session,
  answered: Promise<MessageWithParts>,
): Promise<MessageWithParts> {
  await t.instance.sessions.abort(session.id);
  const answer = await answered;
  expect(t.instance.runs.status()).toEqual({});
  expect(answer.info).toMatchObject({ error: ABORTED, time: { completed: expect.any(Number) } });
  expect(t.told("session.error")).toMatchObject([{ sessionID: session.id, error: ABORTED }]);
  expect(t.told("session.idle")).toEqual([{ sessionID: session.id }]);
  expect(trace(t.events).at(-1)).toBe("session.idle");
  for (const part of t.history(session).flatMap(({ parts }) => parts)) {
    if (part.type === "tool") expect(part.state.status).toBeOneOf(["completed", "error"]);
    if (part.type === "text" && part.time) expect(part.time.end).toBeNumber();
  }
  t.model.push({ text: "Again" });
  const next = await t.prompt(session, "Go on");
  expect(next.info).toMatchObject({ finish: "stop" });
  expect(t.model.violations).toEqual([]);
  return answer;
}

test("while text streams: the text so far is kept", async () => {
  await using t = await sessionApp({ turns: [{ text: ["Half of", FOREVER] }] });
  const session = t.create();
  const delta = t.next("message.part.delta");
  const answered = t.prompt(session, "Tell");
  await delta;
  const [request] = t.model.requests;
  const { info, parts } = await abort(t, session, answered);
  expect(parts.find((part) => part.type === "text")).toMatchObject({ text: "Half of" });
  expect(parts.some((part) => part.type === "step-finish")).toBe(false);
  expect(info).not.toHaveProperty("finish");
  expect(await request?.ended).toEqual({ aborted: true });
});

test("before the model has answered anything", async () => {
  await using t = await sessionApp({ turns: [{ fault: "hang-headers" }] });
  const session = t.create();
  const answered = t.prompt(session, "Tell");
  await t.model.waitForRequest(0);
  await abort(t, session, answered);
});

test("in the middle of a call's arguments: the call is not run", async () => {
  const calls = [{ tool: "bash", input: { command: "touch made" } }];
  await using t = await sessionApp({ turns: [{ calls, fault: "hang-mid" }] });
  const session = t.create();
  const pending = t.next("message.part.updated", ({ part }) => part.type === "tool");
  const answered = t.prompt(session, "Make it");
  await pending;
  await abort(t, session, answered);
  expect(t.calls(session)).toMatchObject([
    { state: { status: "error", metadata: { interrupted: true } } },
  ]);
  expect(await Bun.file(`${t.directory}/made`).exists()).toBe(false);
});

/** The processes that its output names, each once. */
function pidsOf(part: unknown): number[] {
  const named = [...JSON.stringify(part).matchAll(/up (\d+)/g)].map(([, pid]) => Number(pid));
  return [...new Set(named)];
}

test("while bash runs: none of its processes is left", async () => {
  const command = "for i in 1 2 3; do (sleep 600 & echo up $!; wait) & done; wait";
  await using t = await sessionApp({
    turns: [{ calls: [{ tool: "bash", input: { command } }] }],
  });
  const session = t.create();
  const isUp = t.next("message.part.updated", ({ part }) =>
    /(up \d+\\n){3}/.test(JSON.stringify(part)),
  );
  const answered = t.prompt(session, "Run it");
  // Its own words for them: we start helpers as well, whose end nobody waits for.
  const pids = pidsOf((await isUp).part);
  expect(await Promise.all(pids.map(isRunning))).toEqual([true, true, true]);
  await abort(t, session, answered);
  expect(await Promise.all(pids.map(isRunning))).toEqual([false, false, false]);
  expect(t.calls(session)).toMatchObject([
    { state: { status: "completed", output: expect.stringContaining("The user aborted") } },
  ]);
});

test("while a permission is asked for: it is taken off the list", async () => {
  await using t = await sessionApp({
    config: { permission: { bash: "ask" } },
    turns: [{ calls: [{ tool: "bash", input: { command: "ls" } }] }],
  });
  const session = t.create();
  const asked = t.next("permission.asked");
  const answered = t.prompt(session, "Run it");
  await asked;
  await abort(t, session, answered);
  expect(t.instance.permissions.list()).toEqual([]);
  expect(t.calls(session)).toMatchObject([
    {
      state: {
        status: "error",
        error: "Tool execution aborted",
        metadata: { interrupted: true },
      },
    },
  ]);
  expect(t.told("permission.replied")).toMatchObject([{ reply: "reject" }]);
});

test("during the wait before a retry", async () => {
  const clock = new FakeClock();
  await using t = await sessionApp({ clock, turns: [{ status: 500 }] });
  const session = t.create();
  const waits = t.next("session.status", ({ status }) => status.type === "retry");
  const answered = t.prompt(session, "Tell");
  await waits;
  await abort(t, session, answered);
  expect(t.model.requests).toHaveLength(2);
});

test("while a subagent works: the child is stopped with its parent", async () => {
  const task = { description: "Look", prompt: "Look", subagent_type: "general" };
  await using t = await sessionApp({
    turns: [{ calls: [{ tool: "task", input: task }] }, { text: ["Half", FOREVER] }],
  });
  const session = t.create();
  const delta = t.next("message.part.delta");
  const answered = t.prompt(session, "Delegate");
  await delta;
  await t.instance.sessions.abort(session.id);
  expect((await answered).info).toMatchObject({ error: ABORTED });
  const [child] = t.instance.sessions.children(session.id);
  expect(child && t.history(child).at(-1)?.info).toMatchObject({ error: ABORTED });
  expect(t.instance.runs.status()).toEqual({});
  expect(t.told("session.idle")).toHaveLength(2);
});

test("a session that is idle: nothing is told", async () => {
  await using t = await sessionApp();
  const session = t.create();
  await t.instance.sessions.abort(session.id);
  expect(trace(t.events)).toEqual(["session.created"]);
});
