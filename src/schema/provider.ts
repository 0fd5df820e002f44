// Providers and their models, as the API lists them. Prices are in US dollars per million tokens,
// limits in tokens.

import { stringEnum, t, type Static } from "@/base/schema";
import { JSONObject, StringMap } from "./primitive";

/** What a model takes or gives. */
const Modalities = t.Object({
  text: t.Boolean(),
  audio: t.Boolean(),
  image: t.Boolean(),
  video: t.Boolean(),
  pdf: t.Boolean(),
});

/** The field of a chat message in which a provider wants the model's reasoning back. */
export const InterleavedField = t.Object({ field: t.String() });
export type InterleavedField = Static<typeof InterleavedField>;

export const ModelStatus = stringEnum(["alpha", "beta", "deprecated", "active"]);
export type ModelStatus = Static<typeof ModelStatus>;

const Price = t.Object({
  input: t.Number(),
  output: t.Number(),
  cache: t.Object({ read: t.Number(), write: t.Number() }),
});

/** Other prices for requests beyond a size of context, in tokens. */
const PriceTier = t.Object({
  ...Price.properties,
  tier: t.Object({ type: t.Literal("context"), size: t.Number() }),
});

export const ModelCost = t.Object({
  ...Price.properties,
  tiers: t.Optional(t.Array(PriceTier)),
  experimentalOver200K: t.Optional(Price),
});
export type ModelCost = Static<typeof ModelCost>;

/** `api` says how to reach it: the id it has there, the address, and the npm name of the SDK. */
export const Model = t.Object(
  {
    id: t.String(),
    providerID: t.String(),
    api: t.Object({ id: t.String(), url: t.String(), npm: t.String() }),
    name: t.String(),
    family: t.Optional(t.String()),
    capabilities: t.Object({
      temperature: t.Boolean(),
      reasoning: t.Boolean(),
      attachment: t.Boolean(),
      toolcall: t.Boolean(),
      input: Modalities,
      output: Modalities,
      interleaved: t.Union([t.Boolean(), InterleavedField]),
    }),
    cost: ModelCost,
    limit: t.Object({
      context: t.Number(),
      input: t.Optional(t.Number()),
      output: t.Number(),
    }),
    status: ModelStatus,
    options: JSONObject,
    headers: StringMap,
    release_date: t.String(),
    variants: t.Optional(t.Record(t.String(), JSONObject)),
  },
  { $id: "Model" },
);
export type Model = Static<typeof Model>;

/** Where a provider's credentials came from is `source`; `env` names the variables it reads. */
export const Provider = t.Object(
  {
    id: t.String(),
    name: t.String(),
    source: stringEnum(["env", "config", "custom", "api"]),
    env: t.Array(t.String()),
    key: t.Optional(t.String()),
    options: JSONObject,
    models: t.Record(t.String(), Model),
  },
  { $id: "Provider" },
);
export type Provider = Static<typeof Provider>;

/** Every provider of the catalog; `default` names the best model of each, by provider. */
export const ProviderList = t.Object(
  { all: t.Array(Provider), default: StringMap, connected: t.Array(t.String()) },
  { $id: "ProviderList" },
);
export type ProviderList = Static<typeof ProviderList>;

/**
 * A provider that a machine has without anybody having chosen it, with its best model: by a key in
 * an environment `variable`, or else by a model server that answers there.
 */
export const FoundProvider = t.Object(
  { provider: Provider, modelID: t.String(), variable: t.Optional(t.String()) },
  { $id: "FoundProvider" },
);
export type FoundProvider = Static<typeof FoundProvider>;

/** The connected providers only. */
export const ConfigProviders = t.Object(
  { providers: t.Array(Provider), default: StringMap },
  { $id: "ConfigProviders" },
);
export type ConfigProviders = Static<typeof ConfigProviders>;
