// A ModelRequest -> the call options of the provider packages: options under the name each package
// reads, limits of the model, cache marks, and what a wire needs to keep the conversation private
// and cached. Pure; the same request gives the same options, byte for byte.

import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
} from "@ai-sdk/provider";
import { OUTPUT_TOKENS_MAX } from "@/base/limits";
import type { ModelRequest, ModelTool } from "./model-event";
import { optionsNamespace } from "./packages";
import { toSendable } from "./sendable";

type ProviderOptions = NonNullable<LanguageModelV4CallOptions["providerOptions"]>;
type OptionValues = ProviderOptions[string];

/** Everything of a call but its signal. Throws SetupError for a package that is not built in. */
export function toCallOptions(request: ModelRequest): LanguageModelV4CallOptions {
  const { model } = request;
  const options: LanguageModelV4CallOptions = {
    prompt: markCache(request),
    ...(hasOwnLimit(request) ? {} : { maxOutputTokens: outputLimit(request) }),
    providerOptions: providerOptions(request),
    headers: { ...model.headers, ...request.headers },
  };
  if (request.tools.length > 0) {
    options.tools = request.tools.map(toTool);
    options.toolChoice = { type: request.toolChoice ?? "auto" };
  }
  if (request.temperature !== undefined && model.capabilities.temperature) {
    options.temperature = request.temperature;
  }
  if (request.topP !== undefined) options.topP = request.topP;
  if (request.topK !== undefined) options.topK = request.topK;
  return options;
}

/** Whether the limit is given in the words of newer models, which refuse the old ones. */
function hasOwnLimit({ model, options }: ModelRequest): boolean {
  return "max_completion_tokens" in { ...model.options, ...options };
}

/** Of the answer, in tokens. */
export function outputLimit({ model, maxOutputTokens }: ModelRequest): number {
  const ofModel = model.limit.output > 0 ? model.limit.output : OUTPUT_TOKENS_MAX;
  return Math.min(ofModel, maxOutputTokens ?? OUTPUT_TOKENS_MAX, OUTPUT_TOKENS_MAX);
}

function toTool(tool: ModelTool): LanguageModelV4FunctionTool {
  return {
    type: "function",
    name: tool.name,
    description: tool.description,
    // A JSON schema by contract; the package's type for it knows more than can be proved here.
    inputSchema: tool.parameters as LanguageModelV4FunctionTool["inputSchema"],
  };
}

function providerOptions(request: ModelRequest): ProviderOptions {
  const { model, provider } = request;
  const { npm } = model.api;
  const values = {
    ...standardOptions(request),
    ...model.options,
    ...request.options,
  } as OptionValues;
  const namespace = optionsNamespace(npm, provider.id, model.api.id);
  return { [namespace]: values };
}

function standardOptions(request: ModelRequest): Record<string, unknown> {
  const { model, provider, sessionID } = request;
  switch (model.api.npm) {
    case "@ai-sdk/openai":
    case "@ai-sdk/azure":
    case "@ai-sdk/xai":
      return {
        store: false,
        promptCacheKey: sessionID,
        // Without storing, reasoning lives on only in what comes back encrypted.
        ...(model.capabilities.reasoning ? { include: ["reasoning.encrypted_content"] } : {}),
      };
    case "@openrouter/ai-sdk-provider":
      // It marks the last block there is, as markCache does for Anthropic's own wire.
      return isClaude(model) ? { cache_control: { type: "ephemeral" } } : {};
    default:
      return provider.options["setCacheKey"] === true ? { prompt_cache_key: sessionID } : {};
  }
}

type CacheMark = (message: LanguageModelV4Message) => LanguageModelV4Message;

/**
 * Anthropic caches up to where it is told: the end of the system prompt, which all turns share,
 * and the last two messages, so that this request finds what the one before it wrote.
 */
function markCache(request: ModelRequest): LanguageModelV4Message[] {
  const mark = cacheMark(request);
  const messages = toSendable(request.messages, request.model);
  if (!mark) return messages;
  const lastSystem = messages.findLastIndex((message) => message.role === "system");
  return messages.map((message, index) =>
    index === lastSystem || (message.role !== "system" && index >= messages.length - 2)
      ? mark(message)
      : message,
  );
}

function cacheMark({ model }: ModelRequest): CacheMark | undefined {
  const { npm } = model.api;
  if (npm === "@ai-sdk/anthropic" || npm === "@ai-sdk/google-vertex/anthropic") {
    return withOptions("anthropic", { cacheControl: { type: "ephemeral" } });
  }
  if (npm === "@ai-sdk/gateway" && isClaude(model)) {
    return withOptions("anthropic", { cacheControl: { type: "ephemeral" } });
  }
  if (npm === "@ai-sdk/amazon-bedrock" && isClaude(model)) {
    return withOptions("bedrock", { cachePoint: { type: "default" } });
  }
  return undefined;
}

/** Claude, under whatever provider's name for it. */
function isClaude({ api }: ModelRequest["model"]): boolean {
  return /claude|anthropic/i.test(api.id);
}

function withOptions(namespace: string, values: OptionValues): CacheMark {
  return (message) => ({
    ...message,
    providerOptions: {
      ...message.providerOptions,
      [namespace]: { ...message.providerOptions?.[namespace], ...values },
    },
  });
}
