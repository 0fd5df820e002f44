// Plugins that a configuration names by a path: relative to the file that names them, they become
// addresses of files, so that they mean the same wherever they are merged into. Pure.
import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { TuiPluginItem } from "@/schema/tui-config";

interface Naming {
  plugin?: TuiPluginItem[];
}

/** The configuration with the paths of its plugins as `file:` addresses; packages stay as named. */
export function locatePlugins<C extends Naming>(config: C, directory: string, home: string): C {
  if (config.plugin === undefined) return config;
  const locate = (spec: string) => {
    if (spec.startsWith("~/")) return pathToFileURL(join(home, spec.slice(2))).href;
    const isPath = /^\.{1,2}[\\/]/.test(spec) || isAbsolute(spec);
    return isPath ? pathToFileURL(resolve(directory, spec)).href : spec;
  };
  const plugin = config.plugin.map((item): TuiPluginItem =>
    typeof item === "string" ? locate(item) : [locate(item[0]), item[1]],
  );
  return { ...config, plugin };
}
