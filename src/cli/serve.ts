// `opencode serve`: the HTTP server until a signal ends it. Programs read its stdout: a warning
// when it is unsecured, then one line with its address. All else goes to stderr.
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { EXIT } from "./exit-code";
import { openServer, type ServerFlags } from "./server";

export interface ServeOptions extends GlobalOptions, ServerFlags {}

const UNSECURED = "Warning: OPENCODE_SERVER_PASSWORD is not set; server is unsecured.";
/** For the running turns to be stored as interrupted. */
const INTERRUPT_GRACE_MS = 2_500;

export async function serve(context: CLIContext, options: ServeOptions): Promise<number> {
  const { env, interrupts, output } = context;
  interrupts.graceMs = INTERRUPT_GRACE_MS;
  return withApp(context, options, async (app) => {
    const server = await openServer(app, options);
    try {
      if (server.password !== undefined && !env["OPENCODE_SERVER_PASSWORD"]) {
        const user = env["OPENCODE_SERVER_USERNAME"] || "opencode";
        const why = "made for this run because other machines can reach the server";
        output.note(`Password of user ${user}: ${server.password} (${why})`);
      } else if (server.password === undefined && !env["OPENCODE_SERVER_PASSWORD"]) {
        output.print(UNSECURED);
      }
      output.print(`opencode server listening on ${server.url.origin}`);
      await aborted(interrupts.signal);
    } finally {
      await Promise.all([server.stop(), app.instances.disposeAll()]);
    }
    return interrupts.code ?? EXIT.done;
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
