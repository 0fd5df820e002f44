import { expect, test } from "bun:test";
import { Catalog } from "@/llm/catalog";
import { toModel } from "@/provider/catalog-model";
import { findBestModel, pickSmallModel } from "@/provider/ranking";
import type { ModelConfig } from "@/schema/config";
import type { Model } from "@/schema/provider";

const price = (input: number) => ({ cost: { input, output: input } });

function models(providerID: string, configs: Record<string, ModelConfig>): Model[] {
  return Object.entries(configs).map(([modelID, config]) =>
    toModel({ providerID, modelID, config, variables: {} }),
  );
}

function embeddedModels(providerID: string): Model[] {
  const catalog = new Catalog();
  return Object.entries(catalog.models(providerID)).map(([modelID, catalogModel]) =>
    toModel({ providerID, modelID, catalogModel, variables: {} }),
  );
}

const best = (all: Model[]) => findBestModel(all)?.id;

test("of plain names the last comes first", () => {
  expect(best(models("fake", { "fake-large": {}, "fake-small": {}, "fake-medium": {} }))).toBe(
    "fake-small",
  );
});

test("newer before older, and the plain name before the dated one", () => {
  const day = { release_date: "2026-01-01" };
  expect(
    best(models("p", { "m-1-20260101": day, "m-1": day, "m-9": { release_date: "2025-01-01" } })),
  ).toBe("m-1");
});

test("models without tools, without text and for other purposes come last", () => {
  const all = models("p", {
    z: { tool_call: false },
    y: { modalities: { output: ["image"] } },
    "x-embedding": {},
    a: {},
  });
  expect(best(all)).toBe("a");
});

test.each([
  ["anthropic", /^claude-sonnet-/],
  ["openai", /^gpt-[\d.]+(-sol)?$/],
  ["google", /^gemini-.*-pro/],
  ["openrouter", /^anthropic\/claude-sonnet-/],
  ["amazon-bedrock", /^global\.anthropic\.claude-sonnet-/],
  ["deepseek", /-pro$/],
])("the best of %s", (provider, pattern) => {
  expect(best(embeddedModels(provider))).toMatch(pattern);
});

test.each([
  ["anthropic", "claude-sonnet-4-5", /^claude-haiku/],
  ["openai", "gpt-5", /nano|mini|luna/],
  ["google", "gemini-2.5-pro", /flash/],
  ["openrouter", "anthropic/claude-sonnet-4.5", /^anthropic\/claude-haiku/],
  ["amazon-bedrock", "us.anthropic.claude-sonnet-4-6", /^us\.anthropic\.claude-haiku/],
])("the small one of %s beside %s", (provider, main, pattern) => {
  const all = embeddedModels(provider);
  const found = all.find((model) => model.id === main);
  if (found === undefined) throw new Error(`${main} is not in the catalog`);
  const small = pickSmallModel(found, all);
  expect(small.id).toMatch(pattern);
  expect(small.cost.input).toBeLessThan(found.cost.input);
});

function small(configs: Record<string, ModelConfig>, url = "https://p.example"): string {
  const all = models("p", configs).map((model) => ({ ...model, api: { ...model.api, url } }));
  const [main] = all;
  if (main === undefined) throw new Error("no model");
  return pickSmallModel(main, all).id;
}

test("a small model must not cost more, and its name must be a whole word", () => {
  expect(small({ main: price(1), "x-mini": price(2) })).toBe("main");
  expect(small({ main: price(1), minimax: price(0.1) })).toBe("main");
  expect(small({ main: price(1), "x-mini": price(0.5) })).toBe("x-mini");
});

test("the main model's own family is preferred to a newer one of another", () => {
  const newer = { ...price(0.1), release_date: "2026-05-01" };
  expect(small({ "a-large": price(1), "a-mini": price(0.5), "b-mini": newer })).toBe("a-mini");
});

test("a free model on this machine is kept: another would have to be loaded", () => {
  expect(small({ main: {}, "x-mini": {} }, "http://127.0.0.1:11434/v1")).toBe("main");
  expect(small({ main: {}, "x-mini": {} }, "http://localhost:1/v1")).toBe("main");
  expect(small({ main: {}, "x-mini": {} })).toBe("x-mini");
});
