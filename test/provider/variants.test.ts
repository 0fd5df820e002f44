import { expect, test } from "bun:test";
import { variantsOf } from "@/provider/variants";
import type { ModelConfig } from "@/schema/config";

function variants(npm: string, id: string, output = 64_000, url = "") {
  const api = { npm, id, url };
  return variantsOf({ api, limit: { context: 200_000, output }, reasoning: true });
}

/** The schema's type leaves out the options, which are the provider's. */
function options(value: Record<string, Record<string, unknown>>): ModelConfig["variants"] {
  return value;
}

const NAMES: [npm: string, id: string, names: string][] = [
  ["@ai-sdk/openai", "gpt-5", "minimal low medium high"],
  ["@ai-sdk/openai", "gpt-5.1", "none low medium high"],
  ["@ai-sdk/openai", "gpt-6-sol", "none low medium high xhigh"],
  ["@ai-sdk/openai", "gpt-5.3-codex", "low medium high xhigh"],
  ["@ai-sdk/openai", "gpt-5-pro", "high"],
  ["@ai-sdk/openai", "gpt-5.3-chat-latest", ""],
  ["@ai-sdk/openai", "o4-mini", "low medium high"],
  ["@ai-sdk/anthropic", "claude-sonnet-4-5-20250929", "low medium high max"],
  ["@ai-sdk/anthropic", "claude-opus-5-5", "low medium high max"],
  ["@ai-sdk/google", "gemini-2.5-flash", "low medium high"],
  ["@ai-sdk/google", "gemini-2.5-pro", "low medium high max"],
  ["@ai-sdk/google", "gemini-3-pro-preview", "low high"],
  ["@ai-sdk/google", "gemini-3.1-pro-preview", "low medium high"],
  ["@ai-sdk/google", "gemini-3.8-flash", "minimal low medium high"],
  ["@ai-sdk/xai", "grok-4.20-0309-reasoning", ""],
  ["@ai-sdk/xai", "grok-4.7", "low medium high"],
  ["@ai-sdk/mistral", "mistral-small-2603", "none high"],
  ["@ai-sdk/openai-compatible", "anything-1", "low medium high"],
  ["@ai-sdk/openai-compatible", "deepseek-v4-pro", ""],
  ["@ai-sdk/gateway", "anthropic/claude-sonnet-5", "low medium high max"],
  ["@ai-sdk/gateway", "unknown/model", ""],
  ["@ai-sdk/amazon-bedrock", "us.anthropic.claude-sonnet-5", "low medium high"],
  ["@ai-sdk/amazon-bedrock", "meta.llama4", ""],
  ["@ai-sdk/amazon-bedrock", "global.openai.gpt-5.6-luna", "low medium high"],
  ["@ai-sdk/amazon-bedrock", "amazon.nova-2-lite-v1:0", "low medium high"],
  ["@openrouter/ai-sdk-provider", "anthropic/claude-opus-5", "low medium high"],
  ["@openrouter/ai-sdk-provider", "openai/gpt-5.4", "none low medium high xhigh"],
  ["@ai-sdk/groq", "openai/gpt-oss-120b", "low medium high"],
  ["@ai-sdk/groq", "qwen/qwen3.8-27b", "none high"],
  ["@ai-sdk/cohere", "command-a-reasoning-08-2025", "none high"],
];

test.each(NAMES)("%s %s", (npm, id, names) => {
  expect(Object.keys(variants(npm, id)).join(" ")).toBe(names);
});

test("each package is told in its own words", () => {
  expect(variants("@ai-sdk/openai", "gpt-5.1")["low"]).toEqual({ reasoningEffort: "low" });
  expect(variants("@ai-sdk/anthropic", "claude-haiku-4-5")["high"]).toEqual({
    thinking: { type: "enabled", budgetTokens: 16_384 },
  });
  expect(variants("@ai-sdk/anthropic", "claude-sonnet-4-6")["max"]).toEqual({
    thinking: { type: "adaptive", display: "summarized" },
    effort: "max",
  });
  expect(variants("@ai-sdk/google", "gemini-3.8-flash")["medium"]).toEqual({
    thinkingConfig: { includeThoughts: true, thinkingLevel: "medium" },
  });
});

test.each([
  ["deepseek-v4-pro", "https://api.deepseek.com", "none low high max"],
  ["kimi-k3", "https://api.moonshot.ai/v1", "none high"],
  ["glm-5", "https://api.z.ai/api/paas/v4", "none high"],
  ["mimo-v2.5-pro", "https://api.xiaomimimo.com/v1", "none high"],
  ["qwen-plus", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "none high"],
  ["qwen3-next-80b-a3b-thinking", "https://dashscope.aliyuncs.com/compatible-mode/v1", ""],
  ["deepseek-v4-pro", "https://models.example.com/v1", ""],
])("%s at %s", (id, url, names) => {
  const found = variants("@ai-sdk/openai-compatible", id, 64_000, url);
  expect(Object.keys(found).join(" ")).toBe(names);
});

test("OpenRouter is told of the effort in an object of its own", () => {
  expect(variants("@openrouter/ai-sdk-provider", "z-ai/glm-5.3-flash")["high"]).toEqual({
    reasoning: { effort: "high" },
  });
});

test("budgets that leave no room for an answer are left out", () => {
  expect(Object.keys(variants("@ai-sdk/anthropic", "claude-haiku-4-5", 8192))).toEqual(["low"]);
});

test("configuration adds, changes and removes variants", () => {
  const api = { npm: "@ai-sdk/openai", id: "o3", url: "" };
  const limit = { context: 1, output: 1 };
  const configured = options({
    low: { disabled: true },
    high: { textVerbosity: "low" },
    fast: { reasoningEffort: "none" },
  });
  expect(variantsOf({ api, limit, reasoning: true }, configured)).toEqual({
    medium: { reasoningEffort: "medium" },
    high: { reasoningEffort: "high", textVerbosity: "low" },
    fast: { reasoningEffort: "none" },
  });
  expect(variantsOf({ api, limit, reasoning: false }, options({ x: { a: 1 } }))).toEqual({
    x: { a: 1 },
  });
});
