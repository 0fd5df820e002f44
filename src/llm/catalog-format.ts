// The file of the embedded catalog: an index that is read at once, and the models of each provider
// compressed apart, read when asked for. test/support/pack-catalog.ts writes it.
//
// Layout: 4 bytes magic, 4 bytes length of the index (little endian), the index (JSON, zstd), then
// the providers' models (JSON, zstd) one after the other. Offsets count from the end of the index.

import { assert } from "@/base/assert";

/** A provider of the catalog without its models; field names are those of models.dev. */
export interface CatalogProvider {
  id: string;
  name: string;
  /** Environment variables that hold its key, or its settings where there are several. */
  env: string[];
  /** The package that speaks to it. */
  npm: string;
  /** Its address, where the package has no default; may hold `${VARIABLES}`. */
  api?: string;
  modelCount: number;
}

interface Prices {
  input: number;
  output: number;
  cache_read?: number;
  cache_write?: number;
}

interface PricesByCache {
  input: number;
  output: number;
  cache: { read: number; write: number };
}

/**
 * A model of the catalog. A flag that is absent is false, but for `tool_call`: absent means that
 * the model can call tools. Prices are US dollars per million tokens.
 */
export interface CatalogModel {
  /** As the provider's API knows it; absent when it is the key under which the model is listed. */
  id?: string;
  name: string;
  family?: string;
  release_date: string;
  attachment?: boolean;
  reasoning?: boolean;
  temperature?: boolean;
  tool_call?: boolean;
  interleaved?: boolean | { field: string };
  cost?: Prices & {
    tiers?: (PricesByCache & { tier: { type: "context"; size: number } })[];
    context_over_200k?: PricesByCache;
  };
  limit: { context: number; output: number; input?: number };
  modalities: { input: string[]; output: string[] };
  status?: "alpha" | "beta" | "deprecated";
  /** Where this model is reached otherwise than the rest of its provider. */
  provider?: { npm?: string; api?: string };
}

export type CatalogModels = Record<string, CatalogModel>;

/** What a catalog says, wherever it was read. */
export interface CatalogContent {
  /** By id, without models. */
  providers: readonly CatalogProvider[];
  /** None for a provider that is not known. */
  models(providerID: string): CatalogModels;
}

export type IndexEntry = [CatalogProvider, offset: number, length: number];

export const MAGIC = 0x3143_434f;
export const HEADER_BYTES = 8;

/** Reads the index; a provider's models are unpacked when they are asked for. */
export function unpackCatalog(bytes: Uint8Array): CatalogContent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  assert(view.getUint32(0, true) === MAGIC, "the catalog file is none");
  const end = HEADER_BYTES + view.getUint32(4, true);
  // Written from checked values by the one tool that writes this format.
  const entries = decompress(bytes.subarray(HEADER_BYTES, end)) as IndexEntry[];
  return {
    providers: entries.map(([provider]) => provider),
    models(providerID) {
      const [, offset, length] = entries.find(([{ id }]) => id === providerID) ?? [];
      if (offset === undefined || length === undefined) return {};
      return decompress(bytes.subarray(end + offset, end + offset + length)) as CatalogModels;
    },
  };
}

function decompress(bytes: Uint8Array): unknown {
  return JSON.parse(Bun.zstdDecompressSync(bytes).toString("utf8"));
}
