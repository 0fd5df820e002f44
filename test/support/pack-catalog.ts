// Makes src/llm/catalog.bin of a models.json as models.dev publishes it. For whoever updates it:
//
//   bun test/support/pack-catalog.ts models.json
//
// It is no part of the program. The result does not depend on the order of the input.

import { type CatalogContent, HEADER_BYTES, type IndexEntry, MAGIC } from "@/llm/catalog-format";
import { readModelsJSON } from "@/llm/models-json";

/** The best that zstd does in reasonable time; reading does not get slower by it. */
const LEVEL = 19;

/** The bytes of a catalog file; providers keep their order. */
export function packCatalog({ providers, models }: CatalogContent): Uint8Array {
  const blobs = providers.map(({ id }) => compress(models(id)));
  let offset = 0;
  const entries = providers.map((provider, position): IndexEntry => {
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
