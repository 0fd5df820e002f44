// The HTTP server: the routes of the API behind the rules that hold for all of them. Works over a
// socket (listen.ts) and in memory: `server.handle(new Request("http://localhost/path"))`.
import { cors } from "@elysiajs/cors";
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import type { Logger } from "@/base/log";
import { Access, type AccessOptions, type Password, passwordCheck } from "./access";
import { answerError, errorResponse } from "./error-response";
import { EventStreams } from "./event-stream";
import { answerUnknown } from "./unknown-path";
import { agentRoutes } from "./routes/agent";
import { authRoutes } from "./routes/auth";
import { commandRoutes } from "./routes/command";
import { configRoutes } from "./routes/config";
import { docRoutes } from "./routes/doc";
import { eventRoutes } from "./routes/event";
import { fileRoutes } from "./routes/file";
import { findRoutes } from "./routes/find";
import { globalRoutes } from "./routes/global";
import { instanceRoutes } from "./routes/instance";
import { logRoutes } from "./routes/log";
import { messageRoutes } from "./routes/message";
import { pathRoutes } from "./routes/path";
import { permissionRoutes } from "./routes/permission";
import { projectRoutes } from "./routes/project";
import { providerRoutes } from "./routes/provider";
import { questionRoutes } from "./routes/question";
import { sessionRoutes } from "./routes/session";
import { skillRoutes } from "./routes/skill";
import { toolRoutes } from "./routes/tool";
import { vcsRoutes } from "./routes/vcs";

export interface ServerOptions extends AccessOptions {
  /** Required of every request when it is set. */
  password?: Password;
  /** Ended by whoever stops the server. */
  streams?: EventStreams;
}

const METHODS = "GET, HEAD, PUT, PATCH, POST, DELETE";
const PREFLIGHT_SECONDS = 86_400;
const REQUEST_HEADERS =
  "authorization, content-type, last-event-id, x-opencode-directory, x-request-id";
const RESPONSE_HEADERS = "link, x-next-cursor, x-request-id";
/** A client's own id of a request is kept when it has this form. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** The server of `app`. It opens nothing; what it holds ends with `options.streams`. */
export function createServer(app: App, options: ServerOptions = {}): AnyElysia {
  const log = app.services.log.child("server");
  const streams = options.streams ?? new EventStreams(app);
  const access = new Access(options);
  const server: AnyElysia = new Elysia({ name: "server" })
    .headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" })
    .onError({ as: "global" }, ({ error, code, request }) => {
      return code === "NOT_FOUND" ? answerUnknown(server, request) : answerError(error, log);
    })
    .onRequest(({ request, set }) => {
      const given = request.headers.get("x-request-id") ?? "";
      set.headers["x-request-id"] = REQUEST_ID.test(given) ? given : crypto.randomUUID();
      access.check(request);
    })
    .use(corsHeaders(access))
    .use(passwordGate(options.password))
    // Elysia would answer a boolean as text, and nothing as an empty 200.
    .mapResponse({ as: "global" }, ({ responseValue }) => {
      if (responseValue instanceof Response) return undefined;
      if (responseValue === undefined) return new Response(null, { status: 204 });
      return Response.json(responseValue);
    })
    .onAfterResponse({ as: "global" }, ({ request, responseValue, set }) => {
      const status = responseValue instanceof Response ? responseValue.status : set.status;
      logRequest(log, request, { id: set.headers["x-request-id"], status });
    });
  for (const routes of routesOf(app, streams)) server.use(routes);
  return server.use(docRoutes(server));
}

/** Who changes something is in the log always; who only reads, when the log is to have all. */
function logRequest(log: Logger, { method, url }: Request, facts: Record<string, unknown>): void {
  const level = method === "GET" || method === "HEAD" ? "debug" : "info";
  // Without the query: it may hold credentials.
  log[level]("request", { ...facts, method, path: new URL(url).pathname });
}

/** One module for each group of the documentation. */
function routesOf(app: App, streams: EventStreams): AnyElysia[] {
  return [
    globalRoutes(streams),
    eventRoutes(app, streams),
    projectRoutes(app),
    pathRoutes(app),
    vcsRoutes(app),
    instanceRoutes(app),
    configRoutes(app),
    providerRoutes(app),
    authRoutes(app),
    agentRoutes(app),
    skillRoutes(app),
    commandRoutes(app),
    sessionRoutes(app),
    messageRoutes(app),
    permissionRoutes(app),
    questionRoutes(app),
    findRoutes(app),
    fileRoutes(app),
    toolRoutes(app),
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

function passwordGate(password: Password | undefined): AnyElysia {
  const gate = new Elysia({ name: "password" });
  if (!password) return gate;
  const hasPassword = passwordCheck(password);
  return gate.onRequest(async ({ request }) => {
    if (await hasPassword(request)) return;
    const message = "The server's password is needed: give it by Basic or Bearer authentication";
    const headers = { "www-authenticate": 'Basic realm="opencode"' };
    return errorResponse(401, "UnauthorizedError", message, {}, headers);
  });
}
