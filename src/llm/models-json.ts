// models.json: a catalog in the form in which models.dev publishes it.

import { invalid } from "@/base/error";
import { parse, type Static, t } from "@/base/schema";
import type { CatalogContent, CatalogModels } from "./catalog-format";

const Source = t.Record(
  t.String(),
  t.Object({
    name: t.String(),
    env: t.Array(t.String()),
    npm: t.String(),
    api: t.Optional(t.String()),
    models: t.Record(
      t.String(),
      t.Object({
        name: t.String(),
        release_date: t.String(),
        limit: t.Object({ context: t.Number(), output: t.Number() }),
        modalities: t.Object({ input: t.Array(t.String()), output: t.Array(t.String()) }),
      }),
    ),
  }),
);

/** What the text says, by id. Throws AppError invalid naming the first wrong path. */
export function readModelsJSON(text: string): CatalogContent {
  const source: Static<typeof Source> = parse(Source, parseText(text), "models.json");
  return {
    providers: Object.entries(source)
      .map(([id, { name, env, npm, api, models }]) => ({
        ...{ id, name, env, npm },
        ...(api !== undefined && { api }),
        modelCount: Object.keys(models).length,
      }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    // The fields that matter for safety were checked; the rest is as models.dev documents it.
    models: (id) =>
      Object.hasOwn(source, id) ? ((source[id]?.models ?? {}) as CatalogModels) : {},
  };
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid("it is no JSON", {}, error);
  }
}
