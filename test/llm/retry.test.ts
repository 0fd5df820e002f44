// The retry policy as a table of failures, and LLM.stream keeping to it: how often it asks, when,
// and what it says meanwhile. Time passes only when a test says so.

import { describe, expect, test } from "bun:test";
import { Logger } from "@/base/log";
import type { Failure } from "@/llm/failure";
import { LLM } from "@/llm/llm";
import { decideRetry } from "@/llm/retry";
import { collect, errorOf, ofType, requestTo, textOf } from "@test/llm/scripted-request";
import { FakeClock } from "@test/support/clock";
import {
  type ScriptedModel,
  scriptedModel,
  WIRE_NAMES,
} from "@test/support/scripted-model/scripted-model";
import type { Fault, Turn } from "@test/support/scripted-model/turn";

const live = new AbortController().signal;
const ATTEMPTS = 5;
const MINUTE_MS = 60_000;

/** Runs the request to its end and lets each wait pass as soon as it begins. */
async function runThrough(model: ScriptedModel, clock: FakeClock, random = () => 0) {
  const llm = new LLM({ clock, log: Logger.silent(), random });
  const events = [];
  for await (const event of llm.stream(requestTo(model), live)) {
    events.push(event);
    // The wait begins once the reader of the event asks for the next one.
    if (event.type === "retry") {
      const waitMs = event.next - clock.now();
      void clock.waitForPending().then(() => clock.advance(waitMs));
    }
  }
  return events;
}

function failing(times: number, turn: Turn): Turn[] {
  return Array<Turn>(times).fill(turn);
}

describe("decideRetry", () => {
  const failure = (retryAfter?: Failure["retryAfter"], isRetryable = true): Failure => ({
    error: { name: "APIError", data: { message: "Busy.", isRetryable } },
    isRetryable,
    ...(retryAfter ? { retryAfter } : {}),
  });
  const state = { attempt: 1, waitedMs: 0, now: 1_000_000 };

  test.each([
    [1, 2_000],
    [2, 4_000],
    [3, 8_000],
    [4, 16_000],
  ])("after attempt %i it waits %i ms without jitter", (attempt, waitMs) => {
    expect(decideRetry(failure(), { ...state, attempt }, () => 0)).toEqual({ waitMs });
  });

  test("jitter adds up to a quarter", () => {
    expect(decideRetry(failure(), state, () => 1)).toEqual({ waitMs: 2_500 });
  });

  test("the fifth failure is the last", () => {
    expect(decideRetry(failure(), { ...state, attempt: 5 }, () => 0)).toHaveProperty("error");
  });

  test("what may not be retried ends at once", () => {
    expect(decideRetry(failure({ ms: 1 }, false), state, () => 0)).toHaveProperty("error");
  });

  test("the provider's own time is kept to the millisecond, without jitter", () => {
    expect(decideRetry(failure({ ms: 1_500 }), state, () => 1)).toEqual({ waitMs: 1_500 });
    expect(decideRetry(failure({ at: 1_007_000 }), state, () => 1)).toEqual({ waitMs: 7_000 });
    expect(decideRetry(failure({ ms: 5 }), state, () => 1)).toEqual({ waitMs: 100 });
  });

  test.each([{ ms: 0 }, { at: 5 }])("a time that is over is none: %p", (retryAfter) => {
    for (const attempt of [1, 4]) {
      const standard = decideRetry(failure(), { ...state, attempt }, () => 0);
      const decision = decideRetry(failure(retryAfter), { ...state, attempt }, () => 0);
      expect(decision).toEqual(standard);
    }
  });

  test("a longer wait than the budget leaves ends at once and says how long", () => {
    const decision = decideRetry(failure({ ms: 61 * MINUTE_MS }), state, () => 0);
    expect(JSON.stringify(decision)).toContain("61 minutes");
    for (const ms of [1e12, Number.POSITIVE_INFINITY]) {
      const absurd = decideRetry(failure({ ms }), state, () => 0);
      expect(JSON.stringify(absurd)).toContain("asks to wait more than a day before");
    }
    const late = { ...state, waitedMs: 4 * MINUTE_MS };
    expect(decideRetry(failure({ ms: 2 * MINUTE_MS }), late, () => 0)).toHaveProperty("error");
  });
});

describe("statuses that are retried", () => {
  test.each([408, 409, 429, 500, 502, 503, 504, 529])("%i", async (status) => {
    await using model = scriptedModel({ turns: [{ status }, { text: "Hi" }] });
    const events = await runThrough(model, new FakeClock());
    expect(textOf(events)).toBe("Hi");
    expect(model.requests).toHaveLength(2);
  });

  test("400 whose body says server_error", async () => {
    const body = { error: { message: "Oops", type: "server_error" } };
    await using model = scriptedModel({ turns: [{ status: 400, body }, { text: "Hi" }] });
    expect(textOf(await runThrough(model, new FakeClock()))).toBe("Hi");
  });

  test("200 whose body is an error that passes", async () => {
    const body = { error: { message: "Overloaded", type: "overloaded_error" } };
    await using model = scriptedModel({ turns: [{ body }, { text: "Hi" }] });
    const events = await runThrough(model, new FakeClock());
    expect(ofType(events, "retry")[0]?.message).toBe("Overloaded");
    expect(textOf(events)).toBe("Hi");
  });
});

describe("statuses that are not retried", () => {
  test.each([400, 401, 402, 403, 404, 413, 422, 501])("%i", async (status) => {
    await using model = scriptedModel({ turns: failing(2, { status }) });
    errorOf(await runThrough(model, new FakeClock()));
    expect(model.requests).toHaveLength(1);
  });

  test.each([
    ["insufficient_quota", "You exceeded your current quota, please check your plan."],
    ["credits", "Your credit balance is too low."],
    ["billing_error", "Billing is not set up."],
  ])("429 with %s", async (type, message) => {
    const turn = { status: 429, body: { error: { message, type } } };
    await using model = scriptedModel({ turns: failing(2, turn) });
    const error = errorOf(await runThrough(model, new FakeClock()));
    expect(error).toMatchObject({ name: "APIError", data: { message, isRetryable: false } });
    expect(model.requests).toHaveLength(1);
  });
});

test("429 which speaks of quota but names a time is a limit that passes", async () => {
  const message = "Rate limit exceeded. To increase your quota see the portal.";
  const turn = { status: 429, headers: { "retry-after": "6" }, body: { error: { message } } };
  await using model = scriptedModel({ turns: [turn, { text: "Hi" }] });
  const clock = new FakeClock();
  const events = await runThrough(model, clock);
  expect(ofType(events, "retry")[0]?.message).toBe(message);
  expect(textOf(events)).toBe("Hi");
});

test("Google's RetryInfo is a time to come back at", async () => {
  const body = {
    error: {
      code: 429,
      message: "You exceeded your current quota.",
      status: "RESOURCE_EXHAUSTED",
      details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" }],
    },
  };
  await using model = scriptedModel({
    wire: "google",
    turns: [{ status: 429, body }, { text: "Hi" }],
  });
  const clock = new FakeClock();
  const start = clock.now();
  const events = await runThrough(model, clock);
  expect(ofType(events, "retry")[0]?.next).toBe(start + 34_000);
  expect(textOf(events)).toBe("Hi");
});

test("it asks five times, after 2, 4, 8 and 16 seconds, and then tells the failure", async () => {
  await using model = scriptedModel({ turns: failing(9, { status: 503 }) });
  const clock = new FakeClock();
  const start = clock.now();
  const events = await runThrough(model, clock);
  expect(model.requests).toHaveLength(ATTEMPTS);
  expect(ofType(events, "retry").map(({ attempt, next }) => [attempt, next - start])).toEqual([
    [1, 2_000],
    [2, 6_000],
    [3, 14_000],
    [4, 30_000],
  ]);
  expect(ofType(events, "attempt").map((event) => event.attempt)).toEqual([2, 3, 4, 5]);
  expect(errorOf(events)).toMatchObject({ name: "APIError", data: { statusCode: 503 } });
});

test.each([
  ["retry-after-ms", "1250", 1_250],
  ["retry-after", "7", 7_000],
  ["retry-after", "Thu, 01 Jan 2026 00:00:20 GMT", 20_000],
])("%s: %s is obeyed", async (name, value, waitMs) => {
  const headers = { [name]: value };
  await using model = scriptedModel({ turns: [{ status: 429, headers }, { text: "Hi" }] });
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const start = clock.now();
  const events = await runThrough(model, clock, () => 1);
  expect(ofType(events, "retry")[0]?.next).toBe(start + waitMs);
  expect(textOf(events)).toBe("Hi");
});

test("an hour of retry-after fails at once", async () => {
  const turn = { status: 429, headers: { "retry-after": "3600" } };
  await using model = scriptedModel({ turns: failing(2, turn) });
  const error = errorOf(await runThrough(model, new FakeClock()));
  expect(model.requests).toHaveLength(1);
  expect(JSON.stringify(error)).toContain("60 minutes");
});

test("an abort during the wait ends it at once", async () => {
  await using model = scriptedModel({ turns: failing(2, { status: 503 }) });
  const clock = new FakeClock();
  const controller = new AbortController();
  const llm = new LLM({ clock, log: Logger.silent() });
  const events = [];
  for await (const event of llm.stream(requestTo(model), controller.signal)) {
    events.push(event);
    if (event.type === "retry") void clock.waitForPending().then(() => controller.abort());
  }
  expect(errorOf(events).name).toBe("MessageAbortedError");
  expect(model.requests).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

describe.each([...WIRE_NAMES])("over %s, an answer is repeated from its start after", (wire) => {
  const faults: Fault[] = ["cut-headers", "cut-mid", "end-mid", "error-mid", "empty"];

  test.each(faults)("%s", async (fault) => {
    const broken: Turn = { text: ["One ", "two ", "three ", "four"], fault };
    await using model = scriptedModel({ wire, turns: [broken, { text: "Whole." }] });
    const clock = new FakeClock();
    const events = await runThrough(model, clock);
    const afterRetry = events.slice(events.findIndex((event) => event.type === "attempt"));
    expect(textOf(afterRetry)).toBe("Whole.");
    expect(afterRetry.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
    expect(model.requests).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  test("garbage in the stream", async () => {
    const broken: Turn = { text: ["One ", "two ", "three"], fault: "garbage-mid" };
    await using model = scriptedModel({ wire, turns: [broken, { text: "Whole." }] });
    const events = await runThrough(model, new FakeClock());
    expect(textOf(events.slice(events.findIndex((event) => event.type === "attempt")))).toBe(
      "Whole.",
    );
  });

  test("an overloaded model that stays so, in words of the provider", async () => {
    const broken: Turn = { text: ["One ", "two"], fault: "error-mid" };
    await using model = scriptedModel({ wire, turns: failing(5, broken) });
    const error = errorOf(await runThrough(model, new FakeClock()));
    expect(model.requests).toHaveLength(ATTEMPTS);
    expect(error.name).toBe("APIError");
    expect(JSON.stringify(error).toLowerCase()).toContain("overloaded");
  });
});

test("a server that is not there is asked again, and named", async () => {
  await using model = scriptedModel();
  const request = requestTo(model);
  const { url } = model;
  await model.close();
  const clock = new FakeClock();
  const llm = new LLM({ clock, log: Logger.silent(), random: () => 0 });
  const events = [];
  for await (const event of llm.stream(request, live)) {
    events.push(event);
    if (event.type === "retry") void clock.waitForPending().then(() => clock.advance(MINUTE_MS));
  }
  expect(ofType(events, "retry")).toHaveLength(4);
  expect(errorOf(events)).toMatchObject({ name: "APIError", data: { isRetryable: true } });
  expect(JSON.stringify(errorOf(events))).toContain(url);
});

test("nothing is left pending on the clock after a good answer", async () => {
  await using model = scriptedModel({ turns: [{ text: "Hi" }] });
  const clock = new FakeClock();
  const llm = new LLM({ clock, log: Logger.silent() });
  await collect(llm.stream(requestTo(model), live));
  expect(clock.pending).toBe(0);
});
