import { expect, test } from "bun:test";
import { findNearest, formatNearest } from "@/tool/nearest-lines";

const FILE =
  "import a\n\nfunction one() {\n  return first(1);\n}\n\nfunction two() {\n  go();\n}\n";

test("finds the window most alike, not the first that is alike", () => {
  expect(findNearest(FILE, "function twoo() {\n  go(1);\n}")).toMatchObject({
    first: 7,
    lines: ["function two() {", "  go();", "}"],
  });
  expect(findNearest(FILE, "\n\n    return frist(1)\n")).toMatchObject({
    first: 4,
    lines: ["  return first(1);"],
  });
});

test("finds nothing where nothing is alike", () => {
  expect(findNearest(FILE, "class Zebra extends Lion")).toBeUndefined();
  expect(findNearest(FILE, " \n ")).toBeUndefined();
  expect(findNearest("", "x")).toBeUndefined();
});

test("shows twelve lines at most, and cuts long ones", () => {
  const lines = Array.from({ length: 20 }, (_, index) => `call(${index}, "${"x".repeat(400)}");`);
  const nearest = findNearest(lines.join("\n"), lines.join("\n").replaceAll("call", "cal"));
  const shown = nearest ? formatNearest(nearest).split("\n") : [];
  expect(shown).toHaveLength(13);
  expect(shown[0]).toStartWith('1: call(0, "xxx');
  expect(shown[0]).toEndWith("x...");
  expect(shown[12]).toBe("...");
});
