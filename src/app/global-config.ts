// The user's own configuration, which all directories share, and the end of all instances: what
// belongs to the whole program and not to a directory.
import { isDeepStrictEqual } from "node:util";
import { updateGlobalConfig } from "@/config/config-service";
import { loadGlobalConfig } from "@/config/load";
import { shownConfig } from "@/config/shown-config";
import type { Config } from "@/schema/config";
import type { Instances } from "./instances";
import type { AppServices } from "./services";

export class GlobalConfig {
  readonly #services: AppServices;
  readonly #instances: Instances;

  constructor(services: AppServices, instances: Instances) {
    this.#services = services;
    this.#instances = instances;
  }

  /**
   * The user's own files merged, without those of any project, as they may be seen. AppError
   * invalid for a bad one.
   */
  async get(): Promise<Config> {
    return shownConfig(await loadGlobalConfig(this.#services));
  }

  /**
   * Merges `patch` into the user's own file, keeping its comments, and answers the user's
   * configuration as it is then. When that is another one, all instances are disposed, so that
   * they follow. AppError invalid, and nothing changed, for a wrong patch or file.
   */
  async update(patch: Config): Promise<Config> {
    const { paths, env, clock } = this.#services;
    const before = await loadGlobalConfig({ paths, env });
    const after = await updateGlobalConfig({ paths, env, clock }, patch);
    if (!isDeepStrictEqual(before.config, after.config)) await this.disposeAll();
    return shownConfig(after);
  }

  /** Disposes the instances of all directories, and tells that it is done. */
  async disposeAll(): Promise<void> {
    await this.#instances.disposeAll();
    const { bus, ids } = this.#services;
    const event = { id: ids.create("evt"), type: "global.disposed" as const, properties: {} };
    bus.publish({ directory: "global", event });
  }
}
