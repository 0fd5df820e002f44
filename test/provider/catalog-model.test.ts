import { expect, test } from "bun:test";
import { Catalog } from "@/llm/catalog";
import { toModel, type ModelSources } from "@/provider/catalog-model";
import { isValid } from "@/base/schema";
import { Model } from "@/schema/provider";
import { catalogModel } from "./support";

const embedded = new Catalog();

function fromCatalog(providerID: string, modelID: string, more: Partial<ModelSources> = {}) {
  return toModel({
    providerID,
    modelID,
    catalogProvider: embedded.findProvider(providerID),
    catalogModel: embedded.models(providerID)[modelID],
    variables: {},
    ...more,
  });
}

test("an Anthropic model of the catalog", () => {
  expect(fromCatalog("anthropic", "claude-haiku-4-5")).toMatchObject({
    id: "claude-haiku-4-5",
    providerID: "anthropic",
    api: { id: "claude-haiku-4-5", url: "", npm: "@ai-sdk/anthropic" },
    family: "claude-haiku",
    capabilities: {
      temperature: true,
      reasoning: true,
      attachment: true,
      toolcall: true,
      input: { text: true, image: true, pdf: true, audio: false, video: false },
      output: { text: true, image: false },
      interleaved: false,
    },
    cost: { input: 1, output: 5, cache: { read: 0.1, write: 1.25 } },
    status: "active",
    options: {},
    headers: {},
  });
});

test("an OpenAI model has a limit of its own for input", () => {
  const { api, limit } = fromCatalog("openai", "gpt-5");
  expect(api.npm).toBe("@ai-sdk/openai");
  expect(limit).toEqual({ context: 400_000, input: 272_000, output: 128_000 });
});

test("prices for long contexts are there in both forms", () => {
  const { cost } = fromCatalog("google", "gemini-2.5-pro");
  expect(cost.tiers?.[0]).toMatchObject({ input: 2.5, tier: { type: "context", size: 200_000 } });
  expect(cost.experimentalOver200K).toMatchObject({ input: 2.5, output: 15 });
});

test("a model with another name, package and address than its provider's", () => {
  const model = toModel({
    providerID: "x",
    modelID: "x-fast",
    catalogProvider: {
      id: "x",
      name: "X",
      env: [],
      npm: "@ai-sdk/openai",
      api: "https://x.example",
      modelCount: 1,
    },
    catalogModel: catalogModel({
      id: "x",
      interleaved: { field: "reasoning_content" },
      provider: { npm: "@ai-sdk/anthropic", api: "https://${HOST}/anthropic" },
    }),
    variables: { HOST: "h.example" },
  });
  expect(model.api).toEqual({
    id: "x",
    url: "https://h.example/anthropic",
    npm: "@ai-sdk/anthropic",
  });
  expect(model.capabilities.interleaved).toEqual({ field: "reasoning_content" });
});

test("a model of the configuration alone gets defaults that promise little", () => {
  expect(toModel({ providerID: "me", modelID: "m", config: {}, variables: {} })).toEqual({
    id: "m",
    providerID: "me",
    api: { id: "m", url: "", npm: "@ai-sdk/openai-compatible" },
    name: "m",
    capabilities: {
      temperature: false,
      reasoning: false,
      attachment: false,
      toolcall: true,
      input: { text: true, audio: false, image: false, video: false, pdf: false },
      output: { text: true, audio: false, image: false, video: false, pdf: false },
      interleaved: false,
    },
    cost: { input: 0, output: 0, cache: { read: 0, write: 0 } },
    limit: { context: 0, output: 0 },
    status: "active",
    options: {},
    headers: {},
    release_date: "",
    variants: {},
  });
});

test("configuration counts more than the catalog", () => {
  const model = fromCatalog("openai", "gpt-5", {
    providerConfig: { npm: "@ai-sdk/openai-compatible", options: { baseURL: "http://proxy/v1" } },
    config: {
      name: "Mine",
      cost: { input: 7, output: 8, cache_read: 1, context_over_200k: { input: 9, output: 10 } },
      limit: { context: 10, output: 5 },
      interleaved: "reasoning",
      tool_call: false,
      modalities: { input: ["text", "image"] },
      headers: { a: "b" },
      options: { c: 1 },
    },
  });
  expect(model).toMatchObject({
    name: "Mine",
    api: { id: "gpt-5", url: "http://proxy/v1", npm: "@ai-sdk/openai-compatible" },
    cost: {
      input: 7,
      cache: { read: 1, write: 0 },
      experimentalOver200K: { input: 9, cache: { read: 0, write: 0 } },
    },
    limit: { context: 10, output: 5 },
    capabilities: { interleaved: { field: "reasoning" }, toolcall: false, reasoning: true },
    headers: { a: "b" },
    options: { c: 1 },
  });
});

test("every model of the catalog becomes a valid one", () => {
  for (const { id } of embedded.listProviders()) {
    for (const modelID of Object.keys(embedded.models(id)).slice(0, 3)) {
      const model = fromCatalog(id, modelID);
      if (!isValid(Model, model)) throw new Error(`${id}/${modelID}`);
    }
  }
});
