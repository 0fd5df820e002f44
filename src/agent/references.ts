// References: named directories outside the project that agents may read, and repositories of which
// a copy is made below the data directory when somebody first reads in it. Nothing is fetched here
// before that; whoever makes the copy also keeps it up to date.
import { basename, join } from "node:path";
import { isInside, nearestRealpath } from "@/base/file";
import type { Paths } from "@/base/paths";
import type { LoadedConfig } from "@/config/load";
import { PerConfig, type ConfigSource } from "./per-config";

export interface Reference {
  name: string;
  /** Absolute; of a repository it need not be there yet. */
  directory: string;
  /** As the person described it, in one line; models are told of those that have it. */
  description?: string;
  repository?: string;
  branch?: string;
}

/** Makes a copy of a repository, or brings it up to date; resolves when it is there. */
export type Clone = (reference: {
  repository: string;
  branch?: string | undefined;
  directory: string;
}) => Promise<void>;

interface ReferencesOptions {
  config: ConfigSource;
  paths: Pick<Paths, "data">;
  clone: Clone;
}

const REFERENCES_MAX = 100;
const DESCRIPTION_MAX_CHARACTERS = 200;

export class References {
  readonly #options: ReferencesOptions;
  readonly #references: PerConfig<Reference[]>;
  readonly #cloning = new Map<string, Promise<void>>();

  constructor(options: ReferencesOptions) {
    this.#options = options;
    this.#references = new PerConfig(options.config, async (loaded) => this.#find(loaded));
  }

  /** All of them, by name. */
  list(): Promise<Reference[]> {
    return this.#references.get();
  }

  /** Their directories, as named and as links lead: agents may read them. */
  async directories(): Promise<string[]> {
    const named = (await this.list()).map(({ directory }) => directory);
    return [...new Set([...named, ...(await Promise.all(named.map(nearestRealpath)))])];
  }

  /**
   * Sees to it that a reference in which `path` lies is there. Throws AppError unavailable when its
   * repository cannot be had, the signal's reason on abort; the copying goes on then.
   */
  async fetch(path: string, signal: AbortSignal): Promise<void> {
    for (const reference of await this.list()) {
      const { repository, branch, directory } = reference;
      if (repository === undefined || !isInside(directory, path)) continue;
      const cloning = this.#clone({ repository, branch, directory });
      await untilAborted(cloning, signal);
    }
  }

  #clone(reference: Parameters<Clone>[0]): Promise<void> {
    const { directory } = reference;
    const known = this.#cloning.get(directory);
    if (known !== undefined) return known;
    // One that ended is looked for again: somebody may have removed it to have it anew.
    const cloning = this.#options
      .clone(reference)
      .finally(() => void this.#cloning.delete(directory));
    cloning.catch(() => undefined); // whoever waits is told
    this.#cloning.set(directory, cloning);
    return cloning;
  }

  #find({ config }: LoadedConfig): Reference[] {
    const { data } = this.#options.paths;
    const references = Object.entries(config.references ?? {}).flatMap(([name, value]) => {
      if (typeof value === "string") return []; // loading has made objects of them
      const description = value.hidden ? undefined : describe(value.description);
      const known = { name, ...(description && { description }) };
      if ("path" in value) return [{ ...known, directory: value.path }];
      const { repository, branch } = value;
      const directory = join(data, "repos", copyName(repository, branch));
      return [{ ...known, directory, repository, ...(branch !== undefined && { branch }) }];
    });
    return references.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, REFERENCES_MAX);
  }
}

function describe(text: string | undefined): string | undefined {
  return text?.replace(/\s+/g, " ").trim().slice(0, DESCRIPTION_MAX_CHARACTERS);
}

/** Readable, and another one for each address and branch. */
function copyName(repository: string, branch: string | undefined): string {
  const hash = new Bun.CryptoHasher("sha256").update(JSON.stringify([repository, branch]));
  const name = basename(repository.replaceAll(":", "/"), ".git").replace(/[^\w.-]/g, "_");
  return `${name}-${hash.digest("hex").slice(0, 12)}`;
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
