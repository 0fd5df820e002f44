import { expect, test } from "bun:test";
import fc from "fast-check";
import { Segments } from "@/tui/views/segments";
import { readSeed } from "@test/support/seed";

const paragraph = (n: number) => `Paragraph ${n}\n${"and more of it\n".repeat(5)}`;
const LONG = Array.from({ length: 30 }, (_, n) => paragraph(n)).join("\n");

test("a long text is cut between paragraphs, and nothing is lost", () => {
  const parts = new Segments().of(LONG);
  expect(parts.length).toBeGreaterThan(3);
  for (const part of parts.slice(1)) expect(part).toStartWith("Paragraph");
  expect(parts.join("\n\n").split(/\n+/)).toEqual(LONG.split(/\n+/));
});

test("what is finished stays the same however the text grows", () => {
  const growing = new Segments();
  let before: readonly string[] = [];
  for (let length = 1; length <= LONG.length; length += 37) {
    const now = growing.of(LONG.slice(0, length));
    expect(now.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    before = now;
  }
  expect(growing.of(LONG)).toEqual(new Segments().of(LONG));
});

test("code, lists and quotes are not cut", () => {
  const code = `Look:\n\n\`\`\`ts\n${"const x = 1\n\n".repeat(40)}\`\`\`\n`;
  expect(new Segments().of(code)).toHaveLength(1);
  const list = `Look:\n\n${"- item\n\n  more of it\n\n".repeat(40)}`;
  expect(new Segments().of(list)).toHaveLength(1);
});

test("a text that became another one begins anew", () => {
  const segments = new Segments();
  segments.of(LONG);
  expect(segments.of("Short.")).toEqual(["Short."]);
});

test("any text comes out whole but for blank space at the cuts", () => {
  const line = fc.constantFrom("a", "", "- b", "```", "    c", "1. d", "> e", "word word");
  fc.assert(
    fc.property(fc.array(line, { maxLength: 200 }), (lines) => {
      const text = lines.join("\n");
      const parts = new Segments().of(text);
      expect(parts.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
    }),
    { seed: readSeed() },
  );
});
