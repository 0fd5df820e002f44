import { expect, test } from "bun:test";
import { findModelRef, parseModelRef, suggest } from "@/provider/model-ref";

test("the provider ends at the first slash", () => {
  expect(findModelRef("openrouter/anthropic/claude")).toEqual({
    providerID: "openrouter",
    modelID: "anthropic/claude",
  });
});

test.each(["", "x", "/x", "x/"])("%j is no model", (text) => {
  expect(findModelRef(text)).toBeUndefined();
  expect(() => parseModelRef(text, "--model")).toThrow("--model: ");
});

test("suggestions are near in letters or contain what was written, best first", () => {
  const known = ["claude-sonnet-5", "claude-sonnet-4-5", "claude-opus-5", "gpt-6"];
  expect(suggest("claude-sonet-5", known)[0]).toBe("claude-sonnet-5");
  expect(suggest("sonnet", known)).toEqual(["claude-sonnet-4-5", "claude-sonnet-5"]);
  expect(suggest("llama", known)).toEqual([]);
});
