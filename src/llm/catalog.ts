// Catalog: the providers and models that are known without asking anybody, from a file which is
// embedded in the program. Opening it costs nothing; listing providers reads a small index; the
// models of a provider are unpacked when they are asked for, and not kept.

import { readFileSync } from "node:fs";
import catalogPath from "./catalog.bin" with { type: "file" };
import { type CatalogModels, type CatalogProvider, readIndex } from "./catalog-format";

export class Catalog {
  readonly #read: () => Uint8Array;
  #index: ReturnType<typeof readIndex> | undefined;

  /** `read` gives the bytes of a catalog file; by default of the one in this program. */
  constructor(read: () => Uint8Array = () => readFileSync(catalogPath)) {
    this.#read = read;
  }

  /** Every provider, by id, without models: cheap. */
  listProviders(): CatalogProvider[] {
    return this.#open().entries.map(([provider]) => provider);
  }

  findProvider(id: string): CatalogProvider | undefined {
    return this.#open().entries.find(([provider]) => provider.id === id)?.[0];
  }

  /** The models of a provider by their key, none for an unknown provider. Unpacked at each call. */
  models(providerID: string): CatalogModels {
    const { entries, readModels } = this.#open();
    const entry = entries.find(([provider]) => provider.id === providerID);
    return entry ? readModels(entry) : {};
  }

  #open(): ReturnType<typeof readIndex> {
    this.#index ??= readIndex(this.#read());
    return this.#index;
  }
}
