// `opencode plugin`: installs a module of plugins and names it where it belongs: in opencode.json
// for the server, in tui.json for the terminal UI, or in both.
import { join } from "node:path";
import { Logger } from "@/base/log";
import { findRepositoryRoot } from "@/config/repository-root";
import { installPlugin } from "@/plugin/install-plugin";
import type { CLIContext, GlobalOptions } from "./context";
import { EXIT } from "./exit-code";
import { openProjectConfig } from "./project-config";

export interface PluginOptions extends GlobalOptions {
  global?: boolean;
  force?: boolean;
}

export async function plugin(
  context: CLIContext,
  module: string,
  options: PluginOptions,
): Promise<number> {
  const { clock, env, interrupts, output, paths } = context;
  const { directory } = context;
  const log = Logger.open({ clock, level: options.logLevel ?? "INFO", directory: paths.log });
  const config = await openProjectConfig(context, options);
  try {
    const written = await installPlugin(module, {
      location: { paths, env, directory, worktree: await findRepositoryRoot(directory) },
      global: options.global === true,
      force: options.force === true,
      changeProject: (work) => config.changeProject(work),
      directory: join(paths.cache, "packages"),
      env,
      log: log.child("plugin"),
      signal: interrupts.signal,
    });
    const { server, tui } = written;
    if (server !== undefined) output.note(`${module} is a plugin of the server: ${server}`);
    if (tui !== undefined) output.note(`${module} is a plugin of the terminal UI: ${tui}`);
    output.note("It is at work from the next start on");
  } finally {
    await log.close();
  }
  return EXIT.done;
}
