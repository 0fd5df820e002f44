// Providers: which models there are, which of them can be used, and which to take when nobody says.
// Everything is worked out from configuration, environment and credentials as they are now; the
// network is never asked, but for model servers of this machine, when nothing else is connected.
import type { Clock } from "@/base/clock";
import { flag, type Env } from "@/base/env";
import { AppError, notFound, unavailable } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Paths } from "@/base/paths";
import type { ConfigService } from "@/config/config-service";
import type { Catalog } from "@/llm/catalog";
import type { KeyRenewals } from "@/llm/key-renewals";
import { isSupported } from "@/llm/packages";
import type { Plugins } from "@/plugin/plugins";
import type { ApiKey, Auth } from "@/schema/auth";
import type { Config } from "@/schema/config";
import type { ModelRef } from "@/schema/primitive";
import type {
  ConfigProviders,
  FoundProvider,
  Model,
  Provider,
  ProviderList,
} from "@/schema/provider";
import type { AuthStore } from "./auth-store";
import { credentialNames, missingVariables } from "./credentials";
import { apiOrigin, KeyedProviders } from "./keyed-providers";
import { LocalServers, type LocalServer } from "./local-servers";
import { findModelRef, parseModelRef, suggest } from "./model-ref";
import { PluginOptions } from "./plugin-options";
import { findModelDenial, findProviderDenial, formatDenial } from "./policies";
import { publicProvider } from "./public-provider";
import { canWork, findBestModel, pickSmallModel } from "./ranking";
import { readRecentModels } from "./recent-models";
import {
  isEnabled,
  resolveAll,
  resolveConnected,
  resolveProvider,
  type Connected,
} from "./resolve";

export interface ProvidersOptions {
  catalog: Catalog;
  config: ConfigService;
  auth: AuthStore;
  env: Env;
  paths: Pick<Paths, "state">;
  clock: Clock;
  log: Logger;
  /** Told how to renew the keys that are access tokens. */
  renewals?: KeyRenewals;
  /** What may add logins and models. */
  plugins?: Pick<Plugins, "list" | "hooks">;
  /** The model servers of this machine; the usual ones unless given. */
  localServers?: readonly LocalServer[];
}

interface Snapshot {
  config: Config;
  /** What it was worked out from besides the configuration. */
  authText: string;
  connected: Connected[];
}

/** All that the list of providers is made of. */
interface Version {
  snapshot: Snapshot;
  local: readonly Provider[];
}

export interface UsableModel {
  provider: Provider;
  model: Model;
}

export class Providers {
  readonly #options: ProvidersOptions;
  readonly #local: LocalServers;
  readonly #keyed: KeyedProviders;
  readonly #plugins: PluginOptions;
  #snapshot: Snapshot | undefined;
  #version: Version | undefined;

  constructor(options: ProvidersOptions) {
    this.#options = options;
    this.#local = new LocalServers({ servers: options.localServers, clock: options.clock });
    this.#keyed = new KeyedProviders(options);
    this.#plugins = new PluginOptions(options);
  }

  /**
   * The providers that can be used, by id, with the preferred first. When nobody chose one, or one
   * of these was used before, model servers of this machine are asked (300 ms at most) and are
   * among them.
   */
  async connected(): Promise<Record<string, Provider>> {
    const snapshot = await this.#current();
    const providers = [
      ...snapshot.connected.map(({ provider }) => provider),
      ...(await this.#localProviders(snapshot)),
    ];
    return Object.fromEntries(providers.map((provider) => [provider.id, provider]));
  }

  /**
   * What this machine has that nobody has chosen: keys in the environment, and model servers that
   * answer, which are asked (300 ms at most). For clients to see, without secrets.
   */
  async found(): Promise<FoundProvider[]> {
    const { config, connected } = await this.#current();
    const local = await this.#local.findAll();
    const all = [
      ...connected.map(({ provider }) => provider).filter(({ source }) => source === "env"),
      ...local.filter(({ id }) => isEnabled(id, config) && !isConnected(id, connected)),
    ];
    const shown = await this.#shown(all);
    return shown.flatMap((provider) => {
      const modelID = bestModel(provider)?.id;
      const variable = credentialNames(provider.env).find((name) => this.#options.env[name]);
      return modelID === undefined ? [] : [{ provider, modelID, ...(variable && { variable }) }];
    });
  }

  /** The whole catalog and all that is configured: several megabytes, with all models. */
  async all(): Promise<Provider[]> {
    const connected = await this.connected();
    const rest = resolveAll(await this.#input()).filter(({ id }) => !Object.hasOwn(connected, id));
    return [...Object.values(connected), ...rest];
  }

  /** The same object for as long as `describeAll` would answer the same. */
  async version(): Promise<object> {
    const snapshot = await this.#current();
    const local = await this.#localProviders(snapshot);
    const kept = this.#version;
    if (kept?.snapshot === snapshot && Bun.deepEquals(kept.local, local)) return kept;
    const version = { snapshot, local };
    this.#version = version;
    return version;
  }

  /** All of them for clients to see, without secrets. Costly: for a `version` it is made once. */
  async describeAll(): Promise<ProviderList> {
    const all = await this.all();
    const connected = Object.keys(await this.connected());
    const defaults = await this.defaults(all);
    return { all: await this.#shown(all), default: defaults, connected };
  }

  /** The connected ones for clients to see, without secrets. */
  async describeConnected(): Promise<ConfigProviders> {
    const providers = Object.values(await this.connected());
    const defaults = await this.defaults(providers);
    return { providers: await this.#shown(providers), default: defaults };
  }

  async #shown(providers: readonly Provider[]): Promise<Provider[]> {
    const { secrets } = await this.#options.config.get();
    return providers.map((provider) => publicProvider(provider, secrets));
  }

  /**
   * The model, ready for use. AppError not-found with suggestions for one that is not there or not
   * connected, unavailable when something it needs is missing, a login included (that one is named
   * ProviderAuthError); each says what to do. The provider is the same object while its key stays.
   */
  async model(providerID: string, modelID: string): Promise<UsableModel> {
    const snapshot = await this.#current();
    const provider = await this.#findProvider(providerID, snapshot);
    if (provider === undefined) throw await this.#noProvider(providerID, modelID);
    const model = ownValue(provider.models, modelID);
    if (model === undefined) throw await this.#noModel(provider, modelID);
    requireReady(provider, model);
    const entry = snapshot.connected.find((one) => one.provider === provider);
    if (!entry?.usesLogin) return { provider, model };
    return { provider: await this.#keyed.get(provider, apiOrigin(provider, model)), model };
  }

  /**
   * A small model of the provider as it would be with this key; undefined when it has none that
   * could be asked. AppError not-found when there is no such provider, or it is switched off.
   */
  async withKey(providerID: string, { key, metadata }: ApiKey): Promise<UsableModel | undefined> {
    const input = await this.#input();
    const auth: Auth = { type: "api", key, ...(metadata && { metadata }) };
    const provider = resolveProvider(providerID, {
      ...input,
      auth: { ...input.auth, [providerID]: auth },
    });
    const models = Object.values(provider.models);
    if (models.length === 0) {
      throw notFound("Provider", providerID, "It is unknown, or switched off");
    }
    const usable = models.filter(({ api }) => isSupported(api.npm));
    const best = findBestModel(usable);
    if (best === undefined) return undefined;
    const model = pickSmallModel(best, usable);
    requireReady(provider, model);
    return { provider, model };
  }

  /**
   * The configured model, else the one used last, else the best of the first provider that
   * somebody chose; undefined when there is none. The configured one is not checked: asking for it
   * says what is wrong with it.
   */
  async defaultModel(): Promise<ModelRef | undefined> {
    const snapshot = await this.#current();
    const { model } = snapshot.config;
    if (model !== undefined) return parseModelRef(model, "model in the configuration");
    for (const recent of await readRecentModels(this.#options.paths.state)) {
      const provider = await this.#findProvider(recent.providerID, snapshot);
      if (provider && ownValue(provider.models, recent.modelID)) return recent;
    }
    const chosen = snapshot.connected.filter(({ isChosen }) => isChosen);
    const providers = [
      ...chosen.map(({ provider }) => provider),
      ...(await this.#localProviders(snapshot)),
    ];
    const [first] = providers.flatMap((provider) => bestModel(provider) ?? []);
    return first && { providerID: first.providerID, modelID: first.id };
  }

  /**
   * The model for titles and summaries beside this one: the configured one if it can be used, else
   * a small one of the same provider, else the model itself. Never another provider's by itself.
   */
  async smallModel(providerID: string, modelID: string): Promise<ModelRef> {
    const snapshot = await this.#current();
    const { small_model: configured } = snapshot.config;
    if (configured !== undefined) {
      const ref = parseModelRef(configured, "small_model in the configuration");
      const provider = await this.#findProvider(ref.providerID, snapshot);
      if (provider && ownValue(provider.models, ref.modelID)) return ref;
      this.#options.log.warn(`small_model ${configured} cannot be used and was passed over`);
    }
    const provider = await this.#findProvider(providerID, snapshot);
    const main = provider && ownValue(provider.models, modelID);
    if (!provider || !main) return { providerID, modelID };
    const wanted = await this.#pluginSmallModel(provider);
    if (wanted) return wanted;
    const usable = Object.values(provider.models).filter(({ api }) => isSupported(api.npm));
    return { providerID, modelID: pickSmallModel(main, usable).id };
  }

  /** The one of this provider that a plugin wants for small work, if there is such a model. */
  async #pluginSmallModel(provider: Provider): Promise<ModelRef | undefined> {
    const { hooks } = this.#options.plugins ?? {};
    const name = "experimental.provider.small_model";
    if (!hooks || !(await hooks.has(name))) return undefined;
    const { model } = await hooks.run(name, { provider }, { model: undefined });
    const modelID = typeof model === "string" ? model.replace(`${provider.id}/`, "") : "";
    return ownValue(provider.models, modelID) && { providerID: provider.id, modelID };
  }

  /** The best model of each provider by id; of the connected ones unless others are given. */
  async defaults(providers?: readonly Provider[]): Promise<Record<string, string>> {
    const all = providers ?? Object.values(await this.connected());
    return Object.fromEntries(
      all.flatMap((provider) => {
        const best = findBestModel(Object.values(provider.models));
        return best === undefined ? [] : [[provider.id, best.id]];
      }),
    );
  }

  /**
   * Where requests to the provider's models go, each origin once; "" stands for the address that
   * the provider's own package knows.
   */
  async apiOrigins(providerID: string): Promise<string[]> {
    const provider = resolveProvider(providerID, await this.#input());
    return [...new Set(Object.values(provider.models).map((model) => apiOrigin(provider, model)))];
  }

  /** Worked out anew only when configuration or credentials have changed. */
  async #current(): Promise<Snapshot> {
    const input = await this.#input();
    const authText = JSON.stringify(Object.entries(input.auth).map(withoutTokens));
    const kept = this.#snapshot;
    if (kept?.config === input.config && kept.authText === authText) return kept;
    const resolved = resolveConnected(input).map((entry) =>
      this.#plugins.apply(entry, ownValue(input.auth, entry.provider.id), input.plugins),
    );
    // Where no plugin has a say nothing is awaited: those who ask at once share what is made.
    const entries = resolved.every(isReady) ? resolved : await Promise.all(resolved);
    const present = this.#snapshot?.connected ?? [];
    const connected = entries.map((entry) => {
      // What is as before stays the same object: much is kept by it.
      const before = present.find(({ provider }) => provider.id === entry.provider.id);
      return before !== undefined && Bun.deepEquals(before, entry) ? before : entry;
    });
    const snapshot = { config: input.config, authText, connected };
    this.#snapshot = snapshot;
    return snapshot;
  }

  async #input() {
    const { catalog, config, auth, env } = this.#options;
    const [loaded, stored, plugins = []] = await Promise.all([
      config.get(),
      auth.all(),
      this.#options.plugins?.list(),
    ]);
    const alpha = flag(env, "OPENCODE_ENABLE_EXPERIMENTAL_MODELS");
    return { catalog, env, alpha, config: loaded.config, auth: stored, plugins };
  }

  /** Servers of this machine, when they are needed. */
  async #localProviders({ config, connected }: Snapshot): Promise<Provider[]> {
    if (!(await this.#needsLocal(config, connected))) return [];
    const found = await this.#local.findAll();
    return found.filter(({ id }) => isEnabled(id, config) && !isConnected(id, connected));
  }

  /** Nothing else was chosen or configured, or a person has chosen one of them before. */
  async #needsLocal(config: Config, connected: readonly Connected[]): Promise<boolean> {
    const wanted = config.model === undefined ? undefined : findModelRef(config.model)?.providerID;
    const isElse = wanted !== undefined && !this.#local.has(wanted);
    if (!isElse && !connected.some(({ isChosen }) => isChosen)) return true;
    const recent = await readRecentModels(this.#options.paths.state);
    return recent.some(({ providerID }) => this.#local.has(providerID));
  }

  /** A connected provider; one of this machine is asked for when it is named. */
  async #findProvider(id: string, { config, connected }: Snapshot): Promise<Provider | undefined> {
    const found = connected.find(({ provider }) => provider.id === id);
    if (found !== undefined) return found.provider;
    return isEnabled(id, config) ? this.#local.find(id) : undefined;
  }

  async #noProvider(providerID: string, modelID: string): Promise<AppError> {
    const { catalog } = this.#options;
    const { config, connected } = await this.#current();
    const model = `${providerID}/${modelID}`;
    const denial = findProviderDenial(config, providerID);
    if (denial) {
      const reason = `provider ${providerID} may not be used: ${formatDenial(denial)}`;
      return missing(model, reason, []);
    }
    if (!isEnabled(providerID, config)) {
      const hint = "It is switched off by disabled_providers or enabled_providers";
      return missing(model, `provider ${providerID} may not be used. ${hint}`, []);
    }
    const entry = catalog.findProvider(providerID);
    if (entry !== undefined) {
      const names = credentialNames(entry.env).join(" or ");
      const set = names === "" ? "" : `Set ${names}, or run`;
      const hint = `${set || "Run"} \`opencode auth login --provider ${providerID}\``;
      return missing(model, `provider ${providerID} is not connected. ${hint}`, []);
    }
    if (config.provider && Object.hasOwn(config.provider, providerID)) {
      const hint = `Run \`opencode auth login ${providerID}\`, or give it models and a key`;
      return missing(model, `provider ${providerID} is not connected. ${hint}`, []);
    }
    if (this.#local.has(providerID)) {
      return missing(model, `no ${providerID} server answers on this machine. Start it`, []);
    }
    const known = [
      ...connected.map(({ provider }) => provider.id),
      ...catalog.listProviders().map(({ id }) => id),
    ];
    const meant = suggest(providerID, [...new Set(known)]);
    return missing(model, `there is no provider ${providerID}`, meant);
  }

  async #noModel(provider: Provider, modelID: string): Promise<AppError> {
    const model = `${provider.id}/${modelID}`;
    const { catalog } = this.#options;
    const { config, connected } = await this.#current();
    const denial = findModelDenial(config, provider.id, modelID);
    if (denial) return missing(model, `it may not be used: ${formatDenial(denial)}`, []);
    const listed = catalog.findProvider(provider.id) && catalog.models(provider.id);
    const withdrawn = listed && ownValue(listed, modelID)?.status === "deprecated";
    const reason = withdrawn
      ? "it was withdrawn by its provider"
      : `${provider.id} has no such model`;
    const elsewhere = connected
      .filter((other) => other.provider.id !== provider.id)
      .filter((other) => ownValue(other.provider.models, modelID))
      .map((other) => `${other.provider.id}/${modelID}`);
    const near = suggest(modelID, Object.keys(provider.models));
    const meant = [...near.map((id) => `${provider.id}/${id}`), ...elsewhere];
    return missing(model, reason, meant, near);
  }
}

function isReady(entry: Connected | Promise<Connected>): entry is Connected {
  return !(entry instanceof Promise);
}

/** The best model of a provider that can be used as it is. */
function bestModel(provider: Provider): Model | undefined {
  const usable = Object.values(provider.models).filter(
    (model) => isSupported(model.api.npm) && canWork(model),
  );
  return findBestModel(usable);
}

/** Throws AppError unavailable that names what the model lacks. */
function requireReady(provider: Provider, model: Model): void {
  const { npm, url } = model.api;
  const name = `${provider.id}/${model.id}`;
  if (!isSupported(npm)) {
    throw unavailable(
      `${name} needs the package ${npm}, which is not built into this program. If the provider ` +
        `has an OpenAI-compatible address, set provider.${provider.id}.npm to ` +
        `"@ai-sdk/openai-compatible" and provider.${provider.id}.options.baseURL to that address`,
      { providerID: provider.id, modelID: model.id, package: npm },
    );
  }
  const variables = missingVariables(url);
  if (variables.length > 0) {
    throw unavailable(
      `The address of ${name} is ${url}: set ${variables.join(", ")} in the environment, ` +
        `or the whole address as provider.${provider.id}.options.baseURL`,
      { providerID: provider.id, modelID: model.id, variables },
    );
  }
}

function missing(
  model: string,
  reason: string,
  meant: readonly string[],
  suggestions: readonly string[] = meant,
): AppError {
  const { providerID, modelID } = findModelRef(model) ?? { providerID: model, modelID: "" };
  const hint = meant.length === 0 ? "" : ` Did you mean ${meant.join(" or ")}?`;
  const message = `Model not found: ${model}: ${reason}.${hint}`;
  const data = { providerID, modelID, suggestions: [...suggestions] };
  return new AppError("not-found", "ProviderModelNotFoundError", message, data);
}

/** An entry of the store without what changes whenever a login is renewed. */
function withoutTokens([id, auth]: [string, Auth]): unknown {
  if (auth.type !== "oauth") return [id, auth];
  return [id, { type: auth.type, isOurs: auth.issued !== undefined }];
}

function isConnected(id: string, connected: readonly Connected[]): boolean {
  return connected.some(({ provider }) => provider.id === id);
}

/** Ids come from outside, and "constructor" is a property of every object. */
function ownValue<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
