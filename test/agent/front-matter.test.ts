// What hand-written markdown files may look like, and what is said of those that cannot be read.
import { describe, expect, test } from "bun:test";
import { parseMarkdown } from "@/agent/front-matter";
import { t } from "@/base/schema";
import { AgentConfig } from "@/schema/config";

const Anything = t.Object({});
const read = (text: string) => parseMarkdown(text, "/x/a.md", Anything);

describe("front matter", () => {
  const TABLE: readonly [string, string, Record<string, unknown>, string][] = [
    ["none", "Just text\n", {}, "Just text"],
    ["empty", "---\n---\nBody", {}, "Body"],
    ["empty file", "", {}, ""],
    ["plain", "---\na: 1\nb: x y\n---\n\nBody\n---\nmore\n", { a: 1, b: "x y" }, "Body\n---\nmore"],
    ["CRLF", "---\r\na: x\r\n---\r\nBody\r\n", { a: "x" }, "Body"],
    ["byte order mark", "\uFEFF---\na: x\n---\nBody", { a: "x" }, "Body"],
    [
      "a colon in a value",
      "---\na: Use when: asked\nb: 1\n---\n",
      { a: "Use when: asked", b: 1 },
      "",
    ],
    ["a key without a value", "---\ncolor: #ff0000\na: 1\n---\n", { a: 1 }, ""],
    [
      "nested",
      "---\np:\n  bash:\n    'git *': ask\n---\n",
      { p: { bash: { "git *": "ask" } } },
      "",
    ],
    ["folded text", "---\na: >\n  one\n  two\n---\n", { a: "one two\n" }, ""],
    ["a rule later on", "Text\n---\na: 1\n---\n", {}, "Text\n---\na: 1\n---"],
  ];
  for (const [title, text, fields, body] of TABLE) {
    test(title, () => expect(read(text)).toEqual({ fields, body }));
  }

  const BROKEN: readonly [string, string, string][] = [
    ["never closed", "---\na: 1\n", "/x/a.md:1: "],
    ["not YAML", "---\na: 1\nb: [1,\nc: 2\n---\n", "/x/a.md:3: "],
    ["tabs", "---\na:\n\tb: 2\n---\n", "/x/a.md:3: "],
    ["a list", "---\n- a\n---\n", "/x/a.md:2: "],
    ["too many lines", `---\n${"a:\n".repeat(500)}---\n`, "/x/a.md:1: "],
    ["too many values", `---\na: [${"1,".repeat(3_000)}]\n---\n`, "/x/a.md:1: "],
  ];
  for (const [title, text, start] of BROKEN) {
    test(`${title}: names file and line`, () => {
      expect(() => read(text)).toThrow(
        expect.objectContaining({ kind: "invalid", message: expect.stringContaining(start) }),
      );
    });
  }

  test("a value of the wrong type names its line and key", () => {
    const text = "---\ndescription: x\nmode: sometimes\n---\n";
    expect(() => parseMarkdown(text, "/x/a.md", AgentConfig)).toThrow(/^\/x\/a\.md:3: mode: /);
  });

  for (const levels of [4, 12]) {
    test(`aliases that multiply ${levels} times are refused before they fill the memory`, () => {
      const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
      for (let level = 1; level < levels; level++) {
        const aliases = Array.from({ length: 10 }, () => `*a${level - 1}`);
        lines.push(`a${level}: &a${level} [${aliases.join(", ")}]`);
      }
      const isInvalid = expect.objectContaining({ kind: "invalid" });
      expect(() => read(`---\n${lines.join("\n")}\n---\n`)).toThrow(isInvalid);
    });
  }
});
