// The HTTP server: the routes of the API behind the rules that hold for all of them. Works over a
// socket (listen.ts) and in memory: `server.handle(new Request("http://localhost/path"))`.
import { cors } from "@elysiajs/cors";
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { Access, type AccessOptions, type Password, passwordCheck } from "./access";
import { answerError, errorResponse, requestIDOf } from "./error-response";
import { EventStreams } from "./event-stream";
import { answerJSON } from "./json-response";
import { PtySockets } from "./pty-sockets";
import { PtyTickets } from "./pty-tickets";
import { isShareRequest } from "./share-address";
import { ShareStreams } from "./share-stream";
import { TuiControl } from "./tui-control";
import { answerOptions, answerUnknown } from "./unknown-path";
import { agentRoutes } from "./routes/agent";
import { authRoutes } from "./routes/auth";
import { commandRoutes } from "./routes/command";
import { configRoutes } from "./routes/config";
import { loadCollector } from "./openapi";
import { docRoutes } from "./routes/doc";
import { eventRoutes } from "./routes/event";
import { experimentalRoutes } from "./routes/experimental";
import { jobRoutes } from "./routes/job";
import { fileRoutes } from "./routes/file";
import { findRoutes } from "./routes/find";
import { formatterRoutes } from "./routes/formatter";
import { globalRoutes } from "./routes/global";
import { instanceRoutes } from "./routes/instance";
import { logRoutes } from "./routes/log";
import { lspRoutes } from "./routes/lsp";
import { mcpRoutes } from "./routes/mcp";
import { messageRoutes } from "./routes/message";
import { pathRoutes } from "./routes/path";
import { permissionRoutes } from "./routes/permission";
import { projectRoutes } from "./routes/project";
import { providerRoutes } from "./routes/provider";
import { ptyRoutes } from "./routes/pty";
import { questionRoutes } from "./routes/question";
import { revertRoutes } from "./routes/revert";
import { sessionRoutes } from "./routes/session";
import { shareRoutes } from "./routes/share";
import { skillRoutes } from "./routes/skill";
import { toolRoutes } from "./routes/tool";
import { tuiRoutes } from "./routes/tui";
import { vcsRoutes } from "./routes/vcs";
import { worktreeRoutes } from "./routes/worktree";

export interface ServerOptions extends AccessOptions {
  /** Required of every request when it is set. */
  password?: Password;
  /** Ended by whoever stops the server. */
  streams?: EventStreams;
  /** As `streams`. */
  sockets?: PtySockets;
  /** As `streams`. */
  shareStreams?: ShareStreams;
  /** For who asks the terminal interface something. */
  control?: TuiControl;
  /** The terminal UI of this process shows the server's own directory. */
  hasTui?: boolean;
}

/** What connections share. */
interface Connections {
  streams: EventStreams;
  sockets: PtySockets;
  shareStreams: ShareStreams;
  tickets: PtyTickets;
  control: TuiControl;
  hasTui: boolean;
}

const METHODS = "GET, HEAD, PUT, PATCH, POST, DELETE";
const PREFLIGHT_SECONDS = 86_400;
const REQUEST_HEADERS =
  "authorization, content-type, if-none-match, last-event-id, " +
  "x-opencode-client, x-opencode-directory, x-request-id";
const RESPONSE_HEADERS = "etag, link, x-next-cursor, x-opencode-tui, x-request-id";
/** A client's own id of a request is kept when it has this form. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** The server of `app`. It opens nothing; what it holds ends with its streams and sockets. */
export function createServer(app: App, options: ServerOptions = {}): AnyElysia {
  const log = app.services.log.child("server");
  const connections = connectionsOf(app, options);
  const access = new Access(options);
  const server: AnyElysia = new Elysia({ name: "server" })
    .headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" })
    .onError({ as: "global" }, ({ error, code, request, set }) => {
      const requestID = requestIDOf(set);
      if (code === "NOT_FOUND") return answerUnknown(server, request, requestID);
      return answerError(error, { log, requestID });
    })
    .onRequest(({ request, set }) => {
      const given = request.headers.get("x-request-id") ?? "";
      set.headers["x-request-id"] = REQUEST_ID.test(given) ? given : crypto.randomUUID();
      access.check(request);
      if (request.method !== "OPTIONS") return undefined;
      if (isPreflight(request)) return allowAskedHeaders(request, set);
      return answerOptions(server, request) ?? answerUnknown(server, request, requestIDOf(set));
    })
    .use(corsHeaders(access))
    .use(passwordGate(options.password, connections.tickets))
    // Elysia would answer a boolean as text, and nothing as an empty 200.
    .mapResponse({ as: "global" }, async ({ responseValue, request, set }) => {
      if (responseValue instanceof Response) return undefined;
      if (responseValue === undefined) return new Response(null, { status: 204 });
      return answerJSON(JSON.stringify(responseValue), request, set);
    });
  // Its packages find another zod than the one that files of people are given.
  app.services.pluginModules.loadFirst(loadCollector);
  for (const routes of routesOf(app, connections)) server.use(routes);
  return server.use(docRoutes(server));
}

function connectionsOf(app: App, options: ServerOptions): Connections {
  const { clock } = app.services;
  return {
    streams: options.streams ?? new EventStreams(app),
    sockets: options.sockets ?? new PtySockets(),
    shareStreams: options.shareStreams ?? new ShareStreams(app),
    tickets: new PtyTickets(clock),
    control: options.control ?? new TuiControl(clock),
    hasTui: options.hasTui ?? false,
  };
}

/** A browser asks first what a page of another origin may send. */
function isPreflight(request: Request): boolean {
  return request.headers.has("origin") && request.headers.has("access-control-request-method");
}

/** What a page of an allowed origin sends beside the usual is its own affair. */
function allowAskedHeaders(request: Request, set: { headers: Record<string, unknown> }): void {
  const asked = request.headers.get("access-control-request-headers");
  if (asked !== null) set.headers["access-control-allow-headers"] = asked;
}

/** One module for each group of the documentation. */
function routesOf(app: App, connections: Connections): AnyElysia[] {
  const { streams } = connections;
  return [
    globalRoutes(app, streams),
    eventRoutes(app, streams),
    projectRoutes(app),
    pathRoutes(app),
    vcsRoutes(app),
    worktreeRoutes(app),
    instanceRoutes(app),
    configRoutes(app),
    providerRoutes(app),
    authRoutes(app),
    agentRoutes(app),
    skillRoutes(app),
    commandRoutes(app),
    sessionRoutes(app),
    revertRoutes(app),
    shareRoutes(app, connections.shareStreams),
    messageRoutes(app),
    permissionRoutes(app),
    questionRoutes(app),
    findRoutes(app),
    fileRoutes(app),
    toolRoutes(app),
    experimentalRoutes(app),
    jobRoutes(app),
    ptyRoutes(app, connections),
    tuiRoutes(app, connections),
    lspRoutes(app),
    formatterRoutes(app),
    mcpRoutes(app),
    logRoutes(app),
  ];
}

/** Answers preflights, and lets the pages that may read do so, the failures included. */
function corsHeaders(access: Access) {
  return cors({
    origin: (request) => access.isAllowedOrigin(request),
    methods: METHODS,
    allowedHeaders: REQUEST_HEADERS,
    exposeHeaders: RESPONSE_HEADERS,
    credentials: false,
    maxAge: PREFLIGHT_SECONDS,
  });
}

function passwordGate(password: Password | undefined, tickets: PtyTickets): AnyElysia {
  const gate = new Elysia({ name: "password" });
  if (!password) return gate;
  const hasPassword = passwordCheck(password);
  return gate.onRequest(async ({ request, set }) => {
    // A shared session has an address that is its own password.
    if (isShareRequest(request) || tickets.admits(request)) return;
    if (await hasPassword(request)) return;
    const message = "The server's password is needed: give it by Basic or Bearer authentication";
    const headers = { "www-authenticate": 'Basic realm="opencode"' };
    const data = { requestID: requestIDOf(set) };
    return errorResponse(401, "UnauthorizedError", message, data, headers);
  });
}
