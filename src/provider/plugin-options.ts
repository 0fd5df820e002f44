// What plugins add to connected providers: the options with which their logins are used, a `fetch`
// of their own among them, and models. Asked for again only when the stored credentials change.
import type { Clock } from "@/base/clock";
import { errorMessage } from "@/base/error";
import type { Logger } from "@/base/log";
import { isValid, t } from "@/base/schema";
import { isRecord } from "@/config/json";
import type { Plugin, PluginAuth } from "@/plugin/plugin";
import { callWithin } from "@/base/within-time";
import type { Auth } from "@/schema/auth";
import { Model, type Provider } from "@/schema/provider";
import type { AuthStore } from "./auth-store";
import type { Connected } from "./resolve";

interface PluginOptionsOptions {
  auth: Pick<AuthStore, "get">;
  clock: Clock;
  log: Logger;
}

interface Kept {
  base: Connected;
  auth: Auth | undefined;
  plugins: readonly Plugin[];
  entry: Promise<Connected>;
}

const LIMIT_MS = 30_000;
const Models = t.Record(t.String(), Model);

export class PluginOptions {
  readonly #options: PluginOptionsOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: PluginOptionsOptions) {
    this.#options = options;
  }

  /** The entry as plugins leave it; the same object while nothing changes. Never rejects. */
  apply(
    base: Connected,
    auth: Auth | undefined,
    plugins: readonly Plugin[],
  ): Promise<Connected> | Connected {
    const { id } = base.provider;
    const concerned = plugins.filter(
      (plugin) =>
        plugin.auth.some(({ provider, loader }) => provider === id && loader) ||
        plugin.providers.some((provider) => provider.id === id),
    );
    if (concerned.length === 0) return base;
    const kept = this.#kept.get(id);
    const isSame =
      kept !== undefined &&
      Bun.deepEquals([kept.base, kept.auth], [base, auth]) &&
      kept.plugins.length === concerned.length &&
      concerned.every((plugin, index) => kept.plugins[index] === plugin);
    if (isSame) return kept.entry;
    const entry = this.#make(base, auth, concerned);
    this.#kept.set(id, { base, auth, plugins: concerned, entry });
    return entry;
  }

  async #make(base: Connected, auth: Auth | undefined, plugins: readonly Plugin[]) {
    let entry = base;
    for (const plugin of plugins) {
      const { id } = base.provider;
      for (const own of plugin.auth) {
        if (own.provider === id && auth) entry = await this.#load(entry, own, plugin.name);
      }
      for (const own of plugin.providers) {
        if (own.id !== id) continue;
        const give = (draft: Provider) => own.models(draft, { auth });
        const models = await this.#ask(entry, give, plugin.name);
        if (isValid(Models, models)) entry = withProvider(entry, { models });
        else if (models !== undefined) this.#warn(plugin.name, id, "it gives no models");
      }
    }
    return entry;
  }

  async #load(entry: Connected, { loader }: PluginAuth, name: string): Promise<Connected> {
    const { id } = entry.provider;
    let left: Provider | undefined;
    const load = (draft: Provider) => {
      left = draft;
      return loader?.(async () => this.#options.auth.get(id), draft);
    };
    const options = await this.#ask(entry, load, name);
    if (!isRecord(options)) return entry;
    // A plugin may change the prices of what its login pays for.
    const models = isValid(Models, left?.models) ? { models: left.models } : {};
    const loaded = { ...entry.provider.options, ...options };
    const changed = withProvider(entry, { ...models, options: loaded });
    return { ...changed, usesLogin: false, isChosen: true };
  }

  async #ask(entry: Connected, work: (draft: Provider) => unknown, name: string): Promise<unknown> {
    const { clock } = this.#options;
    const { provider } = entry;
    const { options } = provider;
    const draft = { ...structuredClone({ ...provider, options: {} }), options: { ...options } };
    try {
      return await callWithin(() => work(draft), { limitMs: LIMIT_MS, clock });
    } catch (error) {
      this.#warn(name, provider.id, errorMessage(error));
      return undefined;
    }
  }

  #warn(plugin: string, providerID: string, reason: string): void {
    this.#options.log.warn(`${plugin}: ${providerID} is left as it is: ${reason}`);
  }
}

function withProvider(entry: Connected, change: Partial<Provider>): Connected {
  return { ...entry, provider: { ...entry.provider, ...change } };
}
