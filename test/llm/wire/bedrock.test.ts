// Bedrock's stream, which is no event stream but frames of bytes with checksums: what its answers
// become, what goes back, and where it is told to cache.

import { expect, test } from "bun:test";
import { Logger } from "@/base/log";
import { LLM } from "@/llm/llm";
import type { ModelEvent, ModelMessage, ModelRequest } from "@/llm/model-event";
import {
  errorOf,
  HELLO,
  modelOf,
  ofType,
  READ_TOOL,
  requestTo,
  textOf,
} from "@test/llm/scripted-request";
import { FakeClock } from "@test/support/clock";
import { amazonFrame } from "@test/support/scripted-model/amazon-frames";
import { objectOf, objectsOf } from "@test/support/scripted-model/json";

const live = new AbortController().signal;
const MODEL = "us.anthropic.claude-sonnet-5";

function frame(...of: Parameters<typeof amazonFrame>): Buffer {
  return Buffer.from(amazonFrame(...of), "latin1");
}

function delta(contentBlockIndex: number, delta: unknown): Buffer {
  return frame("contentBlockDelta", { contentBlockIndex, delta });
}

function stop(contentBlockIndex: number): Buffer {
  return frame("contentBlockStop", { contentBlockIndex });
}

function end(stopReason: string): Buffer[] {
  const usage = { inputTokens: 10, outputTokens: 2, totalTokens: 12 };
  return [frame("messageStop", { stopReason }), frame("metadata", { usage })];
}

const START = frame("messageStart", { role: "assistant" });
const TEXT = [START, delta(0, { text: "Hel" }), delta(0, { text: "lo" }), stop(0)];
const THOUGHT_AND_CALL = [
  START,
  delta(0, { reasoningContent: { text: "I look." } }),
  delta(0, { reasoningContent: { signature: "sig" } }),
  stop(0),
  frame("contentBlockStart", {
    contentBlockIndex: 1,
    start: { toolUse: { toolUseId: "tooluse_1", name: "read" } },
  }),
  ...[...'{"filePath": "a.txt"}'].map((input) => delta(1, { toolUse: { input } })),
  stop(1),
  ...end("tool_use"),
];

type Answer = readonly Uint8Array[] | Response;

/** Asks with each request as it comes, answered by these in turn. */
async function ask(answers: readonly Answer[], overrides: Partial<ModelRequest> = {}) {
  const bodies: Record<string, unknown>[] = [];
  await using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      bodies.push(objectOf(await request.json()));
      const answer = answers[bodies.length - 1] ?? new Response(null, { status: 400 });
      if (answer instanceof Response) return answer;
      const headers = { "content-type": "application/vnd.amazon.eventstream" };
      return new Response(Buffer.concat(answer), { headers });
    },
  });
  const address = { baseURL: server.url.origin, wire: "anthropic" as const };
  const api = { id: MODEL, url: address.baseURL, npm: "@ai-sdk/amazon-bedrock" };
  const model = modelOf(address, { api });
  const clock = new FakeClock();
  const llm = new LLM({ clock, log: Logger.silent(), random: () => 0 });
  const request = requestTo(address, { model, ...overrides }, { region: "us-east-1" });
  const events: ModelEvent[] = [];
  for await (const event of llm.stream(request, live)) {
    events.push(event);
    if (event.type === "retry") void clock.waitForPending().then(() => clock.advance(60_000));
  }
  return { events, bodies };
}

test("a signed thought and a call in pieces", async () => {
  const { events } = await ask([THOUGHT_AND_CALL]);
  expect(textOf(events, "reasoning-delta")).toBe("I look.");
  expect(ofType(events, "tool-call")).toMatchObject([
    { callID: "tooluse_1", tool: "read", input: '{"filePath": "a.txt"}' },
  ]);
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "tool-calls" });
});

test("the thought goes back signed, and the cache is told where to end", async () => {
  const { events } = await ask([THOUGHT_AND_CALL]);
  const signed = events.findLast((event) => "metadata" in event && event.type !== "finish");
  const metadata = signed && "metadata" in signed ? signed.metadata : undefined;
  const messages: ModelMessage[] = [
    ...HELLO,
    {
      role: "assistant",
      content: [
        {
          type: "reasoning",
          text: "I look.",
          providerOptions: JSON.parse(JSON.stringify(metadata)),
        },
        { type: "text", text: " \n" },
        { type: "tool-call", toolCallId: "call.1", toolName: "read", input: { filePath: "a" } },
      ],
    },
    {
      role: "tool",
      content: [
        {
          type: "tool-result",
          toolCallId: "call.1",
          toolName: "read",
          output: { type: "text", value: "one" },
        },
      ],
    },
  ];
  const { bodies, events: next } = await ask([[...TEXT, ...end("end_turn")]], { messages });
  expect(textOf(next)).toBe("Hello");
  const [body = {}] = bodies;
  const sent = objectsOf(body["messages"]).map((message) => objectsOf(message["content"]));
  const id = objectOf(sent[1]?.find((block) => block["toolUse"])?.["toolUse"])["toolUseId"];
  expect(id).toMatch(/^[\w-]{1,64}$/);
  expect(sent[1]).toMatchObject([
    { reasoningContent: { reasoningText: { text: "I look.", signature: "sig" } } },
    { toolUse: { toolUseId: id, name: "read" } },
    { cachePoint: { type: "default" } },
  ]);
  expect(sent[2]).toMatchObject([
    { toolResult: { toolUseId: id } },
    { cachePoint: { type: "default" } },
  ]);
  expect(objectsOf(body["system"]).at(-1)).toEqual({ cachePoint: { type: "default" } });
  expect(JSON.stringify(body["toolConfig"])).toContain(READ_TOOL.name);
});

const PASSING: readonly [string, Answer][] = [
  [
    "throttled in the middle",
    [...TEXT, frame("throttlingException", { message: "Slow" }, "exception")],
  ],
  ["overloaded", [frame("serviceUnavailableException", { message: "Later" }, "exception")]],
  [
    "an error of the model's stream",
    [START, frame("modelStreamErrorException", { message: "Oops" }, "exception")],
  ],
  [
    "a frame that is cut",
    [...TEXT, frame("messageStop", { stopReason: "end_turn" }).subarray(0, 20)],
  ],
  ["a frame whose checksum is wrong", [...TEXT, spoiled()]],
  ["an end without a reason", TEXT],
  ["nothing", []],
  ["an answer of nothing", [START, ...end("end_turn")]],
  ["a page", new Response("<html>Portal</html>", { headers: { "content-type": "text/html" } })],
  ["503 with words", Response.json({ message: "Too many connections" }, { status: 503 })],
];

test.each([...PASSING])("%s is tried again", async (_, answer) => {
  const { events, bodies } = await ask([answer, [...TEXT, ...end("end_turn")]]);
  expect(ofType(events, "retry")).toHaveLength(1);
  expect(bodies).toHaveLength(2);
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
});

test("a refusal is told in Bedrock's words", async () => {
  const message = "The model returned the following errors: messages.1: bad";
  const { events } = await ask([Response.json({ message }, { status: 400 })]);
  expect(JSON.stringify(errorOf(events))).toContain(message);
});

function spoiled(): Buffer {
  const [first = Buffer.alloc(0)] = end("end_turn");
  const bytes = Buffer.from(first);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0xff;
  return bytes;
}
