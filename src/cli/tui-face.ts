// The terminal UI as the command line runs it: what it is handed, how it gives the terminal back
// whatever happens, and what is said once it has.
import { Logger } from "@/base/log";
import { version } from "@/base/version";
import type { Transport } from "@/client/transport";
import { findRepositoryRoot } from "@/config/repository-root";
import { ownTuiFiles } from "@/config/sources";
import { loadThemes, loadTuiConfig, watchThemes } from "@/config/tui-config";
import { writeTuiSetting } from "@/config/write";
import { parseModelRef } from "@/provider/model-ref";
import type { State } from "@/tui/store/state";
import { readSettings } from "@/tui/settings";
import type { StartUp } from "@/tui/start-up";
import type { Tui } from "@/tui/tui";
import type { CLIContext, GlobalOptions } from "./context";
import { oneLine } from "./output";
import { tuiPluginHost } from "./tui-plugins";

/** Options of every way to open the terminal UI. */
export interface FaceOptions extends GlobalOptions {
  model?: string;
  agent?: string;
  continue?: boolean;
  session?: string;
  fork?: boolean;
  prompt?: string;
  auto?: boolean;
  mini?: boolean;
  /** False by --no-replay. */
  replay?: boolean;
  replayLimit?: number;
}

const REPLAY_LIMIT = 50;

export interface FaceSource {
  transport: Transport;
  /** The project; undefined when the server chooses it. */
  directory: string | undefined;
  /** The server is another process. */
  isRemote?: boolean;
}

/** Draws the first frame. Whoever opens it calls `closeFace`. */
export async function openFace(
  context: CLIContext,
  options: FaceOptions,
  { transport, directory, isRemote = false }: FaceSource,
): Promise<Tui> {
  const { clock, env, home, paths } = context;
  const place = directory ?? context.directory;
  const location = { paths, env, directory: place, worktree: await findRepositoryRoot(place) };
  const [{ Tui }, loaded] = await Promise.all([import("@/tui/tui"), loadTuiConfig(location)]);
  const log = Logger.open({
    clock,
    level: options.logLevel ?? "INFO",
    directory: paths.log,
  }).child("tui");
  for (const warning of loaded.warnings) log.warn(warning);
  const settings = readSettings(loaded.config, env);
  const isMini = options.mini ?? settings.screen === "mini";
  const replayLimit = options.replay === false ? 0 : (options.replayLimit ?? REPLAY_LIMIT);
  context.typeAhead?.eraseEcho();
  const face = await Tui.open({
    ...(isMini && { mini: { replayLimit } }),
    transport,
    directory: directory ?? "",
    clock,
    log,
    environment: {
      version,
      home,
      env,
      stateDirectory: paths.state,
      configDirectory: paths.config,
      writeUnseen: (sequence) => void process.stdout.write(sequence),
      cacheDirectory: paths.cache,
      logDirectory: paths.log,
      loadThemes: async () => {
        const { themes, warnings } = await loadThemes(location);
        for (const warning of warnings) log.warn(warning);
        return themes;
      },
      plugins: tuiPluginHost(context, { ...options, location, loaded, log, isRemote }),
      watchThemes: (changed) => watchThemes(location, changed),
      saveSetting: (path, value) =>
        writeTuiSetting(ownTuiFiles(paths), { path, value }, { stateDirectory: paths.state }),
    },
    settings,
    state: stateOf(options),
    start: startOf(options),
    typeAhead: () => context.typeAhead?.take() ?? [],
    stop: () => process.kill(process.pid, "SIGTSTP"),
  });
  context.face = {
    restore: () => face.close(),
    hear: (error) => face.fail(error),
  };
  context.interrupts.signal.addEventListener("abort", () => face.leave(), { once: true });
  return face;
}

/** Gives the terminal back, and says how to go on: `command` and the session's id. */
export async function closeFace(
  context: CLIContext,
  face: Tui,
  command = "opencode -s",
): Promise<void> {
  face.close();
  await Promise.all([face.prompt.close(), face.memory.flush(), face.plugins.close()]);
  delete context.face;
  const { output } = context;
  const { session } = face;
  if (!session) return;
  output.print(output.style.bold(oneLine(session.title)));
  output.print(`Go on with: ${command} ${session.id}`);
}

function stateOf({ agent, model, auto, session, fork }: FaceOptions): Partial<State> {
  const choice = {
    ...(agent !== undefined && { agent }),
    ...(model !== undefined && { model: parseModelRef(model, "--model") }),
  };
  const isOpen = session !== undefined && !fork;
  return {
    choice,
    autoApprove: auto ?? false,
    // On the screen from the first frame on; whether there is such a session turns out later.
    ...(isOpen && { route: { screen: "session", sessionID: session } as const }),
  };
}

function startOf(options: FaceOptions): StartUp {
  const { session, fork, prompt } = options;
  return {
    ...(session !== undefined && { session }),
    ...(options.continue && { continue: true }),
    ...(fork && { fork }),
    ...(prompt !== undefined && { prompt }),
  };
}
