import { expect, test } from "bun:test";
import { frameMessage, FrameReader, MESSAGE_MAX_BYTES } from "@/lsp/message-frames";

const MESSAGES = [
  { jsonrpc: "2.0", method: "a", params: { text: "wörd 😀" } },
  { jsonrpc: "2.0", id: 1, result: "\r\n\r\n" },
  { jsonrpc: "2.0", method: "b".repeat(100_000) },
];

test("messages come out whole, however the bytes are cut", () => {
  const bytes = Buffer.concat(MESSAGES.map(frameMessage));
  for (const size of [1, 2, 7, 64, 4_096, bytes.length]) {
    const frames = new FrameReader();
    const read: unknown[] = [];
    // The long message byte by byte would take a while and prove no more.
    const end = size === 1 ? 400 : bytes.length;
    for (let at = 0; at < end; at += size) {
      read.push(...frames.push(bytes.subarray(at, Math.min(end, at + size))));
    }
    expect(read).toEqual(size === 1 ? MESSAGES.slice(0, 2) : MESSAGES);
  }
});

test("other headers, in any case, are let pass", () => {
  const text = 'Content-Type: x\r\ncontent-length: 17\r\n\r\n{"jsonrpc":"2.0"}';
  expect([...new FrameReader().push(Buffer.from(text))]).toEqual([{ jsonrpc: "2.0" }]);
});

test.each([
  ["no header", "hello\r\n\r\n"],
  ["no number", "Content-Length: many\r\n\r\n"],
  ["a header without end", "x".repeat(8 * 1024)],
  ["a terabyte", "Content-Length: 999999999999\r\n\r\n"],
  ["one byte too many", `Content-Length: ${MESSAGE_MAX_BYTES + 1}\r\n\r\n`],
  ["no JSON", "Content-Length: 1\r\n\r\n{"],
  ["no message", "Content-Length: 4\r\n\r\nnull"],
])("%s is refused", (_, text) => {
  expect(() => [...new FrameReader().push(Buffer.from(text))]).toThrow();
});
