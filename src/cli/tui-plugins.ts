// The host of the terminal UI's plugins: which of those that tui.json names may run, and how they
// are loaded and installed. What that takes is imported when the first is asked for.
import { join } from "node:path";
import { flag } from "@/base/env";
import type { Logger } from "@/base/log";
import type { ConfigLocation } from "@/config/sources";
import type { LoadedTuiConfig, TuiPluginEntry } from "@/config/tui-config";
import type { ListedPlugin, PluginHost } from "@/tui/plugins/plugin-types";
import type { CLIContext, GlobalOptions } from "./context";

interface HostOptions extends GlobalOptions {
  location: ConfigLocation;
  /** The server is elsewhere: what plugins have for it is not installed from here. */
  isRemote: boolean;
  loaded: LoadedTuiConfig;
  log: Logger;
}

export function tuiPluginHost(context: CLIContext, options: HostOptions): PluginHost {
  const { location, loaded, log } = options;
  const { clock, env, paths, interrupts } = context;
  const isPure = options.pure === true || flag(env, "OPENCODE_PURE");
  const packages = join(paths.cache, "packages");
  const projectConfig = async () => {
    const { openProjectConfig } = await import("./project-config");
    const { directory } = location;
    return openProjectConfig(context, { directory, ...(options.trust && { trust: true }) });
  };
  let opened: ReturnType<typeof open> | undefined;
  const open = async () => {
    const [{ PluginModules }, { TuiPluginLoader }, { TuiPluginMetas }, given] = await Promise.all([
      import("@/plugin/plugin-modules"),
      import("@/plugin/tui-plugin-loader"),
      import("@/plugin/tui-plugin-meta"),
      import("@/tui/plugins/given-modules"),
    ]);
    const modules = new PluginModules(clock, log.child("plugin"), {
      always: given.givenModules(),
      fallbacks: given.fallbackModules(),
    });
    const { loadCollector } = await import("@/server/openapi");
    modules.loadFirst(loadCollector);
    const { signal } = interrupts;
    const loader = new TuiPluginLoader({ modules, packages, env, log, signal });
    const metaFile = env["OPENCODE_PLUGIN_META_FILE"] || join(paths.state, "plugin-meta.json");
    return { modules, loader, metas: new TuiPluginMetas(metaFile, clock) };
  };
  return {
    config: loaded.config,
    hasAny: !isPure && loaded.plugins.length > 0,
    list: async () => {
      const isAsked = loaded.plugins.some(({ isOfProject }) => isOfProject);
      const { trust } = isAsked ? await (await projectConfig()).get() : {};
      return inForce(loaded.plugins, trust?.isContentTrusted === true);
    },
    load: async ({ spec }) => {
      opened ??= open();
      const { loader, metas } = await opened;
      const module = await loader.load(spec);
      return { ...module, meta: { ...(await metas.count(module)) } };
    },
    install: async (module, { global }) => {
      const [{ installPlugin }, config] = await Promise.all([
        import("@/plugin/install-plugin"),
        projectConfig(),
      ]);
      const changeProject = (work: () => Promise<void>) => config.changeProject(work);
      const place = { directory: packages, env, log, signal: interrupts.signal };
      const only = options.isRemote ? ({ only: "tui" } as const) : {};
      return installPlugin(module, { ...place, ...only, location, global, changeProject });
    },
    openClient: async (send, directory) => {
      return (await import("@/plugin/tui-client")).openTuiClient(send, directory);
    },
    close: () => void opened?.then(({ modules }) => modules.close()),
  };
}

/** Of one that is named twice the nearest file counts, among those that may run. */
function inForce(named: readonly TuiPluginEntry[], isTrusted: boolean): ListedPlugin[] {
  const chosen = new Map<string, ListedPlugin>();
  for (const { origin: _, ...plugin } of named) {
    if (plugin.isOfProject && !isTrusted) continue;
    chosen.set(nameOf(plugin.spec), plugin);
  }
  return [...chosen.values()];
}

/** A package is the same in whichever version. */
function nameOf(spec: string): string {
  return spec.startsWith("file:") ? spec : spec.replace(/(?<=.)@[^@/]*$/, "");
}
