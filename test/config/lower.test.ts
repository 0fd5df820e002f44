import { expect, test } from "bun:test";
import { lowerConfig } from "@/config/lower";

test("modes become primary agents, under what agents say", () => {
  const lowered = lowerConfig({
    mode: { fast: { prompt: "be quick", temperature: 1 } },
    agent: { fast: { temperature: 0 }, other: {} },
  });
  expect(lowered).toEqual({
    agent: { fast: { prompt: "be quick", temperature: 0, mode: "primary" }, other: {} },
  });
});

test("tools become permissions, before and so under the explicit ones", () => {
  const lowered = lowerConfig({
    tools: { bash: false, write: false, "my_*": true },
    permission: { bash: { "git *": "allow" } },
  });
  expect(JSON.stringify(lowered)).toBe(
    '{"permission":{"edit":"deny","my_*":"allow","bash":{"*":"deny","git *":"allow"}}}',
  );
});

test("the tools of an agent become its permissions, maxSteps its steps", () => {
  expect(lowerConfig({ agent: { x: { tools: { patch: true }, maxSteps: 3 } } })).toEqual({
    agent: { x: { permission: { edit: "allow" }, steps: 3 } },
  });
});

test("autoshare becomes share, unless share is said", () => {
  expect(lowerConfig({ autoshare: true })).toEqual({ share: "auto" });
  expect(lowerConfig({ autoshare: true, share: "disabled" })).toEqual({ share: "disabled" });
  expect(lowerConfig({ autoshare: false })).toEqual({});
});
