/*
 * Resolution: which providers there are and which are connected, from catalog, configuration,
 * environment and stored credentials, in that order: the later adds to or overrides the earlier.
 * A provider is connected when somebody gave it what it needs, never because it exists. Pure.
 */
import { positiveCount, type Env } from "@/base/env";
import type { Catalog } from "@/llm/catalog";
import type { CatalogProvider } from "@/llm/catalog-format";
import type { Auth } from "@/schema/auth";
import type { Config, ProviderConfig } from "@/schema/config";
import type { Model, Provider } from "@/schema/provider";
import { findModelDenial, findProviderDenial } from "./policies";
import { toModel } from "./catalog-model";
import { envOptions, expandVariables, findCredential } from "./credentials";

export interface ResolveInput {
  catalog: Catalog;
  config: Config;
  env: Env;
  auth: Readonly<Record<string, Auth>>;
  /** Models of status alpha are shown. */
  alpha: boolean;
}

export interface Connected {
  provider: Provider;
  /** Whether somebody chose it; a credential that serves other purposes too is no choice. */
  isChosen: boolean;
  /** Whether its key is the access token of the stored login, which is not in `provider`. */
  usesLogin: boolean;
}

/** Options that tune a provider and do not say that it is to be used. */
const TUNING: readonly string[] = ["timeout", "headerTimeout", "chunkTimeout", "setCacheKey"];
/** Options that are what a request needs to be let in. */
const KEYS: readonly string[] = ["apiKey", "headers"];
/** Whose variables most people have; before the others of the environment. */
const USUAL: readonly string[] = ["anthropic", "openai", "google"];

/**
 * The connected providers with at least one model: first those of the configuration, then those
 * with stored credentials, then those of the environment.
 */
export function resolveConnected(input: ResolveInput): Connected[] {
  const { catalog, config, auth } = input;
  const inEnvironment = catalog
    .listProviders()
    .map(({ id }) => id)
    .toSorted((a, b) => usualRank(a) - usualRank(b));
  const ids = new Set([
    ...Object.keys(config.provider ?? {}),
    ...Object.keys(auth),
    ...inEnvironment,
  ]);
  return [...ids].flatMap((id) => resolveOne(id, input) ?? []);
}

/** Every provider of catalog and configuration that is not switched off, connected or not. */
export function resolveAll(input: ResolveInput): Provider[] {
  const { catalog, config } = input;
  const ids = new Set([
    ...Object.keys(config.provider ?? {}),
    ...catalog.listProviders().map(({ id }) => id),
  ]);
  return [...ids].filter((id) => isEnabled(id, config)).map((id) => resolveProvider(id, input));
}

/** The provider of this id as it would be if it were connected. */
export function resolveProvider(id: string, input: ResolveInput): Provider {
  return resolveOne(id, input)?.provider ?? build(id, input, "custom");
}

/** Whether the configuration lets the provider be used. */
export function isEnabled(id: string, config: Config): boolean {
  if (config.disabled_providers?.includes(id)) return false;
  if (config.enabled_providers?.includes(id) === false) return false;
  return findProviderDenial(config, id) === undefined;
}

function resolveOne(id: string, input: ResolveInput): Connected | undefined {
  const { catalog, config, env, auth } = input;
  if (!isEnabled(id, config)) return undefined;
  const entry = catalog.findProvider(id);
  const own = configOf(id, config);
  const credential = findCredential(own?.env ?? entry?.env ?? [], env);
  const stored = Object.hasOwn(auth, id) ? auth[id] : undefined;
  const isConfigured = own !== undefined && connects(own, entry);
  const hasKey = stored?.type === "api";
  const login = stored?.type === "oauth" && !own?.options?.apiKey ? stored : undefined;
  const isOurLogin = login?.issued !== undefined;
  // One that another program has stored may be for that program alone: it comes last.
  const usesLogin = isOurLogin || (login !== undefined && credential === undefined);
  if (!isConfigured && !hasKey && !usesLogin && credential === undefined) return undefined;
  const key = hasKey ? stored.key : usesLogin ? undefined : credential?.key;
  const source = isConfigured ? "config" : hasKey || usesLogin ? "api" : "env";
  const provider = build(id, input, source, key);
  if (Object.keys(provider.models).length === 0) return undefined;
  const isChosen = isConfigured || hasKey || isOurLogin || credential?.isShared === false;
  return { provider, isChosen, usesLogin };
}

/** Whether an entry of the configuration is enough to use the provider. */
function connects(config: ProviderConfig, entry: CatalogProvider | undefined): boolean {
  const options = Object.keys(config.options ?? {});
  // Who sets up a login waits for it, unless there is a key as well.
  if (options.includes("oauth")) return options.some((option) => KEYS.includes(option));
  // Nobody writes down a provider that the catalog does not have, unless to use it.
  if (entry === undefined || config.api !== undefined) return true;
  return options.some((option) => !TUNING.includes(option));
}

function build(
  id: string,
  input: ResolveInput,
  source: Provider["source"],
  key?: string,
): Provider {
  const { catalog, config, env, auth } = input;
  const entry = catalog.findProvider(id);
  const own = configOf(id, config);
  const names = own?.env ?? entry?.env ?? [];
  const stored = Object.hasOwn(auth, id) ? auth[id] : undefined;
  // What a login asked for beside the key: a resource's name, an account.
  const metadata = stored?.type === "api" ? stored.metadata : undefined;
  const variables = { ...env, ...metadata };
  // How to log in is nobody's business but the login's.
  const { oauth: _, ...ownOptions } = own?.options ?? {};
  const options: Record<string, unknown> = {
    ...envOptions(names, env),
    ...metadata,
    ...ownOptions,
  };
  if (typeof options["baseURL"] === "string") {
    options["baseURL"] = expandVariables(options["baseURL"], variables);
  }
  return {
    id,
    name: own?.name ?? entry?.name ?? id,
    source,
    env: [...names],
    ...(key !== undefined && { key }),
    options,
    models: buildModels(id, input, variables),
  };
}

function buildModels(id: string, input: ResolveInput, variables: Env): Record<string, Model> {
  const { catalog, config } = input;
  const catalogProvider = catalog.findProvider(id);
  const catalogModels = catalogProvider === undefined ? {} : catalog.models(id);
  const providerConfig = configOf(id, config);
  const configured = providerConfig?.models ?? {};
  const ids = new Set([...Object.keys(catalogModels), ...Object.keys(configured)]);
  const models = [...ids].map((modelID) => {
    const own = Object.hasOwn(configured, modelID) ? configured[modelID] : undefined;
    // An alias has what the catalog says of the model it stands for.
    const known = catalogModels[modelID] ?? catalogModels[own?.id ?? modelID];
    return toModel({
      providerID: id,
      modelID,
      catalogProvider,
      catalogModel: known,
      providerConfig,
      config: own,
      variables,
    });
  });
  const shown = models
    .filter((model) => isShown(model, providerConfig, input.alpha))
    .filter((model) => findModelDenial(config, id, model.id) === undefined);
  const most = positiveCount(input.env, "OPENCODE_EXPERIMENTAL_OUTPUT_TOKEN_MAX");
  const bounded = shown.map((model) => (most === undefined ? model : withOutput(model, most)));
  return Object.fromEntries(bounded.map((model) => [model.id, model]));
}

/** A model that does not say how much it answers has 0. */
function withOutput(model: Model, most: number): Model {
  const output = model.limit.output > 0 ? Math.min(model.limit.output, most) : most;
  return { ...model, limit: { ...model.limit, output } };
}

function isShown(model: Model, config: ProviderConfig | undefined, alpha: boolean): boolean {
  if (model.status === "deprecated" || (model.status === "alpha" && !alpha)) return false;
  if (config?.blacklist?.includes(model.id)) return false;
  return config?.whitelist?.includes(model.id) ?? true;
}

function configOf(id: string, config: Config): ProviderConfig | undefined {
  const all = config.provider ?? {};
  return Object.hasOwn(all, id) ? all[id] : undefined;
}

function usualRank(id: string): number {
  const index = USUAL.indexOf(id);
  return index < 0 ? USUAL.length : index;
}
