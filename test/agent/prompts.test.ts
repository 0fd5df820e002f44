// The texts for models: there, in one piece, and short enough for the first request to stay small.
import { expect, test } from "bun:test";
import { prompts } from "@/agent/prompts";
import { byteLength } from "@/base/text";

test("none is empty, and none has blanks at its ends", () => {
  for (const text of Object.values(prompts)) {
    expect(text.length).toBeGreaterThan(50);
    expect(text).toBe(text.trim());
  }
});

test("the base prompt leaves room for tools and environment in a first request of 10 KB", () => {
  expect(byteLength(prompts.system)).toBeLessThan(2_100);
});

test("command templates take arguments", () => {
  for (const template of [prompts.init, prompts.review]) expect(template).toContain("$ARGUMENTS");
});
