// A fork is a copy that goes on by itself: with ids of its own, and nothing in it that still runs.
import { expect, test } from "bun:test";
import { forkTitle } from "@/session/fork";
import { sessionApp } from "@test/support/session-app";

test("all is copied under new ids, and answers name the copies of their prompts", async () => {
  await using t = await sessionApp({
    files: { "a.txt": "x" },
    turns: [
      { calls: [{ tool: "read", input: { filePath: "a.txt" } }] },
      { text: "One" },
      { text: "Two" },
      { text: "Three" },
    ],
  });
  const session = t.create();
  await t.prompt(session, "First");
  await t.prompt(session, "Second");
  const original = t.history(session);
  const fork = t.instance.sessions.fork(session.id);
  const copy = t.history(fork);
  expect(fork).toMatchObject({ title: "Test (fork #1)", agent: "build", model: { id: "main" } });
  expect(fork).toMatchObject({ tokens: { input: 300, output: 60 } });
  expect(copy.map(({ info, parts }) => [info.role, parts.map(({ type }) => type)])).toEqual(
    original.map(({ info, parts }) => [info.role, parts.map(({ type }) => type)]),
  );
  const ids = (messages: typeof copy) =>
    messages.flatMap(({ info, parts }) => [info.id, ...parts.map(({ id }) => id)]);
  expect(ids(copy).filter((id) => ids(original).includes(id))).toEqual([]);
  const position = (messages: typeof copy) =>
    messages.map(({ info }) =>
      messages.findIndex((other) => info.role === "assistant" && other.info.id === info.parentID),
    );
  expect(position(copy)).toEqual(position(original));
  await t.prompt(fork, "Third");
  expect(t.history(session)).toEqual(original);
  expect(t.model.violations).toEqual([]);
});

test("a fork before a message has what was said until then", async () => {
  await using t = await sessionApp({ turns: [{ text: "One" }, { text: "Two" }] });
  const session = t.create();
  await t.prompt(session, "First");
  await t.prompt(session, "Second");
  const second = t.history(session)[2]?.info.id;
  expect(t.history(t.instance.sessions.fork(session.id, second))).toHaveLength(2);
});

test("what runs in the original is ended in the fork, and goes on in the original", async () => {
  const command = "exec 3<>fifo; echo up; read line <&3; echo $line";
  await using t = await sessionApp({
    turns: [
      {
        calls: [{ tool: "bash", input: { command } }],
      },
      { text: "Done" },
    ],
  });
  Bun.spawnSync(["mkfifo", `${t.directory}/fifo`]);
  const session = t.create();
  const isUp = t.next("message.part.updated", ({ part }) => JSON.stringify(part).includes("up\\n"));
  const answered = t.prompt(session, "Run");
  await isUp;
  const fork = t.instance.sessions.fork(session.id);
  expect(t.calls(fork)).toMatchObject([{ state: { status: "error" } }]);
  expect(t.history(fork).at(-1)?.info).toMatchObject({ time: { completed: expect.any(Number) } });
  await Bun.write(`${t.directory}/fifo`, "go\n");
  await answered;
  expect(t.calls(session)).toMatchObject([{ state: { output: expect.stringContaining("go") } }]);
});

test("titles count the forks", () => {
  expect(forkTitle("Fix it")).toBe("Fix it (fork #1)");
  expect(forkTitle("Fix it (fork #9)")).toBe("Fix it (fork #10)");
});
