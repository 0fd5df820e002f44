// `opencode [project]`: the terminal UI, and in the same process the server it is a client of. The
// first frame is drawn before the server is opened; what a person does until then waits for it.
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { invalid } from "@/base/error";
import { didYouMean } from "@/base/text";
import { version } from "@/base/version";
import { type LocalServer, MemoryTransport } from "@/client/memory-transport";
import type { App } from "@/app/app";
import { findRepositoryRoot } from "@/config/repository-root";
import { loadTuiConfig } from "@/config/tui-config";
import { readSettings } from "@/tui/settings";
import type { TuiSettings } from "@/tui/ui";
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { EXIT } from "./exit-code";
import { isTerminal } from "./terminal";

/** How it was called: the word that is a project's directory, and the words that are commands. */
interface Called {
  project: string | undefined;
  commands: readonly string[];
}

export interface TuiOptions extends GlobalOptions {
  port?: number;
  hostname?: string;
}

export async function tui(
  context: CLIContext,
  called: Called,
  options: TuiOptions,
): Promise<number> {
  const directory = await findProject(context, called);
  if (!isTerminal()) {
    throw invalid("The terminal UI needs a terminal; `opencode run` answers without one");
  }
  const [{ Tui }, settings] = await Promise.all([
    import("@/tui/tui"),
    readTuiSettings(context, directory),
  ]);
  const server = Promise.withResolvers<LocalServer>();
  const nothing = () => undefined;
  const face = await Tui.open({
    transport: new MemoryTransport(server.promise),
    directory,
    clock: context.clock,
    log: { info: nothing, warn: nothing, error: nothing },
    environment: {
      version,
      home: context.home,
      env: context.env,
      stateDirectory: context.paths.state,
      configDirectory: context.paths.config,
    },
    settings,
  });
  await face.renderer.idle();
  return withApp(context, { ...options, directory }, async (app) => {
    server.resolve(await localServer(app));
    await face.left;
    return EXIT.done;
  });
}

async function readTuiSettings(context: CLIContext, directory: string): Promise<TuiSettings> {
  const { paths, env } = context;
  const worktree = await findRepositoryRoot(directory);
  const { config } = await loadTuiConfig({ paths, env, directory, worktree });
  return readSettings(config);
}

async function localServer(app: App): Promise<LocalServer> {
  const { createServer } = await import("@/server/server");
  const server = createServer(app);
  return {
    handle: async (request) => server.handle(request),
    subscribe: (listener) => app.services.bus.subscribe(listener),
  };
}

/** The directory that was named, which may have been meant to be a command. */
async function findProject(context: CLIContext, { project, commands }: Called): Promise<string> {
  if (project === undefined) return context.directory;
  const directory = resolve(context.directory, project);
  const found = await stat(directory).catch(() => undefined); // told below
  if (found?.isDirectory()) return directory;
  const similar = didYouMean(project, commands);
  const hint = similar ? `Did you mean ${similar}?` : "See opencode --help";
  if (/^[a-z-]+$/.test(project)) throw invalid(`unknown command '${project}'. ${hint}`);
  throw invalid(`${directory}: there is no such directory`);
}
