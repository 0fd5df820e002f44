// A provider that answers what no provider should: the answer says in a sentence what came, nothing
// of it leaks, and the next prompt is answered.

import { expect, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import { FakeClock } from "@test/support/clock";
import { SCRIPTED_KEY } from "@test/support/scripted-model/scripted-model";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { type SessionApp, sessionApp, type SessionAppOptions } from "@test/support/session-app";

const PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Hi</body></html>";
const WORDS = ["Half ", "of ", "it ", "all"];
const ATTEMPTS = 5;

/** An app whose clock goes on to the next attempt whenever one is waited for. */
async function patientApp(options: SessionAppOptions): Promise<SessionApp> {
  const clock = new FakeClock();
  const t = await sessionApp({ clock, ...options });
  t.instance.bus.subscribe((event) => {
    if (event.type !== "session.status" || event.properties.status.type !== "retry") return;
    const { next } = event.properties.status;
    queueMicrotask(() => void clock.advance(next - clock.now()));
  });
  return t;
}

/** Prompts, and checks what holds for every failure; gives the error's words. */
async function failureOf(t: SessionApp, name = "APIError"): Promise<string> {
  const session = t.create();
  const { info }: MessageWithParts = await t.prompt(session, "Hello");
  expect(info).toMatchObject({ error: { name }, time: { completed: expect.any(Number) } });
  const error = info.role === "assistant" ? info.error : undefined;
  const message = String(error?.data.message ?? "");
  expect(message.length).toBeWithin(10, 1_500);
  expect(JSON.stringify(error).length).toBeLessThan(10_000);
  expect(JSON.stringify(error)).not.toContain(SCRIPTED_KEY);
  expect(message).not.toMatch(/<\w+|\n\s*at /);
  expect(t.history(session).map(({ info }) => info.role)).toEqual(["user", "assistant"]);
  return message;
}

type Case = [what: string, turn: ScriptedTurn, attempts: number, words: RegExp];

const ANSWERS: Case[] = [
  ["a page", { body: PAGE }, ATTEMPTS, /HTML|page/i],
  ["a page that is an error", { status: 502, body: PAGE }, ATTEMPTS, /502/],
  ["a page that is a refusal", { status: 403, body: PAGE }, 1, /403/],
  ["JSON that is cut", { body: '{"choices":[{"del' }, ATTEMPTS, /no event stream/],
  ["JSON of another kind", { body: { greeting: "hi" } }, ATTEMPTS, /no event stream/],
  ["nothing", { body: "" }, ATTEMPTS, /nothing/],
  ["half of a stream", { text: WORDS, fault: "end-mid" }, ATTEMPTS, /./],
  ["half of a stream, then garbage", { text: WORDS, fault: "garbage-mid" }, ATTEMPTS, /./],
  ["an error that is cut", { status: 400, body: '{"error":{"mess' }, 1, /400/],
  ["an error of another kind", { status: 418, body: { detail: ["odd"] } }, 1, /418|odd/],
  ["an endless error", { status: 400, body: `{"x":"${"y".repeat(5e6)}"}` }, 1, /400/],
];

test.each(ANSWERS)("it answers with %s", async (_, turn, attempts, words) => {
  const turns = Array.from({ length: attempts }, () => turn);
  await using t = await patientApp({ turns });
  expect(await failureOf(t)).toMatch(words);
  expect(t.model.turnsLeft).toBe(0);
  t.model.push({ text: "Well again" });
  const { info } = await t.prompt(t.create(), "Hello");
  expect(info).not.toHaveProperty("error");
  expect(t.model.violations).toEqual([]);
});

test("it repeats the key that it refuses", async () => {
  const body = { error: { message: `Incorrect API key provided: ${SCRIPTED_KEY}` } };
  await using t = await patientApp({ turns: [{ status: 401, body }] });
  expect(await failureOf(t, "ProviderAuthError")).toContain("Incorrect API key");
});

/** The scripted provider at another address. */
const at = (baseURL: string) => ({ provider: { scripted: { options: { baseURL } } } });

test.each([
  ["nobody listens", "http://127.0.0.1:1/v1", "APIError", /127\.0\.0\.1:1\b/],
  ["the name leads nowhere", "http://host.invalid/v1", "APIError", /host\.invalid/],
  ["it is no address", "nonsense", "UnknownError", /provider\.scripted\.options\.baseURL/],
])("where %s", async (_, baseURL, name, words) => {
  await using t = await patientApp({});
  await t.instance.config.update(at(baseURL));
  expect(await failureOf(t, name)).toMatch(words);
});

const HEAD = "HTTP/1.1 200 OK\r\n";

test.each([
  ["is no HTTP", "220 mail ready, what do you want of me?\r\n\r\n"],
  ["has no length", `${HEAD}content-length: x\r\n\r\n`],
  ["has no pieces", `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`],
])("what comes back %s", async (_, bytes) => {
  using server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket) => void socket.end(bytes) },
  });
  await using t = await patientApp({});
  const address = `http://127.0.0.1:${server.port}`;
  await t.instance.config.update(at(`${address}/v1`));
  expect(await failureOf(t)).toBe(
    `Cannot talk to Scripted at ${address}: what answers there does not speak HTTP ` +
      "(is the provider's baseURL right?)",
  );
});
