// A person's own command lines in a session: recorded as a message pair, seen by the model later,
// run without a model, without permission, and one thing at a time.
import { expect, test } from "bun:test";
import { isRunning } from "@/base/process";
import { sessionApp, trace } from "@test/support/session-app";

const agent = "build";

test("a command line is recorded with its output, and read with the next prompt", async () => {
  await using t = await sessionApp({
    config: { permission: { bash: "deny" } },
    turns: [{ text: "I see" }],
  });
  const session = t.create();
  const { info, parts } = await t.instance.shellCommands.run(session.id, {
    agent,
    command: "echo out; echo err >&2; exit 3",
  });
  expect(parts).toMatchObject([
    {
      type: "tool",
      tool: "bash",
      state: { status: "completed", output: "out\nerr\n", metadata: { exit: 3 } },
    },
  ]);
  expect(t.history(session)).toEqual([
    { info: expect.objectContaining({ role: "user" }), parts: expect.any(Array) },
    { info, parts },
  ]);
  expect(info).toMatchObject({ role: "assistant", time: { completed: expect.any(Number) } });
  expect(info).not.toHaveProperty("error");
  expect(t.model.requests).toEqual([]);
  expect(trace(t.events).filter((line) => !line.includes("running"))).toEqual([
    "session.created",
    "session.status(busy)",
    "message.updated(user)",
    "message.part.updated(text)",
    "message.updated(assistant)",
    "message.part.updated(tool bash completed)",
    "message.updated(assistant completed)",
    "session.status(idle)",
    "session.idle",
  ]);
  await t.prompt(session, "And now?");
  const said = t.model.requests[0]?.request.messages ?? [];
  expect(said.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "user"]);
  expect(said[2]?.results[0]?.text).toBe("out\nerr\n");
  expect(t.model.violations).toEqual([]);
});

test("a private command is recorded, and no model reads it", async () => {
  await using t = await sessionApp({ turns: [{ text: "Hello" }] });
  const session = t.create();
  const input = { agent, command: "echo zebra", ignored: true };
  const { parts } = await t.instance.shellCommands.run(session.id, input);
  expect(parts).toMatchObject([{ state: { status: "completed", output: "zebra\n" } }]);
  await t.prompt(session, "And now?");
  const said = t.model.requests[0]?.request.messages ?? [];
  expect(said.map(({ role }) => role)).toEqual(["user"]);
  expect(JSON.stringify(t.model.requests)).not.toContain("zebra");
  expect(t.model.violations).toEqual([]);
});

test("output is told while the command runs; stopping the session ends its processes", async () => {
  await using t = await sessionApp();
  const session = t.create();
  const isUp = t.next("message.part.updated", ({ part }) => {
    return /up \d+\\n/.test(JSON.stringify(part));
  });
  const command = "sleep 600 & echo up $!; wait";
  const answered = t.instance.shellCommands.run(session.id, { agent, command });
  const pid = Number(/up (\d+)/.exec(JSON.stringify((await isUp).part))?.[1]);
  expect(await isRunning(pid)).toBe(true);
  expect(t.instance.runs.status()).toEqual({ [session.id]: { type: "busy" } });
  await t.instance.sessions.abort(session.id);
  const { info, parts } = await answered;
  expect(info).toMatchObject({ error: { name: "MessageAbortedError" } });
  expect(parts).toMatchObject([{ state: { status: "completed", metadata: { exit: null } } }]);
  expect(await isRunning(pid)).toBe(false);
  expect(t.instance.runs.status()).toEqual({});
});

test("a busy session refuses, and stores nothing", async () => {
  const gate = Promise.withResolvers<void>();
  await using t = await sessionApp({ turns: [{ text: "One", gate: gate.promise }] });
  const session = t.create();
  const first = t.prompt(session, "First");
  await t.model.waitForRequest(0);
  await expect(
    t.instance.shellCommands.run(session.id, { agent, command: "ls" }),
  ).rejects.toMatchObject({ kind: "busy" });
  gate.resolve();
  await first;
  expect(t.history(session)).toHaveLength(2);
});

test("two at once: one is run, the other refused", async () => {
  await using t = await sessionApp();
  const session = t.create();
  const results = await Promise.allSettled(
    ["echo 1", "echo 2"].map((command) =>
      t.instance.shellCommands.run(session.id, { agent, command }),
    ),
  );
  expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(t.history(session)).toHaveLength(2);
});

test("a prompt that comes meanwhile is answered when the command is done", async () => {
  await using t = await sessionApp({ turns: [{ text: "Done" }] });
  const session = t.create();
  const isUp = t.next("message.part.updated", ({ part }) => /up\\n/.test(JSON.stringify(part)));
  const command = "echo up; while [ ! -e ../go ]; do sleep 0.01; done; echo over";
  const shell = t.instance.shellCommands.run(session.id, { agent, command });
  await isUp;
  const stored = t.next("message.part.updated", ({ part }) => part.type === "text");
  const answered = t.prompt(session, "What came of it?");
  await stored;
  expect(t.model.requests).toEqual([]);
  await Bun.write(`${t.root}/go`, "");
  expect((await shell).parts).toMatchObject([{ tool: "bash", state: { status: "completed" } }]);
  expect((await answered).parts).toContainEqual(expect.objectContaining({ text: "Done" }));
  const said = t.model.requests[0]?.request.messages ?? [];
  expect(said[2]?.results[0]?.text).toContain("over");
  expect(t.told("session.idle")).toHaveLength(1);
  expect(t.model.violations).toEqual([]);
});

test("what cannot be run refuses, with nothing stored", async () => {
  await using t = await sessionApp();
  const session = t.create();
  const { shellCommands } = t.instance;
  await expect(shellCommands.run(session.id, { agent, command: " " })).rejects.toMatchObject({
    kind: "invalid",
  });
  await expect(
    shellCommands.run(session.id, { agent: "nobody", command: "ls" }),
  ).rejects.toMatchObject({ kind: "not-found" });
  await expect(shellCommands.run("ses_x", { agent, command: "ls" })).rejects.toMatchObject({
    kind: "not-found",
  });
  expect(t.history(session)).toEqual([]);
});
