// ConfigService: the configuration of one project directory. Loaded when it is first asked for,
// kept until `reload` or an update; a load that fails is tried again at the next call.
import type { Clock } from "@/base/clock";
import { flag } from "@/base/env";
import { conflict } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Config } from "@/schema/config";
import type { Acting } from "./acting";
import { contentHash, judge, NO_PROJECT, type ProjectTrust } from "./project-trust";
import type { TrustStore } from "./trust-store";
import { loadConfig, loadGlobalConfig, type LoadedConfig, type ProjectFiles } from "./load";
import { shownConfig } from "./shown-config";
import { globalFiles, projectFiles, type ConfigLocation, type RemoteConfig } from "./sources";
import { writePatch } from "./write";

export interface ConfigServiceOptions extends ConfigLocation {
  log: Logger;
  /** For waiting while another process writes. */
  clock?: Clock;
  /** Changes what was loaded before anybody gets it. Never rejects. */
  amend?: (loaded: LoadedConfig) => Promise<LoadedConfig>;
  /** What is fetched for the person from elsewhere. Never rejects. */
  remote?: () => Promise<RemoteConfig[]>;
  /** What an administrator has set for this machine: it counts more than all else. */
  managed?: () => Promise<RemoteConfig[]>;
  /** What the person has decided of the project; nothing of it is trusted without. */
  trust?: TrustSource;
}

export interface TrustSource {
  store: TrustStore;
  /** The person trusts whatever this program is used on. */
  isGiven: boolean;
  /** What acts besides the configuration's files. */
  findActing(files: ProjectFiles): Promise<readonly Acting[]>;
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

  /** The merged configuration as people and clients may see it, without secrets. */
  async shown(): Promise<Config> {
    return shownConfig(await this.get());
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
    const loaded = await this.changeProject(async () => {
      const path = await writePatch(target, patch, { stateDirectory: paths.state, clock });
      this.#options.log.info("configuration written", { path });
    });
    return loaded.config;
  }

  /**
   * Has `work` change the project's files for the person, which are then as trusted as they were
   * before; gives the configuration as it is then.
   */
  async changeProject(work: () => Promise<void>): Promise<LoadedConfig> {
    const { trust: before } = await this.reload();
    // What is found in files is found when it is asked for: it has to be asked before they change.
    await before.acting();
    await work();
    return this.#keepTrust(before, await this.reload());
  }

  /** As `update`, in the user's own file; returns the user's own configuration. */
  async updateGlobal(patch: Config): Promise<Config> {
    const { config } = await updateGlobalConfig(this.#options, patch);
    this.#loading = undefined;
    return config;
  }

  /** What the person changes through this program is as trusted as what was there before. */
  async #keepTrust(before: ProjectTrust, loaded: LoadedConfig): Promise<LoadedConfig> {
    const { directory, trust } = this.#options;
    if (trust === undefined || loaded.trust.isContentTrusted) return loaded;
    const isTrusted = before.isContentTrusted || (await before.acting()).length === 0;
    if (!isTrusted) return loaded;
    const content = contentHash(await loaded.trust.acting());
    await trust.store.put(directory, { content, by: before.isTrusted ? "person" : "edit" });
    return this.reload();
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
    const loaded = await loadConfig(this.#options, (acting, files) => this.#judge(acting, files), {
      lowest: await this.#options.remote?.(),
      highest: await this.#options.managed?.(),
    });
    const { amend, log } = this.#options;
    if (loaded.config.logLevel !== undefined) log.suggestLevel(loaded.config.logLevel);
    for (const warning of loaded.warnings) log.warn(warning);
    if (!amend) return loaded;
    this.#unamended = loaded;
    try {
      return await amend(loaded);
    } finally {
      this.#unamended = undefined;
    }
  }

  async #judge(acting: readonly Acting[], files: ProjectFiles): Promise<ProjectTrust> {
    const { directory, trust } = this.#options;
    let found: Promise<readonly Acting[]> | undefined;
    const all = () => {
      found ??= (trust?.findActing(files) ?? Promise.resolve([])).then((more) => [
        ...acting,
        ...more,
      ]);
      return found;
    };
    if (trust?.isGiven) {
      return { isContentTrusted: true, isTrusted: true, acting: all, allows: async () => true };
    }
    const decision = await trust?.store.find(directory);
    // Without a decision it need not be known what there is.
    if (decision === undefined) return { ...NO_PROJECT, acting: all };
    const judged = judge(decision, await all());
    const allowed = new Set((judged.isContentTrusted ? await all() : []).map(({ hash }) => hash));
    const allows = async (some: readonly Acting[]) => some.every(({ hash }) => allowed.has(hash));
    return { ...judged, acting: all, allows };
  }
}

/** Merges `patch` into the user's own file and returns the user's configuration as it is then. */
export async function updateGlobalConfig(
  options: Pick<ConfigServiceOptions, "paths" | "env" | "clock">,
  patch: Config,
): Promise<LoadedConfig> {
  const { paths, clock } = options;
  await writePatch(globalFiles(paths), patch, { stateDirectory: paths.state, clock });
  return loadGlobalConfig(options);
}
