// The server as the command line starts it: flags, then the user's own configuration, then the
// defaults; password and user name from the environment.
import type { App } from "@/app/app";
import { loadGlobalConfig } from "@/config/load";
import type { RunningServer } from "@/server/listen";

export interface ServerFlags {
  /** 0 is a free one. */
  port?: number;
  hostname?: string;
  mdns?: boolean;
  mdnsDomain?: string;
  cors?: string[];
}

/**
 * Starts the server of `app`; whoever asked for it stops it. AppError conflict when a port that was
 * asked for is taken. The `password` of the result is one that was made for this run.
 */
export async function openServer(
  app: App,
  flags: ServerFlags,
  defaults: { port?: number; tui?: boolean } = {},
): Promise<RunningServer> {
  const { env, paths } = app.services;
  const [{ config }, { startServer }] = await Promise.all([
    loadGlobalConfig({ env, paths }),
    import("@/server/listen"),
  ]);
  const { server = {} } = config;
  const port = flags.port ?? server.port;
  return startServer(app, {
    ...(port === undefined ? {} : { port, isPortExplicit: true }),
    ...(port === undefined && defaults.port !== undefined && { port: defaults.port }),
    ...(defaults.tui && { hasTui: true }),
    hostname: flags.hostname ?? server.hostname,
    mdns: flags.mdns ?? server.mdns,
    mdnsDomain: flags.mdnsDomain ?? server.mdnsDomain,
    cors: [...(server.cors ?? []), ...(flags.cors ?? [])],
    // Empty is as good as not set.
    password: env["OPENCODE_SERVER_PASSWORD"] || undefined,
    username: env["OPENCODE_SERVER_USERNAME"] || undefined,
  });
}
