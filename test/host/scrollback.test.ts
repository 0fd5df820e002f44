import { expect, test } from "bun:test";
import { Scrollback } from "@/host/scrollback";

const encode = (text: string) => new TextEncoder().encode(text);

test("what is read from a position is what came after it", () => {
  const scrollback = new Scrollback(1_000);
  scrollback.add(encode("hello "));
  const position = scrollback.end;
  scrollback.add(encode("world"));
  expect(scrollback.read(0, 100)).toBe("hello world");
  expect(scrollback.read(position, 100)).toBe("world");
  expect(scrollback.read(scrollback.end, 100)).toBe("");
});

test("a character in two pieces of output is one", () => {
  const scrollback = new Scrollback(1_000);
  const bytes = encode("a😀b");
  scrollback.add(bytes.subarray(0, 3));
  expect(scrollback.read(0, 100)).toBe("a");
  scrollback.add(bytes.subarray(3));
  expect(scrollback.read(0, 100)).toBe("a😀b");
  expect(scrollback.end).toBe("a😀b".length);
});

test("the oldest goes first, and positions stay what they were", () => {
  const scrollback = new Scrollback(50_000);
  for (let line = 0; line < 20_000; line++) scrollback.add(encode(`line ${line}\n`));
  const kept = scrollback.read(scrollback.start, Number.POSITIVE_INFINITY);
  expect(kept.length).toBe(scrollback.end - scrollback.start);
  expect(kept.length).toBeLessThanOrEqual(50_000);
  expect(kept.length).toBeGreaterThan(40_000);
  expect(kept).toEndWith("line 19999\n");
  expect(scrollback.read(scrollback.end - 6, 100)).toBe("19999\n");
});

test("a read is about as long as was asked, and reads on without a gap", () => {
  const scrollback = new Scrollback(1_000_000);
  const text = Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join("");
  for (let at = 0; at < text.length; at += 1_000)
    scrollback.add(encode(text.slice(at, at + 1_000)));
  let read = "";
  while (read.length < text.length) {
    const piece = scrollback.read(read.length, 10_000);
    expect(piece.length).toBeLessThan(30_000);
    read += piece;
  }
  expect(read).toBe(text);
});
