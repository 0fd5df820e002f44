// Turns that would not end by themselves: a step limit, and a model that goes round in circles.
import { expect, test } from "bun:test";
import { sessionApp } from "@test/support/session-app";

const read = (filePath: string) => ({ calls: [{ tool: "read", input: { filePath } }] });

test("at the step limit the model is asked to wrap up, and the answer says so", async () => {
  await using t = await sessionApp({
    files: { "a.txt": "a", "b.txt": "b" },
    config: { agent: { build: { steps: 3 } } },
    turns: [read("a.txt"), read("b.txt"), { text: "So far" }, { text: "On" }],
  });
  const session = t.create();
  const { info, parts } = await t.prompt(session, "Work");
  expect(parts.find((part) => part.type === "text")).toMatchObject({ text: "So far" });
  expect(info).toMatchObject({
    error: { name: "MessageOutputLengthError", data: { limit: "steps" } },
  });
  const last = t.model.requests[2]?.request;
  expect(last?.toolChoice).toBe("none");
  expect(last?.tools).not.toEqual([]);
  expect(last?.messages.at(-1)?.text).toContain("<system-reminder>");
  // The next prompt begins a new turn.
  expect((await t.prompt(session, "Go on")).info).not.toHaveProperty("error");
  expect(t.model.violations).toEqual([]);
});

test("a call made again and again is refused, and in the end the turn is ended", async () => {
  await using t = await sessionApp({
    files: { "a.txt": "a" },
    turns: Array.from({ length: 10 }, () => read("a.txt")),
  });
  t.instance.permissions.policy = "allow";
  const session = t.create();
  const { info } = await t.prompt(session, "Loop");
  const calls = t.calls(session).map(({ state }) => state.status);
  expect(calls).toEqual(["completed", "completed", "completed", "error", "error", "error"]);
  expect(t.calls(session).at(-1)).toMatchObject({
    state: { metadata: { denied: "RepeatedCall" } },
  });
  expect(info).toMatchObject({
    error: { name: "MessageOutputLengthError", data: { limit: "repeats" } },
  });
  t.model.push({ text: "Sorry" });
  expect(t.model.violations).toEqual([]);
});

test("two calls in turn are noticed as well, and a model that heeds the word goes on", async () => {
  const turns = Array.from({ length: 7 }, (_, index) => read(index % 2 ? "b.txt" : "a.txt"));
  await using t = await sessionApp({
    files: { "a.txt": "a", "b.txt": "b" },
    turns: [...turns, { text: "I stop" }],
  });
  t.instance.permissions.policy = "reject";
  const session = t.create();
  const { info } = await t.prompt(session, "Loop");
  expect(info).not.toHaveProperty("error");
  expect(t.calls(session).map(({ state }) => state.status === "error")).toEqual([
    ...Array<boolean>(6).fill(false),
    true,
  ]);
});

test("a person may let it be repeated", async () => {
  const turns = Array.from({ length: 4 }, () => read("a.txt"));
  await using t = await sessionApp({
    files: { "a.txt": "a" },
    turns: [...turns, { text: "Done" }],
  });
  const session = t.create();
  const asked = t.next("permission.asked");
  const answered = t.prompt(session, "Loop");
  const request = await asked;
  expect(request).toMatchObject({ permission: "doom_loop", patterns: ["read"] });
  t.instance.permissions.reply(request.id, "once");
  await answered;
  expect(t.calls(session).map(({ state }) => state.status)).toEqual(Array(4).fill("completed"));
});

test("unknown tools called again and again end the turn as well", async () => {
  const calls = [{ tool: "nope", input: { a: 1 } }];
  await using t = await sessionApp({ turns: Array.from({ length: 10 }, () => ({ calls })) });
  const { info } = await t.prompt(t.create(), "Loop");
  expect(info).toMatchObject({ error: { data: { limit: "repeats" } } });
  expect(t.model.requests).toHaveLength(6);
  expect(t.model.violations).toEqual([]);
});
