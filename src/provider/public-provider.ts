// What clients are shown of a provider: everything but its secrets. A client never needs a key to
// use a model; whoever can read this answer must not thereby be able to spend somebody's money.
import { redact } from "@/base/redact";
import type { Model, Provider } from "@/schema/provider";

export function publicProvider(provider: Provider, secrets: readonly string[] = []): Provider {
  const { key: _key, options, models, ...rest } = provider;
  const shown = Object.entries(models).map(([id, model]) => [id, publicModel(model, secrets)]);
  return {
    ...rest,
    options: redact(options, secrets),
    models: Object.fromEntries(shown),
  };
}

/** Those of the catalog, thousands, are known to have none. */
function publicModel(model: Model, secrets: readonly string[]): Model {
  const { api, headers, options } = model;
  const isPlain = !hasKeys(headers) && !hasKeys(options) && !/[@?]/.test(api.url);
  return isPlain ? model : { ...model, ...redact({ api, headers, options }, secrets) };
}

function hasKeys(record: object): boolean {
  return Object.keys(record).length > 0;
}
