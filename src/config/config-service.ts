// ConfigService: the configuration of one project directory. Loaded when it is first asked for,
// kept until `reload` or an update; a load that fails is tried again at the next call.
import type { Clock } from "@/base/clock";
import { flag } from "@/base/env";
import { conflict } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Config } from "@/schema/config";
import { loadConfig, loadGlobalConfig, type LoadedConfig } from "./load";
import { globalFiles, projectFiles, type ConfigLocation } from "./sources";
import { writePatch } from "./write";

export interface ConfigServiceOptions extends ConfigLocation {
  log: Logger;
  /** For waiting while another process writes. */
  clock?: Clock;
  /** Changes what was loaded before anybody gets it. Never rejects. */
  amend?: (loaded: LoadedConfig) => Promise<LoadedConfig>;
}

export class ConfigService {
  readonly #options: ConfigServiceOptions;
  #loading: Promise<LoadedConfig> | undefined;
  /** As loaded, while it is being amended. */
  #unamended: LoadedConfig | undefined;
  #earlyReaders = 0;

  constructor(options: ConfigServiceOptions) {
    this.#options = options;
  }

  /**
   * The merged configuration with its origins; the same object until something is reloaded.
   * AppError invalid for a file or variable that is wrong, naming it, the line and the key.
   */
  get(): Promise<LoadedConfig> {
    if (this.#earlyReaders > 0 && this.#unamended) return Promise.resolve(this.#unamended);
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /**
   * Runs `work` for whoever takes part in amending: while that lasts, `get` does not wait for it,
   * since it would wait for itself.
   */
  async readEarly<T>(work: () => Promise<T>): Promise<T> {
    this.#earlyReaders++;
    try {
      return await work();
    } finally {
      this.#earlyReaders--;
    }
  }

  /** Reads everything anew. */
  reload(): Promise<LoadedConfig> {
    this.#loading = undefined;
    return this.get();
  }

  /**
   * Merges `patch` into the project's file that counts most, or into a new `opencode.json` of the
   * directory, and returns the whole merged configuration. AppError invalid, and no file changed,
   * when the patch or the file is wrong.
   */
  async update(patch: Config): Promise<Config> {
    const { paths, clock, env } = this.#options;
    if (flag(env, "OPENCODE_DISABLE_PROJECT_CONFIG")) {
      throw conflict("OPENCODE_DISABLE_PROJECT_CONFIG is set: the project's files are not used");
    }
    const target = projectFiles(this.#options);
    const path = await writePatch(target, patch, { stateDirectory: paths.state, clock });
    this.#options.log.info("configuration written", { path });
    return (await this.reload()).config;
  }

  /** As `update`, in the user's own file; returns the user's own configuration. */
  async updateGlobal(patch: Config): Promise<Config> {
    const config = await updateGlobalConfig(this.#options, patch);
    this.#loading = undefined;
    return config;
  }

  async #load(): Promise<LoadedConfig> {
    const loading = this.#loadOnce();
    try {
      return await loading;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }

  async #loadOnce(): Promise<LoadedConfig> {
    const loaded = await loadConfig(this.#options);
    for (const warning of loaded.warnings) this.#options.log.warn(warning);
    const { amend } = this.#options;
    if (!amend) return loaded;
    this.#unamended = loaded;
    try {
      return await amend(loaded);
    } finally {
      this.#unamended = undefined;
    }
  }
}

/** Merges `patch` into the user's own file and returns the user's configuration as it is then. */
export async function updateGlobalConfig(
  options: Pick<ConfigServiceOptions, "paths" | "env" | "clock">,
  patch: Config,
): Promise<Config> {
  const { paths, clock } = options;
  await writePatch(globalFiles(paths), patch, { stateDirectory: paths.state, clock });
  return (await loadGlobalConfig(options)).config;
}
