/*
 * Variants: named settings of how much a model thinks, generated for models that reason, in the
 * words of the package that speaks to them, and overridden by configuration. A variant's value is
 * a set of provider options, as a request hands them to the package.
 */
import type { ModelConfig } from "@/schema/config";
import type { Model } from "@/schema/provider";

type Options = Record<string, unknown>;
type Variants = Record<string, Options>;
type ReasoningModel = Pick<Model, "api" | "limit">;

const EFFORTS: readonly string[] = ["low", "medium", "high"];
/** Tokens that a model may think at most, for those that are told in tokens. */
const BUDGETS: Readonly<Record<string, number>> = {
  low: 4_096,
  medium: 10_240,
  high: 16_384,
  max: 31_999,
};
/** Chat completions of these families know no effort, and some refuse the field. */
const NO_EFFORT = /deepseek|minimax|glm|kimi|k2|qwen|mistral|magistral|devstral/i;

/** The variants of a model by name; empty for one that does not reason and has none configured. */
export function variantsOf(
  model: ReasoningModel & { reasoning: boolean },
  configured: ModelConfig["variants"] = {},
): Variants {
  const variants: Variants = model.reasoning ? generate(model) : {};
  for (const [name, { disabled, ...options }] of Object.entries(configured)) {
    if (disabled) delete variants[name];
    else variants[name] = { ...variants[name], ...options };
  }
  return variants;
}

function generate(model: ReasoningModel): Variants {
  const { npm, id } = model.api;
  switch (npm) {
    case "@ai-sdk/openai":
    case "@ai-sdk/azure":
      return efforts(openAIEfforts(id));
    case "@ai-sdk/anthropic":
    case "@ai-sdk/google-vertex/anthropic":
      return anthropicVariants(model);
    case "@ai-sdk/google":
    case "@ai-sdk/google-vertex":
      return googleVariants(id);
    case "@ai-sdk/amazon-bedrock":
      return bedrockVariants(model);
    case "@ai-sdk/xai":
      return efforts(xaiEfforts(id));
    case "@ai-sdk/mistral":
      return /magistral/.test(id) ? {} : efforts(["none", "high"]);
    case "@ai-sdk/cohere":
      return efforts(["none", "high"]);
    case "@ai-sdk/gateway":
      return gatewayVariants(model);
    case "@openrouter/ai-sdk-provider":
      return openRouterVariants(id);
    default:
      return chatVariants(model);
  }
}

function efforts(names: readonly string[]): Variants {
  return Object.fromEntries(names.map((name) => [name, { reasoningEffort: name }]));
}

function openAIEfforts(id: string): readonly string[] {
  // These think as much as they please.
  if (/-chat\b/.test(id)) return [];
  const version = versionAfter(id, "gpt-");
  if (version === undefined) return EFFORTS;
  if (/-pro\b/.test(id)) return version < 5.2 ? ["high"] : ["medium", "high", "xhigh"];
  if (version === 5) return /codex/.test(id) ? EFFORTS : ["minimal", ...EFFORTS];
  if (version < 5.2) return /codex/.test(id) ? EFFORTS : ["none", ...EFFORTS];
  return [...(/codex/.test(id) ? [] : ["none"]), ...EFFORTS, "xhigh"];
}

function xaiEfforts(id: string): readonly string[] {
  if (/grok-3-mini/.test(id)) return ["low", "high"];
  // 4.20 is older than 4.3 in spite of its number.
  const version = /grok-4\.20/.test(id) ? 4.2 : (versionAfter(id, "grok-") ?? 0);
  return version >= 4.3 ? EFFORTS : [];
}

/** Newer models decide how long to think and take an effort; older ones take a budget. */
function anthropicVariants({ api, limit }: ReasoningModel): Variants {
  if (isAdaptive(api.id)) {
    const thinking = { type: "adaptive", display: "summarized" };
    return mapNames([...EFFORTS, "max"], (effort) => ({ thinking, effort }));
  }
  return mapBudgets(limit.output, (budgetTokens) => ({
    thinking: { type: "enabled", budgetTokens },
  }));
}

function bedrockVariants({ api, limit }: ReasoningModel): Variants {
  if (/claude/.test(api.id) && !isAdaptive(api.id)) {
    return mapBudgets(limit.output, (budgetTokens) => ({
      reasoningConfig: { type: "enabled", budgetTokens },
    }));
  }
  if (/openai\./.test(api.id)) {
    return mapNames(EFFORTS, (effort) => ({ reasoningConfig: { maxReasoningEffort: effort } }));
  }
  if (!/claude|nova/.test(api.id)) return {};
  const type = /claude/.test(api.id) ? "adaptive" : "enabled";
  return mapNames(EFFORTS, (effort) => ({ reasoningConfig: { type, maxReasoningEffort: effort } }));
}

function googleVariants(id: string): Variants {
  const version = versionAfter(id, "gemini-") ?? (id.endsWith("-latest") ? 3 : 2.5);
  if (version >= 3) {
    const ofPro = version > 3 ? EFFORTS : ["low", "high"];
    const levels = /pro/.test(id) ? ofPro : ["minimal", ...EFFORTS];
    return mapNames(levels, (thinkingLevel) => ({
      thinkingConfig: { includeThoughts: true, thinkingLevel },
    }));
  }
  const largest = /pro/.test(id) ? 32_768 : 24_576;
  return mapBudgets(largest, (thinkingBudget) => ({
    thinkingConfig: { includeThoughts: true, thinkingBudget },
  }));
}

/**
 * The makers' own addresses know how to switch thinking on and off, in words of their own; others
 * that serve the same models know them seldom.
 */
function chatVariants({ api: { id, npm, url } }: ReasoningModel): Variants {
  if (npm === "@ai-sdk/groq" && /qwen/i.test(id)) {
    return { none: { reasoningEffort: "none" }, high: { reasoningEffort: "default" } };
  }
  if (/\bapi\.deepseek\.com/.test(url)) {
    return { none: { thinking: { type: "disabled" } }, ...efforts(["low", "high", "max"]) };
  }
  if (/\b(moonshot\.(ai|cn)|z\.ai|bigmodel\.cn|xiaomimimo\.com)\b/.test(url)) {
    return { none: { thinking: { type: "disabled" } }, high: { thinking: { type: "enabled" } } };
  }
  if (/\bdashscope[\w-]*\.aliyuncs\.com/.test(url) && /^qwen(?!.*thinking)/i.test(id)) {
    return { none: { enable_thinking: false }, high: { enable_thinking: true } };
  }
  return NO_EFFORT.test(id) ? {} : efforts(EFFORTS);
}

/** It turns an effort into what each maker takes; their ids begin with the maker. */
function openRouterVariants(id: string): Variants {
  const names = id.startsWith("openai/") ? openAIEfforts(id) : EFFORTS;
  return mapNames(names, (effort) => ({ reasoning: { effort } }));
}

/** A gateway's ids begin with the vendor, whose options it hands on. */
function gatewayVariants(model: ReasoningModel): Variants {
  const [vendor] = model.api.id.split("/");
  const packages: Record<string, string> = {
    anthropic: "@ai-sdk/anthropic",
    google: "@ai-sdk/google",
    openai: "@ai-sdk/openai",
    xai: "@ai-sdk/xai",
  };
  const npm = packages[vendor ?? ""];
  return npm === undefined ? {} : generate({ ...model, api: { ...model.api, npm } });
}

/** Claude from 4.6 on. Older ones name the version first (claude-3-7-sonnet). */
function isAdaptive(id: string): boolean {
  const [, major, minor] = /claude-[a-z]+-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(id) ?? [];
  return Number(major ?? 0) + Number(minor ?? 0) / 100 >= 4.06;
}

function versionAfter(id: string, prefix: string): number | undefined {
  const at = id.lastIndexOf(prefix);
  const found = at < 0 ? undefined : /^\d+(\.\d+)?/.exec(id.slice(at + prefix.length))?.[0];
  return found === undefined ? undefined : Number(found);
}

/** Budgets leave room for an answer; those that do not fit are left out. */
function mapBudgets(largest: number, options: (tokens: number) => Options): Variants {
  const limit = largest > 0 ? largest : Infinity;
  const fitting = Object.keys(BUDGETS).filter((name) => (BUDGETS[name] ?? 0) < limit);
  return mapNames(fitting, (name) => options(BUDGETS[name] ?? 0));
}

function mapNames(names: readonly string[], options: (name: string) => Options): Variants {
  return Object.fromEntries(names.map((name) => [name, options(name)]));
}
