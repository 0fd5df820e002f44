// What a request becomes for each package: limits, options under the right name, cache marks.

import { describe, expect, test } from "bun:test";
import { toCallOptions } from "@/llm/call-options";
import type { ModelMessage, ModelRequest } from "@/llm/model-event";
import type { Model } from "@/schema/provider";
import { type Address, HELLO, modelOf, requestTo } from "@test/llm/scripted-request";

const scripted: Address = { baseURL: "http://127.0.0.1:1/v1", wire: "openai-compatible" };
const base = modelOf(scripted);

function optionsFor(
  npm: string,
  overrides: Partial<ModelRequest> = {},
  model: Partial<Model> = {},
  providerOptions: Record<string, unknown> = {},
) {
  const api = { id: "some-model", url: "", npm, ...model.api };
  const request = { ...overrides, model: { ...base, ...model, api } };
  return toCallOptions(requestTo(scripted, request, providerOptions));
}

const CHAT = "@ai-sdk/openai-compatible";

describe("limits", () => {
  test.each([
    [8_000, undefined, 8_000],
    [128_000, undefined, 32_000],
    [0, undefined, 32_000],
    [8_000, 100, 100],
    [8_000, 9_000, 8_000],
  ])("a model of %p asked for %p gets %p", (output, maxOutputTokens, expected) => {
    const request = maxOutputTokens === undefined ? {} : { maxOutputTokens };
    const options = optionsFor(CHAT, request, { limit: { context: 1, output } });
    expect(options.maxOutputTokens).toBe(expected);
  });

  test("a model without temperature is not given one", () => {
    const capabilities = { ...base.capabilities, temperature: false };
    expect(optionsFor(CHAT, { temperature: 1 }).temperature).toBe(1);
    expect(optionsFor(CHAT, { temperature: 1 }, { capabilities }).temperature).toBeUndefined();
  });

  test("no tools means no choice either", () => {
    const options = optionsFor(CHAT, { tools: [], toolChoice: "required" });
    expect(options.tools).toBeUndefined();
    expect(options.toolChoice).toBeUndefined();
  });
});

describe("options", () => {
  test.each([
    [CHAT, "scripted"],
    ["@ai-sdk/groq", "scripted"],
    ["@ai-sdk/anthropic", "anthropic"],
    ["@ai-sdk/google-vertex/anthropic", "anthropic"],
    ["@ai-sdk/openai", "openai"],
    ["@ai-sdk/azure", "openai"],
    ["@ai-sdk/google", "google"],
    ["@ai-sdk/amazon-bedrock", "bedrock"],
  ])("%s reads them under %s", (npm, namespace) => {
    const { providerOptions } = optionsFor(npm, { options: { reasoningEffort: "high" } });
    expect(providerOptions?.[namespace]).toMatchObject({ reasoningEffort: "high" });
    expect(Object.keys(providerOptions ?? {})).toEqual([namespace]);
  });

  test("those of the request win over those of the model", () => {
    const model = { options: { effort: "low", keep: 1 } };
    const { providerOptions } = optionsFor(CHAT, { options: { effort: "high" } }, model);
    expect(providerOptions?.["scripted"]).toEqual({ effort: "high", keep: 1 });
  });

  test("OpenAI stores nothing and caches by session", () => {
    expect(optionsFor("@ai-sdk/openai").providerOptions?.["openai"]).toEqual({
      store: false,
      promptCacheKey: "ses_test",
      include: ["reasoning.encrypted_content"],
    });
  });

  test("setCacheKey sends the session to a chat model", () => {
    const { providerOptions } = optionsFor(CHAT, {}, {}, { setCacheKey: true });
    expect(providerOptions?.["scripted"]).toEqual({ prompt_cache_key: "ses_test" });
  });
});

describe("cache marks", () => {
  const messages: ModelMessage[] = [
    { role: "system", content: "One." },
    ...HELLO,
    { role: "assistant", content: [{ type: "text", text: "Hi" }] },
    { role: "user", content: [{ type: "text", text: "More" }] },
  ];
  const mark = { cacheControl: { type: "ephemeral" } };

  test("Anthropic: the last of the system prompt and the last two messages", () => {
    const { prompt } = optionsFor("@ai-sdk/anthropic", { messages });
    expect(prompt.map((message) => message.providerOptions?.["anthropic"])).toEqual([
      undefined,
      mark,
      undefined,
      mark,
      mark,
    ]);
  });

  test("options that a message has already are kept", () => {
    const providerOptions = { anthropic: { other: 1 } };
    const last: ModelMessage = {
      role: "user",
      content: [{ type: "text", text: "x" }],
      providerOptions,
    };
    const { prompt } = optionsFor("@ai-sdk/anthropic", { messages: [last] });
    expect(prompt[0]?.providerOptions).toEqual({ anthropic: { other: 1, ...mark } });
    expect(last.providerOptions).toBe(providerOptions);
  });

  test("OpenRouter marks the last block of Claude itself", () => {
    const npm = "@openrouter/ai-sdk-provider";
    const optionsOf = (id: string) => {
      const api = { id, url: "", npm };
      return optionsFor(npm, { messages }, { api }).providerOptions?.["scripted"];
    };
    expect(optionsOf("anthropic/claude-sonnet-5")).toEqual({
      cache_control: { type: "ephemeral" },
    });
    expect(optionsOf("openai/gpt-5")).toEqual({});
  });

  test("others get the messages as they are", () => {
    expect(optionsFor(CHAT, { messages }).prompt).toEqual(messages);
    expect(optionsFor("@ai-sdk/openai", { messages }).prompt).toEqual(messages);
  });
});
