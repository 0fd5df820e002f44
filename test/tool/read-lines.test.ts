import { expect, test } from "bun:test";
import { cutLine, readWindow } from "@/tool/read-lines";

const request = (first: number, limit: number, maxBytes = 50_000) => ({
  first,
  limit,
  maxBytes,
  signal: new AbortController().signal,
});

test("chunks may end anywhere, also within a character", async () => {
  const text = "é1\n\n漢字\r\nlast 😀";
  const bytes = Buffer.from(text);
  for (let size = 1; size <= bytes.length; size++) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    expect(await readWindow(chunks, request(1, 10))).toEqual({
      lines: ["é1", "", "漢字", "last 😀"],
      first: 1,
      total: 4,
      capped: false,
    });
  }
});

test("a final newline begins no line", async () => {
  const total = async (text: string) => {
    return (await readWindow([Buffer.from(text)], request(1, 10))).total;
  };
  expect(await total("")).toBe(0);
  expect(await total("a")).toBe(1);
  expect(await total("a\n")).toBe(1);
  expect(await total("\n\n")).toBe(2);
});

test("the byte limit ends the window, but shows one line at least", async () => {
  const chunks = [Buffer.from("aaaa\nbbbb\ncccc\n")];
  expect(await readWindow(chunks, request(1, 10, 10))).toMatchObject({
    lines: ["aaaa", "bbbb"],
    capped: true,
    total: undefined,
  });
  expect((await readWindow(chunks, request(2, 10, 1))).lines).toEqual(["bbbb"]);
});

test("an abort ends the reading", async () => {
  const abort = new AbortController();
  async function* endless() {
    for (let count = 0; ; count++) {
      if (count === 100) abort.abort(new Error("stop"));
      yield Buffer.from("x\n");
    }
  }
  const reading = readWindow(endless(), { ...request(1, 10), signal: abort.signal });
  expect(reading).rejects.toThrow("stop");
});

test("a line is not cut within a character", () => {
  expect(cutLine(`${"x".repeat(1_999)}😀y`)).toBe(
    `${"x".repeat(1_999)}... (line truncated to 2000 chars)`,
  );
});
