// `opencode [project]`: the terminal UI, and in the same process the server it is a client of. The
// first frame is drawn before the server is opened; what a person does until then waits for it.
// Editors and other programs reach the server on a port of its own.
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { errorMessage, invalid } from "@/base/error";
import { didYouMean } from "@/base/text";
import { type LocalServer, MemoryTransport } from "@/client/memory-transport";
import type { App } from "@/app/app";
import type { Tui } from "@/tui/tui";
import { type CLIContext, withApp } from "./context";
import { EXIT } from "./exit-code";
import { openServer, type ServerFlags } from "./server";
import { isTerminal } from "./terminal";
import { closeFace, type FaceOptions, openFace } from "./tui-face";

/** How it was called: the word that is a project's directory, and the words that are commands. */
interface Called {
  project: string | undefined;
  commands: readonly string[];
}

export interface TuiOptions extends FaceOptions, ServerFlags {}

/** For the running turns to be stored as interrupted. */
const LEAVE_GRACE_MS = 2_500;

export async function tui(
  context: CLIContext,
  called: Called,
  options: TuiOptions,
): Promise<number> {
  const directory = await findProject(context, called);
  checkOptions(options);
  const { interrupts } = context;
  interrupts.graceMs = LEAVE_GRACE_MS;
  const local = Promise.withResolvers<LocalServer>();
  const transport = new MemoryTransport(local.promise);
  const face = await openFace(context, options, { transport, directory });
  try {
    await face.drawn;
    // What the log says is on the screen otherwise.
    const quiet = {
      ...options,
      directory,
      printLogs: false,
      note: (text: string) => face.note(text),
    };
    await withApp(context, quiet, async (app) => {
      local.resolve(await localServer(app));
      await serveUntilLeft(face, app, options);
    });
  } finally {
    await closeFace(context, face);
  }
  return interrupts.code ?? EXIT.done;
}

/**
 * Serves on a socket as well; without one the terminal UI works all the same. Other programs can
 * wait for it, a person waits for the session.
 */
async function serveUntilLeft(face: Tui, app: App, options: TuiOptions): Promise<void> {
  await Promise.race([face.begun, face.left]);
  const isChosen = options.port !== undefined || options.hostname !== undefined;
  const server = await openServer(app, options, { port: 0, tui: true }).catch((error: unknown) => {
    if (isChosen) throw error;
    face.note(`Other programs cannot reach this one: ${errorMessage(error)}`);
  });
  if (server) face.serves(server.url, server.password);
  try {
    await face.left;
  } finally {
    // The screen is the person's again before the turns have ended.
    face.close();
    await Promise.all([server?.stop(), app.instances.disposeAll()]);
  }
}

async function localServer(app: App): Promise<LocalServer> {
  const { createServer } = await import("@/server/server");
  const server = createServer(app);
  return {
    handle: async (request) => server.handle(request),
    subscribe: (listener) => {
      const ends = [app.services.listeners.join(), app.services.bus.subscribe(listener)];
      return () => ends.forEach((end) => end());
    },
  };
}

export function checkOptions(options: FaceOptions): void {
  if (!isTerminal()) {
    throw invalid("The terminal UI needs a terminal; `opencode run` answers without one");
  }
  if (options.fork && !options.continue && !options.session) {
    throw invalid("--fork needs --continue or --session: it copies the session that they name");
  }
  if (options.continue && options.session) {
    throw invalid("--continue and --session exclude each other: leave one out");
  }
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
