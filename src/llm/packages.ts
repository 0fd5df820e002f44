// Which provider packages are built in, and how each is opened. Every import is literal and lazy,
// so that the bundler gives each package a chunk of its own which is read at the first request.
//
// Packages which only wrap OpenAI's chat completions are not shipped: their npm names stay valid
// and are served by openai-compatible with the address they would have used.

import type { LanguageModelV4 } from "@ai-sdk/provider";
import type { Fetch } from "./transport";
import { SetupError } from "./wire-error";

export interface PackageSettings {
  providerID: string;
  /** As the provider's API knows it. */
  modelID: string;
  baseURL: string | undefined;
  apiKey: string | undefined;
  headers: Record<string, string>;
  /** The provider's other options as configured: region, project, organization... */
  options: Record<string, unknown>;
  fetch: Fetch;
}

type Open = (settings: PackageSettings) => Promise<LanguageModelV4>;

interface BuiltIn {
  open: Open;
  /** The key under which the package reads its options of a request. */
  namespace: (settings: { providerID: string; modelID: string }) => string;
  isChat?: boolean;
}

const openOpenAICompatible: Open = async (settings) => {
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const provider = createOpenAICompatible({
    name: compatibleName(settings),
    baseURL: requireURL(settings),
    ...(settings.apiKey ? { apiKey: settings.apiKey } : {}),
    headers: settings.headers,
    fetch: asGlobalFetch(settings.fetch),
    includeUsage: true,
  });
  return provider.chatModel(settings.modelID);
};

const openAnthropic: Open = async (settings) => {
  const { createAnthropic } = await import("@ai-sdk/anthropic");
  const provider = createAnthropic({
    baseURL: settings.baseURL ?? "https://api.anthropic.com/v1",
    ...anthropicCredentials(settings),
    headers: settings.headers,
    fetch: asGlobalFetch(withoutUnusedBeta(settings)),
  });
  return provider(settings.modelID);
};

const openOpenAI: Open = async (settings) => {
  const { createOpenAI } = await import("@ai-sdk/openai");
  const provider = createOpenAI({
    ...settings.options,
    baseURL: settings.baseURL ?? "https://api.openai.com/v1",
    apiKey: settings.apiKey ?? "",
    headers: settings.headers,
    fetch: asGlobalFetch(settings.fetch),
  });
  return provider.responses(settings.modelID);
};

/** Azure serves OpenAI's own API below the resource's address, with the key as a bearer token. */
const openAzure: Open = (settings) => {
  const resource = settings.options["resourceName"];
  const baseURL =
    settings.baseURL ??
    (typeof resource === "string" ? `https://${resource}.openai.azure.com/openai/v1` : undefined);
  return openOpenAI({ ...settings, baseURL: requireURL({ ...settings, baseURL }) });
};

const openGoogle: Open = async (settings) => {
  const { createGoogle } = await import("@ai-sdk/google");
  const provider = createGoogle({
    baseURL: settings.baseURL ?? "https://generativelanguage.googleapis.com/v1beta",
    apiKey: settings.apiKey ?? "",
    headers: settings.headers,
    fetch: asGlobalFetch(settings.fetch),
  });
  return provider(settings.modelID);
};

// The "edge" variants sign with the runtime's own cryptography; the others bring a library for
// Google's credentials along which is larger than all the rest of the package.
const openVertex: Open = async (settings) => {
  const { createVertex } = await import("@ai-sdk/google-vertex/edge");
  return createVertex(passOn(settings))(settings.modelID);
};

const openVertexAnthropic: Open = async (settings) => {
  const { createVertexAnthropic } = await import("@ai-sdk/google-vertex/anthropic/edge");
  return createVertexAnthropic(passOn(settings))(settings.modelID);
};

const openBedrock: Open = async (settings) => {
  const { createAmazonBedrock } = await import("@ai-sdk/amazon-bedrock");
  return createAmazonBedrock(passOn(settings))(settings.modelID);
};

const openMistral: Open = async (settings) => {
  const { createMistral } = await import("@ai-sdk/mistral");
  return createMistral({ ...passOn(settings), apiKey: settings.apiKey ?? "" })(settings.modelID);
};

const openXai: Open = async (settings) => {
  const { createXai } = await import("@ai-sdk/xai");
  return createXai({ ...passOn(settings), apiKey: settings.apiKey ?? "" })(settings.modelID);
};

const openGateway: Open = async (settings) => {
  const { createGateway } = await import("@ai-sdk/gateway");
  return createGateway({ ...passOn(settings), apiKey: settings.apiKey ?? "" })(settings.modelID);
};

function compatible(baseURL?: string): BuiltIn {
  return {
    open: (settings) => openOpenAICompatible({ ...settings, baseURL: settings.baseURL ?? baseURL }),
    namespace: compatibleName,
    isChat: true,
  };
}

function named(namespace: string, open: Open): BuiltIn {
  return { open, namespace: () => namespace };
}

const PACKAGES: Readonly<Record<string, BuiltIn>> = {
  "@ai-sdk/openai-compatible": compatible(),
  "@ai-sdk/anthropic": named("anthropic", openAnthropic),
  "@ai-sdk/openai": named("openai", openOpenAI),
  "@ai-sdk/google": named("google", openGoogle),
  "@ai-sdk/azure": named("openai", openAzure),
  "@ai-sdk/google-vertex": named("vertex", openVertex),
  "@ai-sdk/google-vertex/anthropic": named("anthropic", openVertexAnthropic),
  "@ai-sdk/amazon-bedrock": named("bedrock", openBedrock),
  "@ai-sdk/mistral": named("mistral", openMistral),
  "@ai-sdk/xai": named("xai", openXai),
  // The gateway hands options on to the provider that its model ids begin with.
  "@ai-sdk/gateway": {
    open: openGateway,
    namespace: ({ modelID }) => modelID.split("/")[0] ?? "gateway",
  },
  "@ai-sdk/cerebras": compatible("https://api.cerebras.ai/v1"),
  "@ai-sdk/cohere": compatible("https://api.cohere.ai/compatibility/v1"),
  "@ai-sdk/deepinfra": compatible("https://api.deepinfra.com/v1/openai"),
  "@ai-sdk/deepseek": compatible("https://api.deepseek.com"),
  "@ai-sdk/fireworks": compatible("https://api.fireworks.ai/inference/v1"),
  "@ai-sdk/groq": compatible("https://api.groq.com/openai/v1"),
  "@ai-sdk/perplexity": compatible("https://api.perplexity.ai"),
  "@ai-sdk/togetherai": compatible("https://api.together.xyz/v1"),
  "@ai-sdk/vercel": compatible("https://api.v0.dev/v1"),
  "@openrouter/ai-sdk-provider": compatible("https://openrouter.ai/api/v1"),
  "@aihubmix/ai-sdk-provider": compatible("https://aihubmix.com/v1"),
  "venice-ai-sdk-provider": compatible("https://api.venice.ai/api/v1"),
};

/** The npm names a provider's or model's configuration may give. */
export const supportedPackages: readonly string[] = Object.keys(PACKAGES);

/** Whether models of this package can be used; the others are listed, saying what is missing. */
export function isSupported(npm: string): boolean {
  return Object.hasOwn(PACKAGES, npm);
}

/** Whether the package speaks OpenAI's chat completions. */
export function isChatCompletions(npm: string): boolean {
  return Object.hasOwn(PACKAGES, npm) && PACKAGES[npm]?.isChat === true;
}

/** Opens a model of the package; throws SetupError, in words for a person, when it cannot work. */
export async function openModel(npm: string, settings: PackageSettings): Promise<LanguageModelV4> {
  return builtIn(npm, settings.providerID).open(settings);
}

/** The key of providerOptions which the package reads. */
export function optionsNamespace(npm: string, providerID: string, modelID: string): string {
  return builtIn(npm, providerID).namespace({ providerID, modelID });
}

function builtIn(npm: string, providerID: string): BuiltIn {
  const found = Object.hasOwn(PACKAGES, npm) ? PACKAGES[npm] : undefined;
  if (found) return found;
  throw new SetupError(
    `Provider "${providerID}" needs the package ${npm}, which is not built in. ` +
      `If it has an OpenAI-compatible address, set provider.${providerID}.npm to ` +
      `"@ai-sdk/openai-compatible" and provider.${providerID}.options.baseURL to that address.`,
  );
}

/**
 * The name which openai-compatible uses as its namespace. It splits the name at a dot and warns
 * of dashes, so it gets neither.
 */
function compatibleName({ providerID }: { providerID: string }): string {
  return providerID.replace(/[^a-zA-Z0-9]+([a-zA-Z0-9])?/g, (_, next?: string) =>
    (next ?? "").toUpperCase(),
  );
}

function anthropicCredentials(settings: PackageSettings): Record<string, string> {
  const token = settings.options["authToken"];
  return typeof token === "string" ? { authToken: token } : { apiKey: settings.apiKey ?? "" };
}

const BETAS = "anthropic-beta";

/**
 * The package announces a beta with all tools that none of ours uses, and servers in front of other
 * clouds refuse it.
 */
function withoutUnusedBeta({ fetch, headers }: PackageSettings): Fetch {
  return (input, init) => {
    const sent = new Headers(init?.headers);
    const betas = (sent.get(BETAS) ?? "").split(",").filter((beta) => {
      return headers[BETAS]?.includes(beta) || !/^\s*structured-outputs-/.test(beta);
    });
    if (betas.join("") === "") sent.delete(BETAS);
    else sent.set(BETAS, betas.join(","));
    return fetch(input, { ...init, headers: sent });
  };
}

/** Keys left undefined would hide what the packages take from their own defaults. */
function passOn(settings: PackageSettings): Record<string, unknown> {
  const { options, baseURL, apiKey, headers, fetch } = settings;
  return {
    ...options,
    ...(baseURL === undefined ? {} : { baseURL }),
    ...(apiKey === undefined ? {} : { apiKey }),
    headers,
    fetch: asGlobalFetch(fetch),
  };
}

/** The packages' type has what the runtime's own fetch carries besides; they only call it. */
function asGlobalFetch(fetch: Fetch): typeof globalThis.fetch {
  return fetch as typeof globalThis.fetch;
}

function requireURL({ providerID, baseURL }: Pick<PackageSettings, "providerID" | "baseURL">) {
  if (baseURL !== undefined && URL.canParse(baseURL)) return baseURL;
  const key = `provider.${providerID}.options.baseURL`;
  throw new SetupError(
    baseURL === undefined
      ? `Provider "${providerID}" has no address: set ${key}.`
      : `The address of provider "${providerID}" is not a URL: "${baseURL}". Correct ${key}.`,
  );
}
