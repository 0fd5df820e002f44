// The body of an event stream on its way to a package: the same wherever the network cuts it.

import { expect, test } from "bun:test";
import { ChatChunks } from "@/llm/chat-chunks";
import { EventLines, type EventMender } from "@/llm/event-lines";
import { menderFor } from "@/llm/event-menders";

const BODY =
  ": ping\r\n\r\n" +
  'data: {"choices":[{"index":0,"delta":{"content":"Ä 🍎"},"finish_reason":""}]}\r\n\r\n' +
  'event: x\ndata: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n' +
  "data: [DONE]\n\ndata: {}\n\n";
const MENDED =
  ": ping\r\n\r\n" +
  'data: {"choices":[{"index":0,"delta":{"content":"Ä 🍎"},"finish_reason":null}]}\n\r\n' +
  'event: x\ndata: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n\n\n';

function pieces(...parts: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
}

function mended(body: ReadableStream<Uint8Array>): Promise<string> {
  return new EventLines(new ChatChunks(), () => {}).mend(new Response(body)).text();
}

test("what is mended does not depend on where the body is cut", async () => {
  const bytes = new TextEncoder().encode(BODY);
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(await mended(pieces(bytes.slice(0, cut), bytes.slice(cut)))).toBe(MENDED);
  }
  expect(await mended(pieces(...[...bytes].map((byte) => Uint8Array.of(byte))))).toBe(MENDED);
});

test("it ends where it says so, whether or not the server closes it", async () => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(BODY)),
  });
  expect(await mended(body)).toBe(MENDED);
});

test("completion is told once, and closing then ends the body", async () => {
  let told = 0;
  const lines = new EventLines(new ChatChunks(), () => told++);
  const finish = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(finish + finish)),
  });
  const reader = lines.mend(new Response(body)).body?.getReader();
  await reader?.read();
  expect(told).toBe(1);
  lines.close();
  await reader?.read();
  expect((await reader?.read())?.done).toBe(true);
  lines.close();
});

/** What a mender's answer becomes when all of it comes at once. */
function atOnce(body: string, mender: EventMender = new ChatChunks()): Promise<string> {
  const bytes = new TextEncoder().encode(body);
  return new EventLines(mender, () => {}).mend(new Response(pieces(bytes))).text();
}

function chunk(delta: object, more: object = {}): string {
  const choices = [{ index: 0, delta, finish_reason: null }];
  return `data: ${JSON.stringify({ id: "1", created: 1, model: "m", choices, ...more })}\n\n`;
}

test("pieces that come at once are one, character for character", async () => {
  const texts = ["a", '"\\\n', "\u{1f34e}", "", "{}", '"delta":{"content":"'];
  const call = (args: string) => ({ tool_calls: [{ index: 0, function: { arguments: args } }] });
  const kinds = [
    (text: string) => ({ content: text }),
    (text: string) => ({ role: "assistant", content: text }),
    (text: string) => ({ reasoning_content: text }),
    (text: string) => ({ reasoning: text }),
    call,
  ];
  for (const kind of kinds) {
    const all = texts.map((text) => chunk(kind(text))).join("");
    expect(await atOnce(all)).toBe(`${chunk(kind(texts.join("")))}\n\n`);
    expect(await atOnce(all.replaceAll("\n", "\r\n"))).toContain(JSON.stringify(texts.join("")));
  }
  const halves = '"\\ud83c","\\udf4e"'.split(",");
  const [first = "", second = ""] = halves.map((half) =>
    chunk({ content: "x" }).replace('"x"', half),
  );
  expect(await atOnce(first + second)).toContain('"content":"\\ud83c\\udf4e"');
});

test("what differs in more than its text stays as it came", async () => {
  const two = [0, 1].map((index) => ({ index, delta: { content: "a" }, finish_reason: null }));
  const pairs: [string, string][] = [
    [chunk({ content: "a" }), chunk({ content: "b" }, { id: "2" })],
    [chunk({ content: "a" }), chunk({ reasoning_content: "b" })],
    [chunk({ content: "a" }, { usage: { total_tokens: 1 } }), chunk({ content: "b" })],
    [chunk({ content: "a" }, { choices: two }), chunk({ content: "a" }, { choices: two })],
    [chunk({ content: "a" }), `: ping\n\n${chunk({ content: "b" })}`],
    [chunk({ content: "a" }), `id: 7\n${chunk({ content: "b" })}`],
    // One event in two lines.
    [chunk({ content: "a" }).trim() + "\n", chunk({ content: "b" })],
  ];
  for (const [first, second] of pairs) {
    expect(await atOnce(first + second)).toBe(`${first}${second}\n\n`);
  }
});

test("Anthropic's pieces are joined with the lines that name their events", async () => {
  const kinds = [
    ["text_delta", "text"],
    ["thinking_delta", "thinking"],
    ["input_json_delta", "partial_json"],
  ];
  for (const [type = "", key = ""] of kinds) {
    const event = (text: string, index = 0) => {
      const data = { type: "content_block_delta", index, delta: { type, [key]: text } };
      return `event: content_block_delta\ndata: ${JSON.stringify(data)}\n\n`;
    };
    const body = event("a") + event('"b') + event("c", 1);
    const mender = menderFor("@ai-sdk/anthropic");
    expect(await atOnce(body, mender)).toBe(`${event('a"b')}${event("c", 1)}\n\n`);
  }
});
