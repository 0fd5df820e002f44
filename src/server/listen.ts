// The server on a socket: which port, which password, and an orderly end.
import { randomBytes } from "node:crypto";
import type { App } from "@/app/app";
import { conflict, errorCode, errorMessage, unavailable } from "@/base/error";
import { withAccessLog } from "./access-log";
import { isLoopback, type Password } from "./access";
import { EventStreams } from "./event-stream";
import { publishMdns } from "./mdns";
import { PtySockets } from "./pty-sockets";
import { ShareStreams } from "./share-stream";
import { createServer } from "./server";
import { TuiControl } from "./tui-control";
import { socketHandlers } from "./web-socket";

const DEFAULT_HOSTNAME = "127.0.0.1";
const DEFAULT_PORT = 4096;
const DEFAULT_USERNAME = "opencode";
const DEFAULT_DOMAIN = "opencode.local";
const PASSWORD_BYTES = 18;
/** A connection on which nothing moves; event streams are exempt. Bun takes no more than this. */
const IDLE_SECONDS = 255;
/** What stopping waits for requests that are being answered. */
const STOP_TIMEOUT_MS = 3_000;

export interface ListenOptions {
  /** 127.0.0.1 when absent; with `mdns` every address of the machine. */
  hostname?: string;
  port?: number;
  /** A port that the person chose is taken or refused; the default one may be replaced. */
  isPortExplicit?: boolean;
  /** Further origins that may use the server. */
  cors?: readonly string[];
  password?: string;
  username?: string;
  mdns?: boolean;
  mdnsDomain?: string;
  /** The terminal UI of this process shows the server's own directory. */
  hasTui?: boolean;
}

export interface RunningServer {
  url: URL;
  hostname: string;
  port: number;
  /** One that was made because others can reach the server and none was given: to be shown once. */
  password?: string;
  /** Ends streams, waits a little for what is being answered, and closes. */
  stop(): Promise<void>;
}

/**
 * Serves `app` until stopped; every request from the first on is answered. Throws AppError conflict
 * for a chosen port that is taken, AppError unavailable for an address that cannot be bound.
 */
export async function startServer(app: App, options: ListenOptions = {}): Promise<RunningServer> {
  const mdnsDomain = options.mdnsDomain ?? DEFAULT_DOMAIN;
  const hostname = options.hostname ?? (options.mdns ? "0.0.0.0" : DEFAULT_HOSTNAME);
  const { password, generated } = choosePassword(hostname, options);
  const streams = new EventStreams(app);
  const sockets = new PtySockets();
  const shareStreams = new ShareStreams(app);
  const control = new TuiControl(app.services.clock);
  const server = createServer(app, {
    hostname,
    streams,
    sockets,
    shareStreams,
    control,
    cors: options.cors ?? [],
    domains: options.mdns ? [mdnsDomain] : [],
    ...(options.hasTui && { hasTui: true }),
    ...(password && { password }),
  });
  const log = app.services.log.child("server");
  const handle = (request: Request) => server.fetch(request);
  const socket = bind(hostname, options, withAccessLog(handle, log, app.services.clock));
  // Handlers reach the socket by it, to keep streams open.
  server.server = socket;
  const port = socket.port ?? 0;
  const withdraw = options.mdns
    ? await publishMdns({ domain: mdnsDomain, port, hostname }, log)
    : () => Promise.resolve();
  log.info("listening", { hostname, port });
  const url = new URL(`http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`);
  const { ownServer } = app.services;
  ownServer.url ??= url;
  const stop = async () => {
    if (ownServer.url === url) ownServer.url = undefined;
    streams.close();
    shareStreams.close();
    sockets.close();
    control.close();
    await Promise.all([withdraw(), close(socket)]);
  };
  return { url, hostname, port, stop, ...(generated !== undefined && { password: generated }) };
}

function choosePassword(
  hostname: string,
  { username, password }: ListenOptions,
): { password?: Password; generated?: string } {
  const name = username || DEFAULT_USERNAME;
  if (password) return { password: { username: name, password } };
  if (isLoopback(hostname)) return {};
  const generated = randomBytes(PASSWORD_BYTES).toString("base64url");
  return { password: { username: name, password: generated }, generated };
}

type Handler = ReturnType<typeof withAccessLog>;

function bind(hostname: string, options: ListenOptions, fetch: Handler) {
  const port = options.port ?? DEFAULT_PORT;
  try {
    return listenOn(hostname, port, fetch);
  } catch (error) {
    if (errorCode(error) !== "EADDRINUSE") throw cannotBind(hostname, port, error);
    if (options.isPortExplicit) throw taken(hostname, port);
    return listenOn(hostname, 0, fetch);
  }
}

function listenOn(hostname: string, port: number, fetch: Handler) {
  return Bun.serve({
    hostname,
    port,
    fetch,
    websocket: socketHandlers(),
    development: false,
    // A second server on the port of a first one would take half of its requests.
    reusePort: false,
    idleTimeout: IDLE_SECONDS,
    // The limit is ours, with an answer in the one error shape.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
  });
}

function taken(hostname: string, port: number) {
  const advice = "stop the program that uses it, or choose another one with --port";
  return conflict(`Port ${port} on ${hostname} is taken: ${advice}`, { hostname, port });
}

function cannotBind(hostname: string, port: number, error: unknown) {
  const reason = errorMessage(error);
  const message = `Cannot listen on ${hostname}:${port} (${reason}): check --hostname and --port`;
  return unavailable(message, { hostname, port }, error);
}

async function close(socket: { stop(force?: boolean): Promise<void> }): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timeout = setTimeout(resolve, STOP_TIMEOUT_MS);
  await Promise.race([socket.stop(), promise]);
  clearTimeout(timeout);
  await socket.stop(true);
}
