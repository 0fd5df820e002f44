// Time limits on a provider that stops talking. The clock is moved by hand; what is real is the
// connection, on which the server sends what each test says and no more.

import { describe, expect, test } from "bun:test";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { AsyncQueue } from "@/base/queue";
import { Logger } from "@/base/log";
import { LLM } from "@/llm/llm";
import type { ModelEvent } from "@/llm/model-event";
import { timeLimits } from "@/llm/transport";
import { collect, errorOf, ofType, requestTo, textOf } from "@test/llm/scripted-request";
import { FakeClock } from "@test/support/clock";
import {
  type ScriptedModel,
  scriptedModel,
  WIRE_NAMES,
} from "@test/support/scripted-model/scripted-model";
import { type Fault, type Turn } from "@test/support/scripted-model/turn";

const LIMIT_MS = 2_000;

interface Run {
  events: ModelEvent[];
  done: Promise<void>;
  clock: FakeClock;
  abort: () => void;
  /** Resolves when an event for which this holds has come. */
  until(matches: (event: ModelEvent) => boolean): Promise<void>;
}

function start(model: ScriptedModel, options: Record<string, unknown>): Run {
  const clock = new FakeClock();
  const controller = new AbortController();
  const llm = new LLM({ clock, log: Logger.silent(), random: () => 0 });
  const events: ModelEvent[] = [];
  let waiters: { matches: (event: ModelEvent) => boolean; resolve: () => void }[] = [];
  const read = async () => {
    for await (const event of llm.stream(requestTo(model, {}, options), controller.signal)) {
      events.push(event);
      const reached = waiters.filter((waiter) => waiter.matches(event));
      waiters = waiters.filter((waiter) => !reached.includes(waiter));
      for (const waiter of reached) waiter.resolve();
    }
  };
  return {
    events,
    done: read(),
    clock,
    abort: () => controller.abort(),
    until(matches) {
      if (events.some(matches)) return Promise.resolve();
      return new Promise((resolve) => waiters.push({ matches, resolve }));
    },
  };
}

const isRetry = (event: ModelEvent) => event.type === "retry";

describe.each([...WIRE_NAMES])("over %s", (wire) => {
  test("no headers within the limit is a failure that says so", async () => {
    await using model = scriptedModel({ wire, turns: [{ fault: "hang-headers" }] });
    const run = start(model, { headerTimeout: LIMIT_MS, chunkTimeout: false });
    const request = await model.waitForRequest(0);
    await run.clock.advance(LIMIT_MS);
    await run.until(isRetry);
    expect(ofType(run.events, "retry")[0]?.message).toContain("headerTimeout");
    expect(await request.ended).toEqual({ aborted: true });
    run.abort();
    await run.done;
  });

  test("silence in the middle of an answer is a failure that says so", async () => {
    const turn: Turn = { text: ["One ", "two ", "three ", "four"], fault: "hang-mid" };
    await using model = scriptedModel({ wire, turns: [turn] });
    const run = start(model, { headerTimeout: LIMIT_MS, chunkTimeout: LIMIT_MS });
    await run.until((event) => event.type === "text-delta");
    await run.clock.advance(2 * LIMIT_MS);
    await run.until(isRetry);
    expect(ofType(run.events, "retry")[0]?.message).toContain("chunkTimeout");
    run.abort();
    await run.done;
  });

  test("keep-alives are no progress", async () => {
    const beats = new AsyncQueue<void>();
    const turn: Turn = { fault: "keepalive-only", beats };
    await using model = scriptedModel({ wire, turns: [turn] });
    const run = start(model, { headerTimeout: false, chunkTimeout: LIMIT_MS });
    await model.waitForRequest(0);
    await run.clock.waitForPending();
    beats.push();
    await run.clock.advance(0.6 * LIMIT_MS);
    beats.push();
    await run.clock.advance(0.6 * LIMIT_MS);
    await run.until(isRetry);
    expect(ofType(run.events, "retry")[0]?.message).toContain("chunkTimeout");
    beats.close();
    run.abort();
    await run.done;
  });

  test("an answer that keeps coming may take longer than the limit", async () => {
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    const text = ["One ", first.promise, "two ", second.promise, "three"];
    await using model = scriptedModel({ wire, turns: [{ text }] });
    const run = start(model, { headerTimeout: LIMIT_MS, chunkTimeout: LIMIT_MS });
    const heard = (word: string) => (event: ModelEvent) =>
      event.type === "text-delta" && event.text.startsWith(word);
    await run.until(heard("One"));
    await run.clock.advance(0.9 * LIMIT_MS);
    first.resolve();
    await run.until(heard("two"));
    await run.clock.advance(0.9 * LIMIT_MS);
    second.resolve();
    await run.done;
    expect(textOf(run.events)).toBe("One two three");
    expect(run.clock.pending).toBe(0);
  });
});

test("the limit on the whole answer holds although it keeps coming", async () => {
  const never = new Promise<void>(() => {});
  await using model = scriptedModel({ turns: [{ text: ["One ", never] }] });
  const run = start(model, { timeout: LIMIT_MS });
  await run.until((event) => event.type === "text-delta");
  await run.clock.advance(LIMIT_MS);
  await run.until(isRetry);
  expect(ofType(run.events, "retry")[0]?.message).toContain("options.timeout");
  run.abort();
  await run.done;
  expect(errorOf(run.events).name).toBe("MessageAbortedError");
});

test("limits that are switched off set no timer", async () => {
  await using model = scriptedModel({ turns: [{ fault: "hang-headers" }] });
  const run = start(model, { timeout: false, headerTimeout: false, chunkTimeout: false });
  await model.waitForRequest(0);
  expect(run.clock.pending).toBe(0);
  run.abort();
  await run.done;
});

test("the limits are five minutes unless configured otherwise", () => {
  const standard = { headerMs: 300_000, chunkMs: 300_000, totalMs: undefined };
  expect(timeLimits({})).toEqual(standard);
  expect(timeLimits({ headerTimeout: "soon", chunkTimeout: -1 })).toEqual(standard);
  expect(timeLimits({ headerTimeout: false, chunkTimeout: 5, timeout: 7 })).toEqual({
    headerMs: undefined,
    chunkMs: 5,
    totalMs: 7,
  });
});

describe("answers that are no event stream", () => {
  const answers: [string, Turn, string][] = [
    ["a web page", { body: "<html><title>Portal login</title></html>" }, "Portal login"],
    ["a web page as 502", { status: 502, body: "<!DOCTYPE html><title>Bad gateway" }, "502"],
    ["truncated JSON", { body: '{"id": "x", "choices": [' }, "no event stream"],
    ["truncated JSON as 500", { status: 500, body: '{"error": {"mess' }, "status 500"],
    ["nothing at all", { body: "" }, "answered with nothing"],
  ];

  test.each(answers)("%s", async (_, turn, words) => {
    await using model = scriptedModel({ turns: Array<Turn>(5).fill(turn) });
    const run = start(model, {});
    const pass = async () => {
      for (let attempt = 1; attempt < 5; attempt++) {
        await run.until((event) => event.type === "retry" && event.attempt === attempt);
        await run.clock.waitForPending();
        await run.clock.advance(60_000);
      }
    };
    await Promise.race([run.done, pass().then(() => run.done)]);
    expect(JSON.stringify(errorOf(run.events))).toContain(words);
  });

  test("events under a wrong content type are read as events", async () => {
    const frames = [
      'data: {"id":"1","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n',
      'data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
      "data: [DONE]\n\n",
    ];
    const body = new AsyncQueue<string>();
    for (const frame of frames) body.push(frame);
    body.close();
    const headers = { "content-type": "application/json" };
    await using model = scriptedModel({ turns: [{ body, headers }] });
    const run = start(model, {});
    await run.done;
    expect(textOf(run.events)).toBe("Hi");
  });

  test("an endless error body is cut and told", async () => {
    const body = new AsyncQueue<string>();
    for (let n = 0; n < 3 * 16; n++) body.push("x".repeat(64 * 1024));
    const headers = { "content-type": "text/plain" };
    await using model = scriptedModel({ turns: [{ status: 400, body, headers }] });
    const run = start(model, {});
    await run.done;
    const error = errorOf(run.events);
    expect(error.name).toBe("APIError");
    expect(JSON.stringify(error).length).toBeLessThan(10_000);
    body.close();
  });
});

test.each(["hang-body", "hang-mid"] as Fault[])("an abort ends a stream in %s", async (fault) => {
  await using model = scriptedModel({ turns: [{ text: ["a", "b", "c"], fault }] });
  const run = start(model, {});
  const request = await model.waitForRequest(0);
  await run.clock.waitForPending();
  run.abort();
  await run.done;
  expect(errorOf(run.events).name).toBe("MessageAbortedError");
  expect(await request.ended).toEqual({ aborted: true });
});

describe("behind the end that an answer announces", () => {
  /** Answers each request as a whole; its own end is left to the test. */
  async function announcing() {
    const answers = new AsyncQueue<ServerResponse>();
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" });
      const choice = { index: 0, delta: { content: "Hi" }, finish_reason: "stop" };
      response.write(`data: ${JSON.stringify({ id: "1", choices: [choice] })}\n\n`);
      response.write("data: [DONE]\n\n");
      answers.push(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const request = requestTo({
      baseURL: `http://127.0.0.1:${port}/v1`,
      wire: "openai-compatible",
    });
    const clock = new FakeClock();
    const llm = new LLM({ clock, log: Logger.silent() });
    return {
      clock,
      /** Asks, reads the answer to its announced end, and gives the server's side of it. */
      async ask() {
        const events = await collect(llm.stream(request, new AbortController().signal));
        expect(textOf(events)).toBe("Hi");
        const { value } = await answers[Symbol.asyncIterator]().next();
        return value as ServerResponse;
      },
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  test("a connection whose answer ends a moment later serves another request", async () => {
    await using server = await announcing();
    const used = new Set<Socket | null>();
    for (;;) {
      const response = await server.ask();
      if (used.has(response.socket)) break;
      used.add(response.socket);
      response.end();
    }
  });

  test("one that the server leaves open is dropped after a second", async () => {
    await using server = await announcing();
    const response = await server.ask();
    const closed = new Promise((resolve) => response.once("close", resolve));
    await server.clock.advance(1_000);
    await closed;
  });
});
