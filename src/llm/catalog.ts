// Catalog: the providers and models that are known without asking anybody: from a file which is
// embedded in the program, or from one that the person names in its place. Opening it costs
// nothing; listing providers reads a small index; the models of a provider are unpacked when they
// are asked for, and not kept.

import { readFileSync, statSync } from "node:fs";
import type { Env } from "@/base/env";
import { errorMessage, invalid, limitReached } from "@/base/error";
import { fileFailure } from "@/base/file";
import { formatBytes } from "@/base/text";
import catalogPath from "./catalog.bin" with { type: "file" };
import {
  type CatalogContent,
  type CatalogModels,
  type CatalogProvider,
  unpackCatalog,
} from "./catalog-format";
import { readModelsJSON } from "./models-json";

const VARIABLE = "OPENCODE_MODELS_PATH";
/** Ten times what all providers of the world take. */
const FILE_MAX_BYTES = 64 * 1024 * 1024;

/**
 * The catalog of this program, or the file in the form of models.dev that OPENCODE_MODELS_PATH
 * names: whoever asks gets an AppError that names the file when it cannot be used.
 */
export function openCatalog(env: Env): Catalog {
  const path = env[VARIABLE];
  return path ? new Catalog(() => readFileOf(path)) : new Catalog();
}

export class Catalog {
  readonly #read: () => CatalogContent;
  #content: CatalogContent | undefined;

  /** `read` gives what it says; by default it is what the file in this program says. */
  constructor(read: () => CatalogContent = () => unpackCatalog(readFileSync(catalogPath))) {
    this.#read = read;
  }

  /** Every provider, by id, without models: cheap. */
  listProviders(): readonly CatalogProvider[] {
    return this.#open().providers;
  }

  findProvider(id: string): CatalogProvider | undefined {
    return this.listProviders().find((provider) => provider.id === id);
  }

  /** The models of a provider by their key, none for an unknown provider. Unpacked at each call. */
  models(providerID: string): CatalogModels {
    return this.#open().models(providerID);
  }

  #open(): CatalogContent {
    this.#content ??= this.#read();
    return this.#content;
  }
}

function readFileOf(path: string): CatalogContent {
  try {
    const found = statSync(path);
    // A pipe or a device would never end.
    if (!found.isFile()) throw new Error("it is not a regular file");
    if (found.size > FILE_MAX_BYTES) {
      throw limitReached(`it is larger than ${formatBytes(FILE_MAX_BYTES)}`);
    }
    return readModelsJSON(readFileSync(path, "utf8"));
  } catch (error) {
    const reason = errorMessage(fileFailure("read", path, error));
    throw invalid(`${VARIABLE}: ${reason}`, { path }, error);
  }
}
