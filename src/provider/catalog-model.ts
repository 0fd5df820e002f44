// One model as the API shows it, made of what the catalog and the configuration say of it. The
// configuration counts more; what neither says gets a default that promises little.
import type { Env } from "@/base/env";
import type { CatalogModel, CatalogProvider } from "@/llm/catalog-format";
import type { ModelConfig, ProviderConfig } from "@/schema/config";
import type { Model, ModelCost } from "@/schema/provider";
import { expandVariables } from "./credentials";
import { variantsOf } from "./variants";

const DEFAULT_PACKAGE = "@ai-sdk/openai-compatible";

type Modality = keyof Model["capabilities"]["input"];

export interface ModelSources {
  providerID: string;
  /** As users name it; the provider's own API may have another name for it. */
  modelID: string;
  catalogProvider?: CatalogProvider | undefined;
  catalogModel?: CatalogModel | undefined;
  providerConfig?: ProviderConfig | undefined;
  config?: ModelConfig | undefined;
  /** Values for `${NAME}` in addresses. */
  variables: Env;
}

/** Prices in dollars per million tokens, limits in tokens; a limit that is not known is 0. */
export function toModel(sources: ModelSources): Model {
  const { providerID, modelID, catalogModel, config } = sources;
  const api = toAPI(sources);
  const capabilities = toCapabilities(catalogModel, config);
  const limit = config?.limit ?? catalogModel?.limit ?? { context: 0, output: 0 };
  const family = config?.family ?? catalogModel?.family;
  const model: Model = {
    id: modelID,
    providerID,
    api,
    name: nameOf(sources),
    ...(family !== undefined && { family }),
    capabilities,
    cost: toCost(config?.cost ?? catalogModel?.cost),
    limit: { ...limit },
    status: config?.status ?? catalogModel?.status ?? "active",
    options: { ...config?.options },
    headers: { ...config?.headers },
    release_date: config?.release_date ?? catalogModel?.release_date ?? "",
  };
  const variants = variantsOf({ api, limit, reasoning: capabilities.reasoning }, config?.variants);
  return { ...model, variants };
}

function toAPI(sources: ModelSources): Model["api"] {
  const { modelID, catalogProvider, catalogModel, providerConfig, config, variables } = sources;
  const url =
    config?.provider?.api ??
    providerConfig?.options?.baseURL ??
    providerConfig?.api ??
    catalogModel?.provider?.api ??
    catalogProvider?.api ??
    "";
  const npm =
    config?.provider?.npm ??
    providerConfig?.npm ??
    catalogModel?.provider?.npm ??
    catalogProvider?.npm ??
    DEFAULT_PACKAGE;
  return {
    id: config?.id ?? catalogModel?.id ?? modelID,
    url: expandVariables(url, variables),
    npm,
  };
}

function nameOf({ modelID, catalogModel, config }: ModelSources): string {
  if (config?.name !== undefined) return config.name;
  // An alias of a catalog's model is called what its user calls it.
  const isAlias = config?.id !== undefined && config.id !== modelID;
  return isAlias ? modelID : (catalogModel?.name ?? modelID);
}

function toCapabilities(
  catalog: CatalogModel | undefined,
  config: ModelConfig | undefined,
): Model["capabilities"] {
  const input = toModalities(config?.modalities?.input ?? catalog?.modalities?.input);
  const interleaved = config?.interleaved ?? catalog?.interleaved ?? false;
  return {
    temperature: config?.temperature ?? catalog?.temperature ?? false,
    reasoning: config?.reasoning ?? catalog?.reasoning ?? false,
    attachment: config?.attachment ?? catalog?.attachment ?? (input.image || input.pdf),
    toolcall: config?.tool_call ?? catalog?.tool_call ?? true,
    input,
    output: toModalities(config?.modalities?.output ?? catalog?.modalities?.output),
    interleaved: typeof interleaved === "string" ? { field: interleaved } : interleaved,
  };
}

function toModalities(names: readonly string[] = ["text"]): Model["capabilities"]["input"] {
  const has = (name: Modality) => names.includes(name);
  return {
    text: has("text"),
    audio: has("audio"),
    image: has("image"),
    video: has("video"),
    pdf: has("pdf"),
  };
}

/** Prices of catalog or configuration; a long context's stand in one of two forms. */
interface SourcePrice {
  input: number;
  output: number;
  cache_read?: number;
  cache_write?: number;
  cache?: { read: number; write: number };
}

type SourceCost = SourcePrice & {
  context_over_200k?: SourcePrice;
  tiers?: ModelCost["tiers"];
};

function toCost(cost: SourceCost | undefined): ModelCost {
  if (cost === undefined) return { input: 0, output: 0, cache: { read: 0, write: 0 } };
  const { tiers, context_over_200k: long } = cost;
  return {
    ...toPrice(cost),
    ...(tiers !== undefined && { tiers }),
    ...(long !== undefined && { experimentalOver200K: toPrice(long) }),
  };
}

function toPrice(price: SourcePrice) {
  const { input, output, cache, cache_read: read = 0, cache_write: write = 0 } = price;
  return { input, output, cache: cache ?? { read, write } };
}
