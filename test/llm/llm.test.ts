// LLM.stream over the four wires: what an answer becomes, what is sent, and how it is stopped.

import { describe, expect, test } from "bun:test";
import { systemClock } from "@/base/clock";
import { Logger } from "@/base/log";
import { LLM } from "@/llm/llm";
import type { ModelMessage } from "@/llm/model-event";
import {
  collect,
  errorOf,
  HELLO,
  modelOf,
  ofType,
  READ_TOOL,
  requestTo,
  textOf,
} from "@test/llm/scripted-request";
import { scriptedModel, WIRE_NAMES } from "@test/support/scripted-model/scripted-model";

const live = new AbortController().signal;

function llm(): LLM {
  return new LLM({ clock: systemClock, log: Logger.silent(), random: () => 0 });
}

describe.each([...WIRE_NAMES])("over %s", (wire) => {
  test("text comes in pieces, between a start and an end", async () => {
    await using model = scriptedModel({ wire, turns: [{ text: ["Hel", "lo", "!"] }] });
    const events = await collect(llm().stream(requestTo(model), live));
    // Pieces that the network brings at once may be one.
    const types = events.map((event) => event.type);
    const others = types.filter((type, index) => type !== types[index - 1]);
    expect(others).toEqual(["text-start", "text-delta", "text-end", "finish"]);
    expect(textOf(events)).toBe("Hello!");
    expect(ofType(events, "finish")[0]?.reason).toBe("stop");
    expect(model.violations).toEqual([]);
  });

  test("reasoning is told apart from text and ends before it", async () => {
    const turns = [{ reasoning: ["Let me ", "think."], text: "Done." }];
    await using model = scriptedModel({ wire, turns });
    const events = await collect(llm().stream(requestTo(model), live));
    expect(textOf(events, "reasoning-delta")).toBe("Let me think.");
    expect(textOf(events)).toBe("Done.");
    const types = events.map((event) => event.type);
    expect(types.indexOf("reasoning-end")).toBeLessThan(types.indexOf("text-delta"));
  });

  test("parallel calls keep their ids, names and arguments", async () => {
    const calls = [
      { tool: "read", input: { filePath: "a.ts" }, id: "call_a" },
      { tool: "read", input: { filePath: "b é\n.ts" }, id: "call_b" },
    ];
    await using model = scriptedModel({ wire, turns: [{ text: "Reading.", calls }] });
    const events = await collect(llm().stream(requestTo(model), live));
    const told = ofType(events, "tool-call");
    expect(told.map(({ callID, tool }) => [callID, tool])).toEqual([
      ["call_a", "read"],
      ["call_b", "read"],
    ]);
    expect(told.map((call) => JSON.parse(call.input))).toEqual(calls.map((call) => call.input));
    expect(ofType(events, "tool-start").map((event) => event.callID)).toEqual(["call_a", "call_b"]);
    for (const call of told) {
      const deltas = ofType(events, "tool-delta").filter((event) => event.callID === call.callID);
      expect(deltas.map((event) => event.text).join("")).toBe(call.input);
    }
    expect(ofType(events, "finish")[0]?.reason).toBe("tool-calls");
  });

  test("usage leaves cached tokens out of input and reasoning out of output", async () => {
    const usage = { input: 120, cacheRead: 900, output: 30, reasoning: 12 };
    await using model = scriptedModel({ wire, turns: [{ text: "Hi", usage }] });
    const events = await collect(llm().stream(requestTo(model), live));
    expect(ofType(events, "finish")[0]?.usage).toEqual({
      input: 120,
      output: 30,
      reasoning: 12,
      cache: { read: 900, write: 0 },
      total: 1062,
    });
  });

  test("an answer cut at the length limit says so and keeps its text", async () => {
    await using model = scriptedModel({ wire, turns: [{ text: "Hal", finish: "length" }] });
    const events = await collect(llm().stream(requestTo(model), live));
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "length" });
  });

  test("the length limit before any text is an error after the finish", async () => {
    await using model = scriptedModel({ wire, turns: [{ reasoning: "Hm", finish: "length" }] });
    const events = await collect(llm().stream(requestTo(model), live));
    expect(errorOf(events).name).toBe("MessageOutputLengthError");
    expect(ofType(events, "finish")[0]?.reason).toBe("length");
  });

  test("a content filter is an error after the finish", async () => {
    const turns = [{ text: "Well", finish: "content-filter" } as const];
    await using model = scriptedModel({ wire, turns });
    const events = await collect(llm().stream(requestTo(model), live));
    expect(errorOf(events).name).toBe("ContentFilterError");
    expect(ofType(events, "finish")[0]?.reason).toBe("content-filter");
  });

  test("a conversation with calls, results and reasoning is accepted and understood", async () => {
    const calls = [
      { tool: "read", input: { filePath: "a.ts" } },
      { tool: "read", input: { filePath: "b.ts" } },
    ];
    const turns = [{ reasoning: "Look.", text: "Reading.", calls }, { text: "Done." }];
    await using model = scriptedModel({ wire, turns });
    const first = await collect(llm().stream(requestTo(model), live));
    const messages = [...HELLO, ...answerMessages(first)];
    const second = await collect(llm().stream(requestTo(model, { messages }), live));
    expect(textOf(second)).toBe("Done.");
    expect(model.violations).toEqual([]);
    const seen = model.requests[1]?.request;
    expect(seen?.system).toBe("You are a test.");
    expect(seen?.messages[0]?.text).toBe("Hello");
    expect(seen?.messages.flatMap((message) => message.calls.map((call) => call.tool))).toEqual([
      "read",
      "read",
    ]);
    expect(
      seen?.messages.flatMap((message) => message.results.map((result) => result.text)),
    ).toEqual(["content 0", "content 1"]);
    if (wire !== "google") expect(seen?.messages[1]?.reasoning).toContain("Look.");
  });

  test("the request carries the limits, the tools in order, and who asks", async () => {
    await using model = scriptedModel({ wire, turns: [{ text: "Hi" }] });
    const write = { ...READ_TOOL, name: "write", description: "Writes a file." };
    const request = requestTo(model, { tools: [write, READ_TOOL], temperature: 0.5 });
    await collect(llm().stream(request, live));
    const seen = model.requests[0];
    expect(seen?.request.tools.map((tool) => tool.name)).toEqual(["write", "read"]);
    expect(seen?.request.maxOutputTokens).toBe(8_000);
    expect(seen?.request.temperature).toBe(0.5);
    expect(seen?.headers["user-agent"]).toStartWith("opencode/");
    expect(seen?.headers["x-session-id"]).toBe("ses_test");
  });

  test("an abort closes the connection and ends with MessageAbortedError", async () => {
    const never = new Promise<void>(() => {});
    await using model = scriptedModel({ wire, turns: [{ text: ["Hel", never, "lo"] }] });
    const controller = new AbortController();
    const events = [];
    for await (const event of llm().stream(requestTo(model), controller.signal)) {
      events.push(event);
      if (event.type === "text-delta") controller.abort();
    }
    expect(errorOf(events).name).toBe("MessageAbortedError");
    expect(await model.requests[0]?.ended).toEqual({ aborted: true });
  });

  test("an abort before the headers ends with MessageAbortedError", async () => {
    await using model = scriptedModel({ wire, turns: [{ fault: "hang-headers" }] });
    const controller = new AbortController();
    const events = collect(llm().stream(requestTo(model), controller.signal));
    const request = await model.waitForRequest(0);
    controller.abort();
    expect(errorOf(await events).name).toBe("MessageAbortedError");
    expect(await request.ended).toEqual({ aborted: true });
  });

  test("leaving the loop closes the connection", async () => {
    const never = new Promise<void>(() => {});
    await using model = scriptedModel({ wire, turns: [{ text: ["Hel", never, "lo"] }] });
    for await (const event of llm().stream(requestTo(model), live)) {
      if (event.type === "text-delta") break;
    }
    expect(await model.requests[0]?.ended).toEqual({ aborted: true });
  });
});

test("an aborted signal sends nothing", async () => {
  await using model = scriptedModel({ turns: [{ text: "Hi" }] });
  const events = await collect(llm().stream(requestTo(model), AbortSignal.abort()));
  expect(errorOf(events).name).toBe("MessageAbortedError");
  expect(model.requests).toEqual([]);
});

test("arguments which are no JSON come as the model wrote them", async () => {
  const calls = [{ tool: "read", input: '{"filePath": "a' }];
  await using model = scriptedModel({ turns: [{ calls }] });
  const events = await collect(llm().stream(requestTo(model), live));
  expect(ofType(events, "tool-call")[0]?.input).toBe('{"filePath": "a');
});

test.each(["", "null", "  "])("arguments %p become an empty object", async (input) => {
  await using model = scriptedModel({ turns: [{ calls: [{ tool: "read", input }] }] });
  const events = await collect(llm().stream(requestTo(model), live));
  expect(ofType(events, "tool-call")[0]?.input).toBe("{}");
});

test("calls which share one id are told apart", async () => {
  const calls = [
    { tool: "read", input: { filePath: "a" }, id: "same" },
    { tool: "read", input: { filePath: "b" }, id: "same" },
  ];
  await using model = scriptedModel({ turns: [{ calls }] });
  const events = await collect(llm().stream(requestTo(model), live));
  const ids = ofType(events, "tool-call").map((call) => call.callID);
  expect(new Set(ids).size).toBe(2);
});

test("a package that is not built in is an error which says what to do", async () => {
  await using model = scriptedModel();
  const api = { id: "main", url: model.baseURL, npm: "watsonx-ai-provider" };
  const request = requestTo(model, { model: modelOf(model, { api }) });
  const error = errorOf(await collect(llm().stream(request, live)));
  expect(error.name).toBe("UnknownError");
  expect(JSON.stringify(error)).toContain("watsonx-ai-provider");
});

test("a provider without an address names the key that is missing", async () => {
  await using model = scriptedModel();
  const api = { id: "main", url: "", npm: "@ai-sdk/openai-compatible" };
  const request = requestTo(model, { model: modelOf(model, { api }) }, { baseURL: undefined });
  const error = errorOf(await collect(llm().stream(request, live)));
  expect(JSON.stringify(error)).toContain("provider.scripted.options.baseURL");
});

test("what a chat server is told besides the standard stands in the body as it is", async () => {
  await using model = scriptedModel({ turns: [{ text: "Hi" }] });
  const api = { id: "anthropic/claude-sonnet-5", url: "", npm: "@openrouter/ai-sdk-provider" };
  const options = { reasoning: { effort: "high" } };
  const request = requestTo(model, { model: modelOf(model, { api }), options });
  expect(textOf(await collect(llm().stream(request, live)))).toBe("Hi");
  expect(model.requests[0]?.request.raw).toMatchObject({
    cache_control: { type: "ephemeral" },
    ...options,
  });
});

/** The assistant message and the results that follow such an answer. */
function answerMessages(events: Awaited<ReturnType<typeof collect>>): ModelMessage[] {
  const calls = ofType(events, "tool-call");
  const metadata = reasoningMetadata(events);
  return [
    {
      role: "assistant",
      content: [
        {
          type: "reasoning",
          text: textOf(events, "reasoning-delta"),
          ...(metadata ? { providerOptions: metadata } : {}),
        },
        { type: "text", text: textOf(events) },
        ...calls.map((call) => ({
          type: "tool-call" as const,
          toolCallId: call.callID,
          toolName: call.tool,
          input: JSON.parse(call.input),
          ...(call.metadata ? { providerOptions: json(call.metadata) } : {}),
        })),
      ],
    },
    {
      role: "tool",
      content: calls.map((call, index) => ({
        type: "tool-result",
        toolCallId: call.callID,
        toolName: call.tool,
        output: { type: "text", value: `content ${index}` },
      })),
    },
  ];
}

/** Each wire tells its signature at another of the three events; the last one is complete. */
function reasoningMetadata(events: Awaited<ReturnType<typeof collect>>) {
  const given = events
    .filter((event) => event.type.startsWith("reasoning-"))
    .map((event) => ("metadata" in event ? event.metadata : undefined))
    .findLast((metadata) => metadata !== undefined);
  return given ? json(given) : undefined;
}

function json<T>(value: T) {
  return JSON.parse(JSON.stringify(value));
}
