import { expect, test } from "bun:test";
import { createShareMask } from "@/session/share-mask";

const mask = createShareMask({ secrets: [], root: "/home/user/project", home: "/home/user" });

test("values are masked at any depth, by their keys as well", () => {
  const value = {
    command: "cat /home/user/x",
    filePath: "/home/user/My Files/x",
    apiKey: "abc",
    count: 3,
    list: [{ "/home/user/key": null }, true],
    tokens: { input: 1 },
  };
  expect(mask.value(value)).toEqual({
    command: "cat ‹path›",
    filePath: "‹path›",
    apiKey: "‹redacted›",
    count: 3,
    list: [{ "‹path›": null }, true],
    tokens: { input: 1 },
  });
});

test("what is nested without end is left out", () => {
  let value: unknown = "end";
  for (let depth = 0; depth < 10_000; depth += 1) value = [value];
  expect(JSON.stringify(mask.value(value))).toContain("‹redacted›");
});

test("the rest of a long text is left out", () => {
  expect(mask.text("word ".repeat(100_000)).length).toBeLessThan(210_000);
});
