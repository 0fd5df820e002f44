// CustomTools: the tools that people write as files, `{tool,tools}/*.{ts,js}` of the configuration
// directories. Loaded when tools are first asked for; a file that is broken is reported once and
// left out, the others work.
import { basename, extname } from "node:path";
import { flag } from "@/base/env";
import { errorMessage } from "@/base/error";
import type { Logger } from "@/base/log";
import type { ConfigService } from "@/config/config-service";
import type { LoadedConfig } from "@/config/load";
import type { ConfigLocation } from "@/config/sources";
import type { Tool } from "@/tool/tool";
import { customTool, isToolSource } from "./custom-tool";
import { findCode, TOOL_FOLDERS } from "./plugin-files";
import type { PluginModules } from "./plugin-modules";

export interface CustomToolsOptions extends ConfigLocation {
  config: Pick<ConfigService, "get">;
  modules: PluginModules;
  /** Whether code that comes with the project may run. */
  isTrusted(loaded: LoadedConfig): boolean;
  /** Tells the person what does not work. */
  report(problem: string): void;
  log: Logger;
}

interface Loaded {
  config: LoadedConfig;
  isTrusted: boolean;
  tools: Promise<Tool[]>;
}

export class CustomTools {
  readonly #options: CustomToolsOptions;
  #loaded: Loaded | undefined;

  constructor(options: CustomToolsOptions) {
    this.#options = options;
  }

  /** All of them; of two with one name, the one nearer to the project. Never rejects for a file. */
  async list(): Promise<Tool[]> {
    if (flag(this.#options.env, "OPENCODE_PURE")) return [];
    const config = await this.#options.config.get();
    const isTrusted = this.#options.isTrusted(config);
    if (this.#loaded?.config !== config || this.#loaded.isTrusted !== isTrusted) {
      this.#loaded = { config, isTrusted, tools: this.#load(config, isTrusted) };
    }
    return this.#loaded.tools;
  }

  async #load({ directories }: LoadedConfig, isTrusted: boolean): Promise<Tool[]> {
    const files = await findCode(TOOL_FOLDERS, directories);
    const allowed = files.filter((file) => isTrusted || !file.isOfProject);
    const lists = await Promise.all(allowed.map(({ path }) => this.#read(path)));
    return [...new Map(lists.flat().map((tool) => [tool.id, tool])).values()];
  }

  async #read(path: string): Promise<Tool[]> {
    const { modules, report } = this.#options;
    const name = basename(path, extname(path));
    try {
      const exports = Object.entries(await modules.load(path));
      const tools = exports.map(([key, value]) => {
        const id = key === "default" ? name : `${name}_${key}`;
        return isToolSource(value) ? customTool(id, value, () => modules.zod()) : undefined;
      });
      const found = (await Promise.all(tools)).filter((tool) => tool !== undefined);
      if (found.length === 0) report(`${path} exports no tool: use tool({ description, execute })`);
      return found;
    } catch (error) {
      const words = errorMessage(error);
      report(`The tools of ${path} are left out: ${words}`);
      return [];
    }
  }
}
