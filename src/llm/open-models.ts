// Open models: a provider package's object for a model, kept while its provider stays the same.
// Making one anew for each request would throw away what the package has compiled for it. Each
// request goes through the exchange whose signal it carries, so that its limits hold for it alone.
import type { LanguageModelV4 } from "@ai-sdk/provider";
import { assert } from "@/base/assert";
import type { Provider } from "@/schema/provider";
import type { ModelRequest } from "./model-event";
import { openModel } from "./packages";
import type { Exchange, Fetch } from "./transport";

/** Options of a provider that are for this program, not for its package. */
const OWN_OPTIONS: readonly string[] = [
  "apiKey",
  "baseURL",
  "headers",
  "timeout",
  "headerTimeout",
  "chunkTimeout",
  "setCacheKey",
  "enterpriseUrl",
  "fetch",
];

export class OpenModels {
  /** By the provider's object: a changed configuration makes a new one. Then by model id. */
  readonly #kept = new WeakMap<Provider, Map<string, Promise<LanguageModelV4>>>();
  readonly #exchanges = new WeakMap<AbortSignal, Exchange>();

  /** The request's model. What it fetches with the exchange's signal goes through the exchange. */
  open(request: ModelRequest, exchange: Exchange): Promise<LanguageModelV4> {
    this.#exchanges.set(exchange.signal, exchange);
    const { model, provider } = request;
    const models = this.#kept.get(provider) ?? new Map<string, Promise<LanguageModelV4>>();
    this.#kept.set(provider, models);
    const kept = models.get(model.id);
    if (kept) return kept;
    const opening = openModel(model.api.npm, this.#settings(request));
    models.set(model.id, opening);
    opening.catch(() => models.delete(model.id)); // told to whoever asked; the next one tries again
    return opening;
  }

  #settings({ model, provider }: ModelRequest) {
    const { options } = provider;
    return {
      providerID: provider.id,
      modelID: model.api.id,
      baseURL: text(options["baseURL"]) ?? text(model.api.url),
      apiKey: text(options["apiKey"]) ?? text(provider.key),
      headers: stringMap(options["headers"]),
      options: Object.fromEntries(
        Object.entries(options).filter(([key]) => !OWN_OPTIONS.includes(key)),
      ),
      fetch: this.#fetchBy(options["fetch"]),
    };
  }

  /** Through the exchange, which sends by the provider's own function where a plugin brings one. */
  #fetchBy(own: unknown): Fetch {
    const send = typeof own === "function" ? (own as Fetch) : undefined;
    return (input, init) => {
      const exchange = init?.signal ? this.#exchanges.get(init.signal) : undefined;
      assert(exchange, "a provider package sends a request without the signal it was given");
      return exchange.fetch(input, init, send);
    };
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function stringMap(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, String(entry)]));
}
