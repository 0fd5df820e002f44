// A call that needs consent: asked once, answered in each of the ways there are, and what becomes
// of the turn after it.
import { expect, test } from "bun:test";
import type { PermissionRequest } from "@/schema/permission";
import { FakeClock } from "@test/support/clock";
import { type SessionApp, sessionApp, trace } from "@test/support/session-app";

const config = { permission: { bash: "ask" } } as const;
const bash = (command: string) => ({ tool: "bash", input: { command } });

/** Prompts and gives the request, with the promise of the answer. */
async function ask(t: SessionApp, session = t.create()) {
  const asked = t.next("permission.asked");
  const answered = t.prompt(session, "Run it");
  const request: PermissionRequest = await asked;
  return { session, answered, request };
}

test("once: the call runs, and the next one is asked for again", async () => {
  const turns = [{ calls: [bash("echo 1")] }, { calls: [bash("echo 2")] }, { text: "Done" }];
  await using t = await sessionApp({ config, turns });
  const { session, answered, request } = await ask(t);
  expect(request).toMatchObject({ permission: "bash", patterns: ["echo 1"], always: ["echo *"] });
  expect(t.instance.permissions.list()).toEqual([request]);
  const second = t.next("permission.asked");
  t.instance.permissions.reply(request.id, "once");
  t.instance.permissions.reply((await second).id, "once");
  await answered;
  expect(t.calls(session).map(({ state }) => state.status)).toEqual(["completed", "completed"]);
  const lines = trace(t.events);
  const at = lines.indexOf("permission.asked");
  expect(lines.slice(at - 2, at + 4)).toEqual([
    "message.part.updated(tool bash pending)",
    "message.part.updated(tool bash running)",
    "permission.asked",
    "permission.replied(once)",
    "message.part.updated(tool bash running)",
    "message.part.updated(tool bash completed)",
  ]);
});

test("what a call takes is without the time that a person took to answer", async () => {
  const clock = new FakeClock();
  const turns = [{ calls: [bash("echo 1")] }, { text: "Done" }];
  await using t = await sessionApp({ config, turns, clock });
  const { session, answered, request } = await ask(t);
  await clock.advance(20_000);
  t.instance.permissions.reply(request.id, "once");
  await answered;
  const took = t.calls(session).map(({ state }) => {
    return state.status === "completed" ? state.time.end - state.time.start : undefined;
  });
  expect(took).toEqual([0]);
});

test("a refusal without a word is for the model to go on with where that is set", async () => {
  await using t = await sessionApp({
    config: { ...config, experimental: { continue_loop_on_deny: true } },
    turns: [{ calls: [bash("echo 1"), bash("echo 2")] }, { text: "Then not" }],
  });
  const { session, answered, request } = await ask(t);
  t.instance.permissions.reply(request.id, "reject");
  await answered;
  expect(t.calls(session).map(({ state }) => state.status)).toEqual(["error", "error"]);
  const last = t.model.requests.at(-1)?.request.messages.at(-1);
  expect(JSON.stringify(last?.results)).toContain("rejected");
  expect(t.model.violations).toEqual([]);
});

test("always: like calls run without asking, elsewhere and after a restart too", async () => {
  await using t = await sessionApp({
    config,
    isStored: true,
    turns: [
      { calls: [bash("echo 1"), bash("echo 2")] },
      { text: "Done" },
      { calls: [bash("echo 3")] },
      { text: "Done" },
    ],
  });
  const { session, answered, request } = await ask(t);
  t.instance.permissions.reply(request.id, "always");
  await answered;
  expect(t.calls(session).map(({ state }) => state.status)).toEqual(["completed", "completed"]);
  await t.reopen();
  const other = t.create();
  await t.prompt(other, "Again");
  expect(t.calls(other).map(({ state }) => state.status)).toEqual(["completed"]);
  expect(t.model.violations).toEqual([]);
});

test("rejected without a word: the turn ends, other asks of the session with it", async () => {
  await using t = await sessionApp({
    config,
    turns: [{ calls: [bash("echo 1"), bash("echo 2")] }, { text: "As you wish" }],
  });
  const { session, answered, request } = await ask(t);
  t.instance.permissions.reply(request.id, "reject");
  const { info } = await answered;
  expect(info).toMatchObject({ finish: "tool-calls" });
  expect(info).not.toHaveProperty("error");
  expect(t.model.requests).toHaveLength(1);
  expect(t.told("session.error")).toEqual([]);
  for (const { state } of t.calls(session)) {
    expect(state).toMatchObject({
      status: "error",
      error: "The user rejected permission to use this specific tool call.",
      metadata: { denied: "PermissionRejected" },
    });
  }
  await t.prompt(session, "Then go on without");
  expect(t.model.violations).toEqual([]);
});

test("rejected with a word: the model reads it and goes on", async () => {
  await using t = await sessionApp({
    config,
    turns: [{ calls: [bash("rm -r /")] }, { text: "Sorry" }],
  });
  const { answered, request } = await ask(t);
  t.instance.permissions.reply(request.id, "reject", { message: "use git clean" });
  const { parts } = await answered;
  expect(parts.find((part) => part.type === "text")).toMatchObject({ text: "Sorry" });
  const [result] = t.model.requests[1]?.request.messages.flatMap(({ results }) => results) ?? [];
  expect(result?.text).toContain("with the following feedback: use git clean");
});

test("what a rule or the policy denies is a result like any other", async () => {
  await using t = await sessionApp({
    config: { permission: { bash: { "*": "ask", "rm *": "deny" } } },
    turns: [{ calls: [bash("rm a"), bash("echo 1")] }, { text: "I may not" }],
  });
  t.instance.permissions.policy = "reject";
  const session = t.create();
  const { parts } = await t.prompt(session, "Run it");
  expect(parts.find((part) => part.type === "text")).toMatchObject({ text: "I may not" });
  for (const { state } of t.calls(session)) {
    expect(state).toMatchObject({ status: "error", metadata: { denied: "PermissionDenied" } });
  }
  expect(t.told("permission.asked")).toEqual([]);
});

test("a tool that is denied outright is not offered, and calling it is no call", async () => {
  await using t = await sessionApp({
    config: { permission: { bash: "deny" } },
    turns: [{ calls: [bash("echo 1")] }, { text: "No bash" }],
  });
  const session = t.create();
  await t.prompt(session, "Run it");
  const offered = t.model.requests[0]?.request.tools.map(({ name }) => name);
  expect(offered).toContain("read");
  expect(offered).not.toContain("bash");
  expect(t.calls(session)).toMatchObject([{ tool: "invalid", state: { status: "completed" } }]);
});
