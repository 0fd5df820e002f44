// Cutting, counting and comparing texts.
import { describe, expect, test } from "bun:test";
import {
  countLines,
  cutBytes,
  didYouMean,
  editDistance,
  formatBytes,
  plural,
  stableStringify,
  truncateHead,
  truncateTail,
} from "@/base/text";

describe("truncation", () => {
  const text = Array.from({ length: 10 }, (_, index) => `line ${index}`).join("\n");

  test("keeps the first or the last lines", () => {
    const head = truncateHead(text, { maxLines: 2, maxBytes: 1_000 });
    expect(head).toEqual({
      text: "line 0\nline 1",
      truncated: true,
      totalLines: 10,
      keptLines: 2,
    });
    expect(truncateTail(text, { maxLines: 2, maxBytes: 1_000 }).text).toBe("line 8\nline 9");
  });

  test("keeps whole lines within the bytes", () => {
    expect(truncateHead(text, { maxLines: 100, maxBytes: 13 }).text).toBe("line 0\nline 1");
    expect(truncateTail(text, { maxLines: 100, maxBytes: 14 }).text).toBe("line 8\nline 9");
  });

  test("cuts a single long line, never through a character", () => {
    const long = "é".repeat(100);
    const head = truncateHead(long, { maxLines: 5, maxBytes: 11 }).text;
    const tail = truncateTail(long, { maxLines: 5, maxBytes: 11 }).text;
    expect([head, tail]).toEqual(["é".repeat(5), "é".repeat(5)]);
  });

  test("leaves a text alone that fits", () => {
    expect(truncateTail(text, { maxLines: 10, maxBytes: 1_000 }).truncated).toBe(false);
  });
});

test("cutBytes keeps astral characters whole", () => {
  expect(cutBytes("a😀b", 3, "head")).toBe("a");
  expect(cutBytes("a😀b", 3, "tail")).toBe("b");
});

test("a final newline does not begin a line", () => {
  expect(["", "a", "a\n", "a\nb", "\n"].map(countLines)).toEqual([0, 1, 1, 2, 1]);
});

test("counts and sizes read well", () => {
  expect([plural(1, "file"), plural(2, "match", "matches")]).toEqual(["1 file", "2 matches"]);
  expect([0, 1023, 1536, 20 * 1024 * 1024].map(formatBytes)).toEqual([
    "0 B",
    "1023 B",
    "1.5 KB",
    "20 MB",
  ]);
});

test("the nearest word is offered, a far one is not", () => {
  expect(didYouMean("serv", ["run", "serve", "session"])).toBe("serve");
  expect(didYouMean("modles", ["models", "mcp"])).toBe("models");
  expect(didYouMean("xyzzy", ["run", "serve"])).toBeUndefined();
});

test("neighbours swapped are one edit", () => {
  expect([editDistance("ab", "ba"), editDistance("", "abc"), editDistance("same", "same")]).toEqual(
    [1, 3, 0],
  );
});

test("equal values give equal JSON", () => {
  expect(stableStringify({ b: 1, a: { d: [2], c: null } })).toBe(
    stableStringify({ a: { c: null, d: [2] }, b: 1 }),
  );
});
