// Random files and quotations of them that are a little wrong: whatever match is made, the line
// that the edit is about is the only one that changes, and it reads as it was quoted but for its
// blanks.
import { expect, test } from "bun:test";
import { matchEdit } from "@/tool/edit-match";
import { indentOf } from "@/tool/line-folding";
import { toLF } from "@/tool/text-file";
import { replaceSpans } from "@/tool/text-span";
import { readSeed } from "@test/support/seed";

const ROUNDS = 5_000;
const NEW = "fresh();";
const CODE = ["foo();", "bar(x)", "}", "{", "if (a) {", "return 1;", "", "  ", "é = “q”", "a  b"];
const DISTORTIONS: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
  (line) => (line.trim() === "" ? line : `  ${line}`),
  (line) => line.replace(/^\t+/, (tabs) => "    ".repeat(tabs.length)),
  (line) => line.replaceAll(/[“”]/g, '"'),
];

type Random = (limit: number) => number;

function random(seed: number): Random {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function pick<T>(next: Random, list: readonly T[]): T {
  return list[next(list.length)] ?? expect.unreachable();
}

function randomEdit(next: Random) {
  const unit = pick(next, ["\t", "  ", "    "]);
  const lines = Array.from({ length: 3 + next(20) }, () => {
    return unit.repeat(next(4)) + pick(next, CODE) + pick(next, ["", "", " ", "\t"]);
  });
  const eol = pick(next, ["\n", "\r\n"]);
  const from = next(lines.length);
  // A blank line at the end would be no line, but the newline of the one before.
  const end = lines.findLastIndex((line, index) => index < from + 5 && line.trim() !== "") + 1;
  const quoted = lines.slice(from, Math.max(from + 1, end)).map(pick(next, DISTORTIONS));
  const at = next(quoted.length);
  const fresh = quoted.with(at, indentOf(quoted[at] ?? "") + NEW);
  return { file: lines.map((line) => line + eol).join(""), quoted, at, fresh, eol };
}

test("a lenient match changes no other line, and none of another wording", () => {
  const seed = readSeed();
  const next = random(seed);
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { at, eol, file, fresh, quoted } = randomEdit(next);
    const old = quoted.join("\n");
    const match = matchEdit(toLF(file), old, fresh.join("\n"), false);
    if (match.type !== "found" || match.how === "") continue;
    found++;
    const after = replaceSpans(file, match.spans, eol === "\n" ? "\n" : "\r\n").split("\n");
    const before = file.split("\n");
    const changed = before
      .keys()
      .filter((index) => before[index] !== after[index])
      .toArray();
    const [line = -1] = changed;
    const said = JSON.stringify({ seed, file, old, after: after.join("\n") });
    expect([after.length, changed.length], said).toEqual([before.length, 1]);
    expect(fold(before[line]), said).toBe(fold(quoted[at]));
    expect(after[line]?.trim(), said).toBe(NEW);
  }
  expect(found).toBeGreaterThan(ROUNDS / 10);
});

function fold(line = ""): string {
  return line.replaceAll(/[“”]/g, '"').trim().replaceAll(/\s+/g, " ");
}
