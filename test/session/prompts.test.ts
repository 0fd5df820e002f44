// A prompt is accepted as a whole or not at all; what it names must be there, what it leaves open
// is chosen. How it is answered is in test/scenario.
import { expect, test } from "bun:test";
import { processIdentity } from "@/base/process";
import { sessionApp } from "@test/support/session-app";

test("what is unknown refuses the prompt, and nothing is stored or told", async () => {
  await using t = await sessionApp();
  const session = t.create();
  t.events.length = 0;
  const model = { providerID: "scripted", modelID: "nope" };
  const cases = [
    [{ agent: "nope" }, "nope"],
    [{ model }, "nope"],
    [{ model: { providerID: "nope", modelID: "main" } }, "nope"],
  ] as const;
  for (const [input, named] of cases) {
    await expect(t.prompt(session, "Hi", input)).rejects.toMatchObject({
      kind: "not-found",
      message: expect.stringContaining(named),
    });
  }
  await expect(
    t.instance.prompts.promptAsync("ses_x", { parts: [{ type: "text", text: "Hi" }] }),
  ).rejects.toMatchObject({ kind: "not-found" });
  expect(t.history(session)).toEqual([]);
  expect(t.events).toEqual([]);
});

test("an id that is taken is a conflict", async () => {
  await using t = await sessionApp({ turns: [{ text: "Hi" }] });
  const session = t.create();
  await t.prompt(session, "Hi", { messageID: "msg_1" });
  await expect(t.prompt(session, "Hi", { messageID: "msg_1" })).rejects.toMatchObject({
    kind: "conflict",
  });
  expect(t.history(session)).toHaveLength(2);
});

test("without any model the person is told what to do", async () => {
  await using t = await sessionApp();
  await Bun.write(`${t.directory}/opencode.json`, "{}");
  t.instance.config.reload();
  await expect(t.prompt(t.create(), "Hi")).rejects.toMatchObject({
    kind: "unavailable",
    name: "NoModelError",
    message: expect.stringContaining("opencode auth login"),
  });
});

test("agent and model are remembered; ones that are gone are passed over", async () => {
  await using t = await sessionApp({
    models: ["main", "other"],
    config: { agent: { helper: { mode: "primary", prompt: "Help" } } },
    turns: [{ text: "1" }, { text: "2" }, { text: "3" }],
  });
  const session = t.create();
  const model = { providerID: "scripted", modelID: "other" };
  await t.prompt(session, "Hi", { agent: "helper", model, variant: "high" });
  const stored = t.instance.sessions.get(session.id);
  expect(stored).toMatchObject({ agent: "helper", model: { id: "other", variant: "high" } });
  expect((await t.prompt(session, "Again")).info).toMatchObject({
    agent: "helper",
    modelID: "other",
  });
  const { provider, ...config } = t.model.config();
  const { main } = (provider["scripted"] as { models: { main: object } }).models;
  const left = { scripted: { ...(provider["scripted"] as object), models: { main } } };
  await Bun.write(`${t.directory}/opencode.json`, JSON.stringify({ ...config, provider: left }));
  t.instance.config.reload();
  expect((await t.prompt(session, "Again")).info).toMatchObject({
    agent: "build",
    modelID: "main",
  });
});

test("a prompt to a session that another process runs is refused, and not stored", async () => {
  const other = Bun.spawn(["sleep", "600"]);
  const holder = processIdentity(other.pid);
  await using t = await sessionApp({ turns: [{ text: "Hi" }] });
  const session = t.create();
  if (!holder) throw new Error("no identity");
  t.app.services.sessionStore.claimRun(session.id, holder, () => true);
  const busy = { kind: "busy", message: expect.stringContaining(`pid ${other.pid}`) };
  await expect(t.prompt(session, "Hi")).rejects.toMatchObject(busy);
  const parts = [{ type: "text" as const, text: "Hi" }];
  await expect(t.instance.prompts.promptAsync(session.id, { parts })).rejects.toMatchObject(busy);
  await expect(t.instance.sessions.abort(session.id)).rejects.toMatchObject(busy);
  await expect(t.instance.sessions.remove(session.id)).rejects.toMatchObject(busy);
  expect(t.history(session)).toEqual([]);
  other.kill("SIGKILL");
  await other.exited;
  expect((await t.prompt(session, "Hi")).info).toMatchObject({ finish: "stop" });
});

test("a signal that is aborted already accepts nothing; later it stops the session", async () => {
  await using t = await sessionApp({ turns: [{ fault: "hang-headers" }] });
  const session = t.create();
  const input = { parts: [{ type: "text" as const, text: "Hi" }] };
  const gone = AbortSignal.abort();
  await expect(t.instance.prompts.prompt(session.id, input, gone)).rejects.toThrow();
  expect(t.history(session)).toEqual([]);
  const controller = new AbortController();
  const answered = t.instance.prompts.prompt(session.id, input, controller.signal);
  await t.model.waitForRequest(0);
  controller.abort();
  expect((await answered).info).toMatchObject({ error: { name: "MessageAbortedError" } });
});

test("what a process that died since left unfinished is ended before the next step", async () => {
  await using t = await sessionApp({ turns: [{ text: "One" }, { text: "Two" }] });
  const session = t.create();
  const { info } = await t.prompt(session, "Hi");
  const { sessionStore } = t.app.services;
  const state = { status: "running" as const, input: {}, time: { start: 1 } };
  const place = { id: "prt_zzz", sessionID: session.id, messageID: info.id };
  sessionStore.putPart({ ...place, type: "tool", tool: "read", callID: "c", state });
  t.events.length = 0;
  await t.prompt(session, "Go on");
  expect(t.calls(session)).toMatchObject([
    { state: { status: "error", metadata: { interrupted: true } } },
  ]);
  expect(t.model.requests[1]?.body).toContain("Interrupted: the program ended");
  expect(t.told("message.part.updated").map(({ part }) => part.id)).toContain("prt_zzz");
  expect(t.model.violations).toEqual([]);
});

test("a prompt without parts is a word to go on; parts that say nothing are refused", async () => {
  await using t = await sessionApp({ turns: [{ text: "One" }, { text: "Two" }] });
  const session = t.create();
  const { prompts } = t.instance;
  expect((await prompts.prompt(session.id, { parts: [] })).info).toMatchObject({ finish: "stop" });
  expect((await prompts.prompt(session.id, { parts: [] })).parts).toContainEqual(
    expect.objectContaining({ text: "Two" }),
  );
  const roles = t.model.requests[1]?.request.messages.map(({ role }) => role).join(" ");
  expect(roles).toBe("user assistant user");
  const stored = await prompts.prompt(session.id, { parts: [], noReply: true });
  expect(stored.parts).toEqual([]);
  const blank = { parts: [{ type: "text" as const, text: " " }] };
  await expect(prompts.prompt(session.id, blank)).rejects.toMatchObject({ kind: "invalid" });
  expect(t.model.violations).toEqual([]);
});
