// Where plugins come from: what the configuration names, then the files in the plugin folders. A
// project's own are among them, marked; whether they may run is not decided here.
import { fileURLToPath } from "node:url";
import type { JSONRecord } from "@/config/json";
import type { LoadedConfig } from "@/config/load";
import { findCode, PLUGIN_FOLDERS } from "./plugin-files";

export interface PluginSpec {
  /** What a person knows it by. */
  name: string;
  /** A file of this machine, or a package to be installed. */
  from: { path: string } | { npm: string };
  options: JSONRecord | undefined;
  isOfProject: boolean;
}

/** All plugins, in the order in which their hooks are called. */
export async function findPlugins(loaded: LoadedConfig): Promise<PluginSpec[]> {
  const { config, directories, projectFiles, sources } = loaded;
  const configured = (config.plugin ?? []).map((item, index): PluginSpec => {
    const spec = typeof item === "string" ? item : item[0];
    const options = typeof item === "string" ? undefined : item[1];
    const isFile = spec.startsWith("file:");
    const from = isFile ? { path: fileURLToPath(spec) } : { npm: spec };
    return {
      name: isFile ? fileURLToPath(spec) : spec,
      from,
      options,
      isOfProject: projectFiles.includes(sources[`plugin[${index}]`] ?? ""),
    };
  });
  const files = await findCode(PLUGIN_FOLDERS, directories);
  const found = files.map(({ path, isOfProject }): PluginSpec => {
    return { name: path, from: { path }, options: undefined, isOfProject };
  });
  return [...configured, ...found];
}

/** Tells the same plugin with the same options from all others. */
export function pluginKey({ from, options }: PluginSpec): string {
  return JSON.stringify([from, options]);
}
