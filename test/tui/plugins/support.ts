// Plugins of the terminal UI as files, loaded by the real loader, in one on a real server.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { systemClock } from "@/base/clock";
import { Logger } from "@/base/log";
import { PluginModules } from "@/plugin/plugin-modules";
import { openTuiClient } from "@/plugin/tui-client";
import { TuiPluginLoader } from "@/plugin/tui-plugin-loader";
import { fallbackModules, givenModules } from "@/tui/plugins/given-modules";
import type { ListedPlugin, PluginHost } from "@/tui/plugins/plugin-types";
import type { TuiConfig } from "@/schema/tui-config";
import { tempDirectory, writeTree } from "@test/support/temp";
import { tuiOn } from "@test/support/tui-app";

export interface PluginFaceOptions {
  /** Sources by the name of their file; each is listed. */
  files: Record<string, string>;
  config?: TuiConfig;
  options?: Record<string, unknown>;
  /** Which of them may run now; all unless given. */
  allowed?: () => readonly string[];
}

const PATIENCE_MS = 10_000;

export async function pluginFace({ files, config = {}, options, allowed }: PluginFaceOptions) {
  const temp = await tempDirectory();
  await writeTree(temp.path, files);
  const specOf = (name: string) => pathToFileURL(join(temp.path, name)).href;
  const log = Logger.silent();
  const modules = new PluginModules(systemClock, log, {
    always: givenModules(),
    fallbacks: fallbackModules(),
  });
  const signal = new AbortController().signal;
  const packages = join(temp.path, "packages");
  const loader = new TuiPluginLoader({ modules, packages, env: {}, log, signal });
  const installed: unknown[] = [];
  const host: PluginHost = {
    config,
    hasAny: true,
    list: async () =>
      (allowed?.() ?? Object.keys(files)).map((name): ListedPlugin => {
        return { spec: specOf(name), isOfProject: false, ...(options && { options }) };
      }),
    load: async ({ spec }) => ({ ...(await loader.load(spec)), meta: { state: "first" } }),
    install: async (spec, where) => {
      installed.push({ spec, ...where });
      return { directory: temp.path, tui: "tui.json" };
    },
    openClient: openTuiClient,
    close: () => modules.close(),
  };
  const face = await tuiOn({ turns: [], plugins: host });
  return {
    ...face,
    directory: temp.path,
    specOf,
    installed,
    /** Waits for what plugins do, which lists tell of. */
    async until(isSo: () => boolean): Promise<void> {
      const deadline = performance.now() + PATIENCE_MS;
      while (!isSo()) {
        if (performance.now() > deadline) {
          throw new Error(`it is not so: ${JSON.stringify(face.tui.plugins.list())}`);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async [Symbol.asyncDispose]() {
      await face[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

/** The source of a plugin whose start is `body`. */
export function plugin(id: string, body: string): string {
  return `export default { id: "${id}", tui: async (api, options, meta) => { ${body} } };`;
}
