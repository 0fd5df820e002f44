// The body of an event stream on its way to a package: the same wherever the network cuts it.

import { expect, test } from "bun:test";
import { ChatChunks } from "@/llm/chat-chunks";
import { EventLines } from "@/llm/event-lines";

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
