// Experimental: what may change: what this server can do beyond the rest, who uses it, the sessions
// of all projects in one list, moving one, and sending at once what a provider has put off.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { moveSession } from "@/app/move-session";
import { t } from "@/base/schema";
import { SessionID } from "@/schema/primitive";
import { GlobalSession, Session } from "@/schema/session";
import { ExperimentalCapabilities, ServerUse } from "@/schema/status";
import { globalSessions } from "@/server/global-sessions";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;

export function experimentalRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/experimental/capabilities", () => ({ backgroundSubagents: true }), capabilities)
    .get("/experimental/server", () => ({ clients: app.services.listeners.count }), use)
    .get(
      "/experimental/session",
      ({ query: { limit = LIMIT_DEFAULT, ...query }, set }) => {
        const { sessions, cursor } = globalSessions(app, { ...query, limit });
        if (cursor !== undefined) set.headers["x-next-cursor"] = String(cursor);
        return sessions;
      },
      sessions,
    )
    .post(
      "/experimental/session/:sessionID/move",
      ({ body, params: { sessionID } }) => moveSession(app, sessionID, body.directory),
      move,
    )
    .post(
      "/experimental/session/:sessionID/retry",
      ({ instance, params: { sessionID } }) => {
        return app.services.llm.retryNow(instance.sessions.get(sessionID).id);
      },
      retry,
    );
}

const capabilities = operation({
  id: "experimental.capabilities.get",
  group: "Tools (Experimental)",
  place: "directory",
  summary: "Get what this server can do beyond the rest",
  response: ExperimentalCapabilities,
});

const use = operation({
  id: "experimental.server.get",
  group: "Global",
  place: "directory",
  summary: "Get how many clients use this server",
  description: "Those that hear of what happens, of any directory.",
  response: ServerUse,
});

const sessions = operation({
  id: "experimental.session.list",
  group: "Sessions",
  place: "directory",
  summary: "List the sessions of all projects",
  description: "The one changed last first, each with its project.",
  query: t.Object({
    roots: t.Optional(t.Boolean({ description: "Only sessions without a parent" })),
    start: t.Optional(t.Number({ minimum: 0, description: "Changed at this time or later" })),
    cursor: t.Optional(
      t.Number({ minimum: 0, description: "The X-Next-Cursor of the page before" }),
    ),
    search: t.Optional(t.String({ description: "A part of the title" })),
    limit: t.Optional(
      t.Integer({ minimum: 1, maximum: LIMIT_MAX, description: `Default ${LIMIT_DEFAULT}` }),
    ),
    archived: t.Optional(t.Boolean({ description: "The archived ones too" })),
  }),
  response: t.Array(GlobalSession),
  headers: { "X-Next-Cursor": "What to give as `cursor` to get older ones, when there are any" },
});

const move = operation({
  id: "experimental.session.move",
  group: "Sessions",
  place: "directory",
  summary: "Move a session to another directory of its project",
  description:
    "With its subagents' sessions. What it has changed stays where it was changed, and cannot be " +
    "undone from there.",
  params: t.Object({ sessionID: SessionID }),
  body: t.Object({ directory: t.String() }),
  response: Session,
  errors: [409],
});

const retry = operation({
  id: "experimental.session.retry",
  group: "Sessions",
  place: "directory",
  summary: "Send a failed model request again now",
  description:
    "Instead of waiting until its status says. False when the session waits for nothing.",
  params: t.Object({ sessionID: SessionID }),
  response: t.Boolean(),
});
