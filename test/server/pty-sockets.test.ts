import { expect, test } from "bun:test";
import { PtyTerminal } from "@/host/pty-terminal";
import { PtySockets } from "@/server/pty-sockets";
import type { Socket } from "@/server/web-socket";

function start(script: string): PtyTerminal {
  const env = { PATH: process.env["PATH"] };
  return new PtyTerminal({ id: "pty_1", argv: ["sh", "-c", script], cwd: "/", env });
}

/** A connection of which `waiting` bytes are not sent yet. */
function fakeSocket(waiting: { bytes: number }) {
  const texts: string[] = [];
  const closes: number[] = [];
  const socket = {
    getBufferedAmount: () => waiting.bytes,
    sendText: (text: string) => texts.push(text),
    sendBinary: () => 1,
    close: (code: number) => closes.push(code),
  };
  return { texts, closes, socket: socket as unknown as Socket };
}

test("a client that does not read is closed when it has missed something", async () => {
  const terminal = start("yes 'a line of some length' | head -c 3000000");
  const { texts, closes, socket } = fakeSocket({ bytes: 10_000_000 });
  const sockets = new PtySockets();
  sockets.handler(terminal).open(socket);
  await terminal.exited;
  expect(texts).toEqual([]);
  expect(closes).toEqual([1013]);
  await terminal.end();
  expect(closes).toEqual([1013]);
});

test("what is held back comes when the client has read, in order", async () => {
  const terminal = start("read go; seq 1 1000; echo done; read end");
  const waiting = { bytes: 10_000_000 };
  const { texts, closes, socket } = fakeSocket(waiting);
  const handler = new PtySockets().handler(terminal);
  handler.open(socket);
  const printed = new Promise<void>((resolve) => {
    const onOutput = () => {
      if (terminal.output.read(0, Infinity).includes("done")) resolve();
    };
    terminal.watch({ onOutput, onEnd: () => {} });
  });
  terminal.write("\n");
  await printed;
  expect(texts).toEqual([]);
  waiting.bytes = 0;
  handler.drain();
  expect(texts.join("")).toBe(terminal.output.read(0, Infinity));
  await terminal.end();
  expect(closes).toEqual([1000]);
});

test("once the program has ended, the close waits for what was not read", async () => {
  const terminal = start("echo bye");
  await terminal.exited;
  const waiting = { bytes: 10_000_000 };
  const { texts, closes, socket } = fakeSocket(waiting);
  const handler = new PtySockets().handler(terminal);
  await terminal.end();
  handler.open(socket);
  expect(closes).toEqual([]);
  waiting.bytes = 0;
  handler.drain();
  expect(texts).toEqual(["bye\r\n"]);
  expect(closes).toEqual([1000]);
});
