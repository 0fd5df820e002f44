// `opencode debug`: what the program sees: the merged configuration and its paths. No secrets.
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { configWarnings } from "./config-warnings";
import { EXIT } from "./exit-code";
import { tellHeldBack } from "./held-back";
import { shownConfig } from "@/config/shown-config";
import { formatTable } from "./table";

export interface DebugConfigOptions extends GlobalOptions {
  sources?: boolean;
}

/** The configuration of the directory, or with `--sources` where each value was set. */
export async function config(context: CLIContext, options: DebugConfigOptions): Promise<number> {
  return withApp(context, options, async (app) => {
    const instance = await app.instances.get(context.directory);
    const loaded = await instance.config.get();
    const { output } = context;
    for (const warning of await configWarnings(instance)) output.note(warning);
    await tellHeldBack(context, instance);
    if (options.sources) {
      const rows = Object.entries(loaded.sources).sort(([a], [b]) => (a < b ? -1 : 1));
      for (const line of formatTable(rows)) output.print(line);
    } else output.print(JSON.stringify(shownConfig(loaded), undefined, 2));
    return EXIT.done;
  });
}

export async function paths(context: CLIContext): Promise<number> {
  for (const line of formatTable(Object.entries(context.paths))) context.output.print(line);
  return EXIT.done;
}
