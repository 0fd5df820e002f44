import { describe, expect, test } from "bun:test";
import { parsePatch } from "@/tool/patch";
import { applyHunks } from "@/tool/patch-apply";

function apply(text: string, ...lines: string[]): string {
  const patch = ["*** Begin Patch", "*** Update File: f", ...lines, "*** End Patch"].join("\n");
  const [operation] = parsePatch(patch);
  if (operation?.type !== "update") throw new Error("no update");
  return applyHunks("f", text, operation.hunks).text;
}

const TWO = "class A\n  run\n    x\nclass B\n  run\n    x\n";

const CASES: [name: string, text: string, lines: string[], expected: string | RegExp][] = [
  ["replaces", "a\nb\nc\n", ["@@", " a", "-b", "+B", " c"], "a\nB\nc\n"],
  ["adds in the middle", "a\nc\n", [" a", "+b", " c"], "a\nb\nc\n"],
  ["removes", "a\nb\n", ["-b"], "a\n"],
  ["two hunks in order", "a\nb\nc\nd\n", ["@@", "-a", "+A", "@@", "-d", "+D"], "A\nb\nc\nD\n"],
  ["two hunks out of order", "a\nb\nc\nd\n", ["@@", "-d", "+D", "@@", "-a", "+A"], "A\nb\nc\nD\n"],
  [
    "context decides",
    TWO,
    ["@@ class B", "   run", "-    x", "+    y"],
    TWO.replace(/x\n$/, "y\n"),
  ],
  [
    "stacked context",
    TWO,
    ["@@ class B", "@@   run", "-    x", "+    y"],
    TWO.replace(/x\n$/, "y\n"),
  ],
  [
    "context repeated in the hunk",
    TWO,
    ["@@ class B", " class B", "+  go"],
    TWO.replace("class B\n", "class B\n  go\n"),
  ],
  ["only additions behind the context", "a\nb\n", ["@@ a", "+x"], "a\nx\nb\n"],
  ["only additions go to the end", "a\nb\n", ["@@", "+x"], "a\nb\nx\n"],
  ["end of file", "x\na\nx\n", ["@@", "-x", "+y", "*** End of File"], "x\na\ny\n"],
  ["into an empty file", "", ["@@", "+x"], "x\n"],
  ["no newline at the end stays so", "a\nb", ["-b", "+c"], "a\nc"],
  ["addition behind a bare last line", "a\nb", ["@@", " b", "+c"], "a\nb\nc"],
  ["CRLF stays", "a\r\nb\r\nc\r\n", [" a", "-b", "+x", "+y", " c"], "a\r\nx\r\ny\r\nc\r\n"],
  ["a line ends as the one it replaces", "a\r\nb\nc\r\nd\n", ["-c", "+C"], "a\r\nb\nC\r\nd\n"],
  [
    "lines end as those they replace",
    "a\r\nb\nc\r\nd\ne\n",
    [" a", "+B", "-b", "-c", "+C", "+C2", " d"],
    "a\r\nB\nC\r\nC2\r\nd\ne\n",
  ],
  ["mixed endings of kept lines stay", "a\nb\r\nc\n", [" a", " b", "-c", "+d"], "a\nb\r\nd\n"],
  ["trailing blanks", "a  \nb\n", [" a", "-b", "+c"], "a  \nc\n"],
  ["indentation, kept lines as they are", "\ta\n\tb\n", ["   a", "-  b", "+\tc"], "\ta\n\tc\n"],
  [
    "added lines get the file's indentation",
    "\tif (a) {\n\t\tb();\n\t}\n",
    ["@@", "     if (a) {", "-        b();", "+        c();", "+            d();", "     }"],
    "\tif (a) {\n\t\tc();\n\t\t\td();\n\t}\n",
  ],
  [
    "an indentation that cannot be told",
    "a() {\n\tb();\n}\n",
    ["@@", " a() { ", "+  c();"],
    /indentation of its new lines is uncertain.*\n1: a\(\) \{/s,
  ],
  [
    "what stands there exactly rather than what is like it",
    "go();\nx\nmark\n  go();\n",
    ["@@", "-mark", "+MARK", "@@", "-go();", "+stop();"],
    "stop();\nx\nMARK\n  go();\n",
  ],
  [
    "context that stands twice",
    TWO,
    ["@@   run", "-    x", "+    y"],
    /stand 2 times.*lines 3, 6/s,
  ],
  ["additions behind a context that stands twice", TWO, ["@@   run", "+    y"], /stand 2 times/],
  ["context that stands twice, the lines once", `${TWO}z\n`, ["@@   run", "-z", "+y"], `${TWO}y\n`],
  [
    "lines that stand twice behind their context",
    TWO,
    ["@@ class A", "-    x", "+    y"],
    TWO.replace("    x", "    y"),
  ],
  [
    "the marker of the end as a line of the file",
    "x\n*** End of File\ny\n",
    ["@@", " *** End of File", "-y", "+z"],
    "x\n*** End of File\nz\n",
  ],
  ["unicode punctuation", "“x” –\nb\n", [' "x" -', "-b", "+c"], "“x” –\nc\n"],
  ["a blank line too many", "a\nb\n", ["@@", "-b", "+c", "", "@@", "-a", "+A"], "A\nc\n"],
  ["BOM-less text only", "a\n", ["-a", "+\uFEFFb"], "\uFEFFb\n"],
  ["dollar signs", "a\n", ["-a", "+$&"], "$&\n"],
  ["absent", "a\nb\n", ["-z"], /Failed to find expected lines in f/],
  ["absent context", "a\nb\n", ["@@ nowhere", "-b"], /Failed to find expected lines/],
  ["ambiguous", "x\na\nx\n", ["-x", "+y"], /stand 2 times in f \(at lines 1, 3\)/],
  ["ambiguous when lenient", " x y\na\n  x y\n", ["-x y", "+y"], /Failed to find/],
  ["hunks over the same lines", "a\nb\n", ["@@", " a", "-b", "@@", " a", "+c"], /same lines|find/],
  [
    "names the nearest lines",
    "const alpha = 1;\nb\n",
    ["-const alpha = 2;"],
    /1: const alpha = 1;/,
  ],
];

describe("hunks", () => {
  for (const [name, text, lines, expected] of CASES) {
    test(name, () => {
      if (typeof expected === "string") expect(apply(text, ...lines)).toBe(expected);
      else expect(() => apply(text, ...lines)).toThrow(expected);
    });
  }
});

test("work on lines that stand everywhere stays bounded", () => {
  const text = "}\n".repeat(50_000);
  expect(() => apply(text, "@@ }", " }", "-x", "+y")).toThrow(/Failed to find/);
});
