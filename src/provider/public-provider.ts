// What clients are shown of a provider: everything but its secrets. A client never needs a key to
// use a model; whoever can read this answer must not thereby be able to spend somebody's money.
import { redact } from "@/base/redact";
import type { Model, Provider } from "@/schema/provider";

export function publicProvider(provider: Provider): Provider {
  const { key: _key, options, models, ...rest } = provider;
  const shown = Object.entries(models).map(([id, model]) => [id, publicModel(model)]);
  return {
    ...rest,
    options: redact(options),
    models: Object.fromEntries(shown),
  };
}

function publicModel(model: Model): Model {
  if (Object.keys(model.headers).length === 0) return model;
  return { ...model, headers: redact({ headers: model.headers }).headers };
}
