import { expect, test } from "bun:test";
import { lowerConfig } from "@/config/lower";
import { mergeConfig } from "@/config/merge";
import { findOrigins } from "@/config/origins";
import type { Config } from "@/schema/config";

function originsOf(...configs: Config[]): Record<string, string> {
  const merged = lowerConfig(configs.reduce(mergeConfig, {}));
  const layers = configs.map((config, index) => ({ origin: `f${index}`, config }));
  return findOrigins(merged, layers);
}

test("each value names the highest source that says it", () => {
  expect(
    originsOf(
      { model: "a/b", provider: { "x.y": { options: { baseURL: "u", timeout: 5 } } } },
      { provider: { "x.y": { options: { timeout: 6 } } } },
    ),
  ).toEqual({
    model: "f0",
    'provider["x.y"].options.baseURL': "f0",
    'provider["x.y"].options.timeout': "f1",
  });
});

test("of joined lists each item names its source", () => {
  expect(originsOf({ instructions: ["a"] }, { instructions: ["b"] })).toEqual({
    "instructions[0]": "f0",
    "instructions[1]": "f1",
  });
});

test("old keys are found in their new place", () => {
  expect(originsOf({ tools: { bash: false } }, { mode: { m: { prompt: "p" } } })).toEqual({
    "permission.bash": "f0",
    "agent.m.prompt": "f1",
    "agent.m.mode": "f1",
  });
});
