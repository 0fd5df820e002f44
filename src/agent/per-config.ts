// PerConfig: a value that is made from the configuration when it is first asked for, and made
// again only after the configuration was loaded anew. A failed making is not kept.
import type { ConfigService } from "@/config/config-service";
import type { LoadedConfig } from "@/config/load";

/** What this folder needs of the configuration. */
export type ConfigSource = Pick<ConfigService, "get">;

export class PerConfig<T> {
  readonly #config: ConfigSource;
  readonly #make: (loaded: LoadedConfig) => Promise<T>;
  #loaded: LoadedConfig | undefined;
  #value: Promise<T> | undefined;

  constructor(config: ConfigSource, make: (loaded: LoadedConfig) => Promise<T>) {
    this.#config = config;
    this.#make = make;
  }

  /** The value for the present configuration; callers at the same time share one making. */
  async get(): Promise<T> {
    const loaded = await this.#config.get();
    if (this.#value !== undefined && this.#loaded === loaded) return this.#value;
    const value = this.#make(loaded);
    this.#loaded = loaded;
    this.#value = value;
    try {
      return await value;
    } catch (error) {
      if (this.#value === value) this.#value = undefined;
      throw error;
    }
  }
}
