// Prompts that come while a session is busy: they join its run, and every one of them is answered.
import { expect, test } from "bun:test";
import { sessionApp } from "@test/support/session-app";

const idles = (events: { type: string }[]) =>
  events.filter(({ type }) => type === "session.idle").length;

test("a prompt that comes while a step runs is taken with the next one", async () => {
  const gate = Promise.withResolvers<void>();
  await using t = await sessionApp({
    files: { "a.txt": "x" },
    turns: [
      {
        text: ["One"],
        calls: [{ tool: "read", input: { filePath: "a.txt" } }],
        gate: gate.promise,
      },
      { text: "Both" },
    ],
  });
  const session = t.create();
  const first = t.prompt(session, "First");
  await t.model.waitForRequest(0);
  const stored = t.next("message.updated");
  const second = t.prompt(session, "Second");
  expect(await stored).toMatchObject({ info: { role: "user" } });
  gate.resolve();
  const [one, two] = await Promise.all([first, second]);
  expect(one).toEqual(two);
  const said = t.model.requests[1]?.request.messages ?? [];
  expect(said.map(({ role, text }) => [role, text.slice(0, 6)]).at(-1)).toEqual(["user", "Second"]);
  const prompts = t.history(session).filter(({ info }) => info.role === "user");
  expect(one.info).toMatchObject({ parentID: prompts[1]?.info.id });
  expect(idles(t.events)).toBe(1);
  expect(t.model.violations).toEqual([]);
});

test("a prompt that comes at the last moment is not lost", async () => {
  await using t = await sessionApp({ turns: [{ text: "One" }, { text: "Two" }] });
  const session = t.create();
  // The last thing a step tells: after it the loop looks for prompts once more, or not any more.
  const ended = t.next("message.updated", ({ info }) => "finish" in info);
  const first = t.prompt(session, "First");
  await ended;
  const second = await t.prompt(session, "Second");
  expect(second.parts.find((part) => part.type === "text")).toMatchObject({ text: "Two" });
  await first;
  expect(t.model.requests).toHaveLength(2);
});

test("many prompts at once are all stored, answered together, in order", async () => {
  await using t = await sessionApp({ turns: [{ text: "First" }, { text: "The rest" }] });
  const session = t.create();
  const gate = t.prompt(session, "p0");
  await t.next("session.status");
  const rest = Array.from({ length: 20 }, (_, index) => t.prompt(session, `p${index + 1}`));
  const answers = await Promise.all([gate, ...rest]);
  expect(new Set(answers.map(({ info }) => info.id)).size).toBe(1);
  const texts = t
    .history(session)
    .flatMap(({ info, parts }) =>
      info.role === "user" ? parts.map((part) => (part.type === "text" ? part.text : "")) : [],
    );
  expect(texts).toEqual(Array.from({ length: 21 }, (_, index) => `p${index}`));
  expect(idles(t.events)).toBe(1);
});

test("more prompts than may wait are refused, and not stored", async () => {
  const gate = Promise.withResolvers<void>();
  await using t = await sessionApp({
    turns: [{ text: "One", gate: gate.promise }, { text: "Two" }],
  });
  const session = t.create();
  const first = t.prompt(session, "First");
  await t.model.waitForRequest(0);
  const results = await Promise.all(
    Array.from({ length: 101 }, () =>
      t.instance.prompts
        .promptAsync(session.id, { parts: [{ type: "text", text: "More" }] })
        .catch((error: unknown) => error),
    ),
  );
  expect(results.filter(Boolean)).toMatchObject([{ kind: "limit" }]);
  gate.resolve();
  await first;
  expect(t.history(session).filter(({ info }) => info.role === "user")).toHaveLength(101);
});

test("prompts that wait when the session is aborted are answered with the abort", async () => {
  const gate = Promise.withResolvers<void>();
  await using t = await sessionApp({
    turns: [{ text: "One", gate: gate.promise }, { text: "Two" }],
  });
  const session = t.create();
  const first = t.prompt(session, "First");
  await t.model.waitForRequest(0);
  const stored = t.next("message.updated");
  const second = t.prompt(session, "Second");
  const { info: prompt } = await stored;
  await t.instance.sessions.abort(session.id);
  const error = { name: "MessageAbortedError" };
  expect((await second).info).toMatchObject({ parentID: prompt.id, error });
  expect((await first).info).toMatchObject({ error });
  expect(idles(t.events)).toBe(1);
  gate.resolve();
  await t.prompt(session, "Third");
  expect(
    t.model.requests
      .at(-1)
      ?.request.messages.map(({ text }) => text)
      .join(),
  ).toContain("Second");
  expect(t.model.violations).toEqual([]);
});

test("a prompt during an abort waits for its end and then runs", async () => {
  await using t = await sessionApp({
    turns: [{ text: ["One", new Promise(() => {})] }, { text: "Two" }],
  });
  const session = t.create();
  const delta = t.next("message.part.delta");
  const first = t.prompt(session, "First");
  await delta;
  const aborted = t.instance.sessions.abort(session.id);
  const second = t.prompt(session, "Second");
  await aborted;
  expect((await first).info).toMatchObject({ error: { name: "MessageAbortedError" } });
  expect((await second).info).toMatchObject({ finish: "stop" });
  expect(idles(t.events)).toBe(2);
  expect(t.model.violations).toEqual([]);
});

test("a message without reply is stored, and read with the next prompt", async () => {
  await using t = await sessionApp({ turns: [{ text: "Noted" }] });
  const session = t.create();
  const stored = await t.prompt(session, "By the way", { noReply: true });
  expect(stored.info.role).toBe("user");
  expect(t.told("session.status")).toEqual([]);
  await t.prompt(session, "Now");
  expect(t.model.requests[0]?.request.messages.map(({ text }) => text)).toEqual([
    "By the way",
    "Now",
  ]);
});

test("ids that clients choose out of order do not put an answer before its prompt", async () => {
  await using t = await sessionApp({
    files: { "a.txt": "x" },
    turns: [
      { text: "One", calls: [{ tool: "read", input: { filePath: "a.txt" } }] },
      { text: "Two" },
      { text: "Three" },
      { text: "Four" },
    ],
  });
  const session = t.create();
  await t.prompt(session, "first", { messageID: "msg_zzzz" });
  await t.prompt(session, "second", { messageID: "msg_0000" });
  await t.prompt(session, "third");
  expect(
    t.model.requests.map(({ request }) =>
      request.messages.map(({ text }) => text).filter((text) => /^[a-zA-Z]+$/.test(text)),
    ),
  ).toEqual([
    ["first"],
    ["first", "One"],
    ["first", "One", "Two", "second"],
    ["first", "One", "Two", "second", "Three", "third"],
  ]);
  expect(t.model.violations).toEqual([]);
});
