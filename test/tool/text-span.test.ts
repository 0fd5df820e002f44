import { expect, test } from "bun:test";
import { toLF } from "@/tool/text-file";
import { mapLines, replaceSpans } from "@/tool/text-span";
import { readSeed } from "@test/support/seed";

test("lines and offsets", () => {
  const map = mapLines("ab\n\ncd");
  expect(map.lines).toEqual(["ab", "", "cd"]);
  expect([0, 1, 2].map((line) => [map.start(line), map.end(line)])).toEqual([
    [0, 2],
    [3, 3],
    [4, 6],
  ]);
  expect([0, 2, 3, 4, 6].map((offset) => map.lineAt(offset))).toEqual([0, 0, 1, 2, 2]);
});

test("any span of any mixture of line endings changes nothing outside it", () => {
  const seed = readSeed();
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  const pieces = ["a", "b", "\n", "\r\n", "é"];
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: random(30) }, () => pieces[random(pieces.length)]).join("");
    const normal = toLF(text);
    const start = random(normal.length + 1);
    const end = start + random(normal.length - start + 1);
    const changed = replaceSpans(text, [{ start, end, replacement: "<\n>" }], "\n");
    const expected = `${normal.slice(0, start)}<\n>${normal.slice(end)}`;
    expect(toLF(changed), `seed ${seed}, round ${round}`).toBe(expected);
    const head = changed.slice(0, changed.indexOf("<"));
    expect(text.startsWith(head), `seed ${seed}, round ${round}`).toBe(true);
    expect(text.endsWith(changed.slice(changed.indexOf(">") + 1))).toBe(true);
  }
});
