// Makes src/llm/catalog.bin of a models.json as models.dev publishes it. For whoever updates it:
//
//   bun test/support/pack-catalog.ts models.json
//
// It is no part of the program. The result does not depend on the order of the input.

import { parse, type Static, t } from "@/base/schema";
import {
  type CatalogModels,
  type CatalogProvider,
  HEADER_BYTES,
  type IndexEntry,
  MAGIC,
} from "@/llm/catalog-format";

export interface CatalogSource {
  provider: CatalogProvider;
  models: CatalogModels;
}

/** The best that zstd does in reasonable time; reading does not get slower by it. */
const LEVEL = 19;

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

/** The providers of a models.json, by id. Throws AppError invalid naming the first wrong path. */
export function readModelsJSON(text: string): CatalogSource[] {
  const source: Static<typeof Source> = parse(Source, JSON.parse(text), "models.json");
  return Object.entries(source)
    .map(([id, { models, ...provider }]) => ({
      provider: { id, ...provider, modelCount: Object.keys(models).length },
      // The fields that matter for safety were checked; the rest is as models.dev documents it.
      models: models as CatalogModels,
    }))
    .toSorted((a, b) => (a.provider.id < b.provider.id ? -1 : 1));
}

/** The bytes of a catalog file; providers keep their order. */
export function packCatalog(sources: readonly CatalogSource[]): Uint8Array {
  const blobs = sources.map(({ models }) => compress(models));
  let offset = 0;
  const entries = sources.map(({ provider }, position): IndexEntry => {
    const length = blobs[position]?.length ?? 0;
    offset += length;
    return [provider, offset - length, length];
  });
  const index = compress(entries);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(index.length, 4);
  return Buffer.concat([header, index, ...blobs]);
}

function compress(value: unknown): Uint8Array {
  return Bun.zstdCompressSync(JSON.stringify(value), { level: LEVEL });
}

if (import.meta.main) {
  const [input] = Bun.argv.slice(2);
  if (input === undefined) throw new Error("usage: bun test/support/pack-catalog.ts models.json");
  const packed = packCatalog(readModelsJSON(await Bun.file(input).text()));
  await Bun.write(new URL("../../src/llm/catalog.bin", import.meta.url), packed);
}
