// What goes wrong with the model: how often it is tried again, what is told meanwhile, and what the
// caller and the transcript are left with. The next prompt works, whatever happened.
import { expect, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { FakeClock } from "@test/support/clock";
import { type SessionApp, sessionApp, trace } from "@test/support/session-app";

const NOW = { "retry-after-ms": "1" };

async function answer(t: SessionApp): Promise<MessageWithParts> {
  const session = t.create();
  const answer = await t.prompt(session, "Tell");
  expect(t.told("session.idle")).toEqual([{ sessionID: session.id }]);
  expect(t.instance.runs.status()).toEqual({});
  t.model.push({ text: "Again" });
  const again = await t.prompt(session, "Once more");
  expect(again.info).toMatchObject({ finish: "stop" });
  expect(t.model.violations).toEqual([]);
  return answer;
}

/** Resolves when the next wait before a retry begins, with its end. */
async function retry(t: SessionApp): Promise<number> {
  const { status } = await t.next("session.status", ({ status }) => status.type === "retry");
  return status.type === "retry" ? status.next : 0;
}

test.each([
  [400, "APIError"],
  [401, "ProviderAuthError"],
  [403, "ProviderAuthError"],
  [404, "APIError"],
  [413, "ContextOverflowError"],
])("status %d ends the turn at once, as %s", async (status, name) => {
  await using t = await sessionApp({ turns: [{ status }] });
  const { info, parts } = await answer(t);
  expect(info).toMatchObject({ error: { name }, time: { completed: expect.any(Number) } });
  expect(parts.map(({ type }) => type)).toEqual(["step-start"]);
  expect(t.told("session.error")).toMatchObject([{ error: { name } }]);
  expect(trace(t.events).slice(1, 9)).toEqual([
    "message.updated(user)",
    "message.part.updated(text)",
    "session.status(busy)",
    "message.updated(assistant)",
    "message.part.updated(step-start)",
    `message.updated(assistant completed ${name})`,
    `session.error(${name})`,
    "session.status(idle)",
  ]);
});

test("a passing failure is tried again in the same message, and told while it waits", async () => {
  const turns: ScriptedTurn[] = [
    { status: 429, headers: NOW },
    { status: 503, headers: NOW },
    { text: "At last" },
  ];
  await using t = await sessionApp({ turns });
  const { info, parts } = await answer(t);
  expect(info).not.toHaveProperty("error");
  expect(parts.find((part) => part.type === "text")).toMatchObject({ text: "At last" });
  const statuses = t.told("session.status").map(({ status }) => status);
  expect(statuses.slice(0, 6)).toMatchObject([
    { type: "busy" },
    { type: "retry", attempt: 1, next: expect.any(Number), message: expect.any(String) },
    { type: "busy" },
    { type: "retry", attempt: 2 },
    { type: "busy" },
    { type: "idle" },
  ]);
});

test("what a failed attempt said is taken back before the next one", async () => {
  const clock = new FakeClock();
  await using t = await sessionApp({
    clock,
    turns: [{ text: ["Half ", "of ", "it ", "all"], fault: "end-mid" }, { text: "All of it" }],
  });
  const session = t.create();
  const waits = retry(t);
  const answered = t.prompt(session, "Tell");
  const next = await waits;
  expect(t.told("message.part.removed")).toHaveLength(1);
  await clock.advance(next - clock.now());
  const { parts } = await answered;
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  expect(texts).toEqual(["All of it"]);
  expect(t.history(session).at(-1)?.parts).toEqual(parts);
});

test("a person need not wait: what is put off is sent at once", async () => {
  const clock = new FakeClock();
  const headers = { "retry-after-ms": "60000" };
  await using t = await sessionApp({ clock, turns: [{ status: 429, headers }, { text: "Now" }] });
  const { llm } = t.app.services;
  const session = t.create();
  expect(llm.retryNow(session.id)).toBe(false);
  const waits = retry(t);
  const answered = t.prompt(session, "Tell");
  await waits;
  await clock.waitForPending();
  expect(llm.retryNow("ses_other")).toBe(false);
  expect(llm.retryNow(session.id)).toBe(true);
  const { parts } = await answered;
  expect(parts.find((part) => part.type === "text")).toMatchObject({ text: "Now" });
  expect(llm.retryNow(session.id)).toBe(false);
});

test("a failure that stays is given up after five attempts", async () => {
  const turns = Array.from({ length: 5 }, () => ({ status: 500, headers: NOW }));
  await using t = await sessionApp({ turns });
  const { info } = await answer(t);
  expect(info).toMatchObject({ error: { name: "APIError", data: { statusCode: 500 } } });
  expect(t.model.requests).toHaveLength(6);
});

test("a filtered answer says so", async () => {
  await using t = await sessionApp({ turns: [{ text: "Well", finish: "content-filter" }] });
  const { info } = await answer(t);
  expect(info).toMatchObject({ finish: "content-filter", error: { name: "ContentFilterError" } });
});

test("an answer cut at the output limit is an answer", async () => {
  await using t = await sessionApp({ turns: [{ text: "So much", finish: "length" }] });
  const { info } = await answer(t);
  expect(info).toMatchObject({ finish: "length" });
  expect(info).not.toHaveProperty("error");
});

test("a call cut at the output limit is not run, and the model is told why", async () => {
  await using t = await sessionApp({ turns: [{ body: cutCall() }, { text: "In pieces then" }] });
  const session = t.create();
  await t.prompt(session, "Write");
  expect(t.calls(session)).toMatchObject([
    { tool: "write", state: { status: "error", error: expect.stringContaining("output limit") } },
  ]);
  expect(t.model.requests[1]?.body).toContain("in smaller pieces");
  expect(t.model.violations).toEqual([]);
});

/** A call whose arguments end in the middle, and then the finish of an answer that was cut. */
async function* cutCall() {
  const chunk = (choice: object) =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [choice] })}\n\n`;
  const call = { name: "write", arguments: '{"filePath":"a.txt","content":"begi' };
  const delta = { tool_calls: [{ index: 0, id: "call_1", type: "function", function: call }] };
  yield chunk({ index: 0, delta });
  yield chunk({ index: 0, delta: {}, finish_reason: "length" });
  yield "data: [DONE]\n\n";
}

test("an empty answer is tried again, then told", async () => {
  const clock = new FakeClock();
  const turns = Array.from({ length: 5 }, (): ScriptedTurn => ({ fault: "empty" }));
  await using t = await sessionApp({ clock, turns });
  const session = t.create();
  let waits = retry(t);
  const answered = t.prompt(session, "Tell");
  for (let attempt = 1; attempt < 5; attempt++) {
    const next = await waits;
    waits = retry(t);
    await clock.advance(next - clock.now());
  }
  expect((await answered).info).toMatchObject({ error: { name: "APIError" } });
});

test("a stream that stalls is ended by its time limit", async () => {
  const clock = new FakeClock();
  await using t = await sessionApp({
    clock,
    providerOptions: { chunkTimeout: 1_000 },
    turns: [{ text: ["Half", " and half"], fault: "hang-mid" }, { text: "Whole" }],
  });
  const session = t.create();
  const begun = t.next("message.part.updated", ({ part }) => part.type === "text" && !!part.time);
  const answered = t.prompt(session, "Tell");
  await begun;
  const waits = retry(t);
  await clock.advance(1_000);
  await clock.advance((await waits) - clock.now());
  expect((await answered).parts).toContainEqual(expect.objectContaining({ text: "Whole" }));
});

test("an agent that is gone when its prompt's turn comes is that answer's error", async () => {
  const gate = Promise.withResolvers<void>();
  await using t = await sessionApp({
    config: { agent: { helper: { mode: "primary", prompt: "Help" } } },
    turns: [{ text: "One", gate: gate.promise }, { text: "Three" }],
  });
  const session = t.create();
  const first = t.prompt(session, "First");
  await t.model.waitForRequest(0);
  const stored = t.next("message.updated");
  const second = t.prompt(session, "Second", { agent: "helper" });
  await stored;
  await Bun.write(`${t.directory}/opencode.json`, JSON.stringify(t.model.config()));
  t.instance.config.reload();
  gate.resolve();
  const error = { name: "UnknownError", data: { message: expect.stringContaining("helper") } };
  expect((await second).info).toMatchObject({ agent: "helper", error });
  await first;
  expect(t.history(session).flatMap(({ parts }) => parts)).toContainEqual(
    expect.objectContaining({ type: "text", text: "One" }),
  );
  expect((await t.prompt(session, "Third")).info).toMatchObject({ agent: "build" });
});
