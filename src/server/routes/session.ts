// Sessions: create, find, change, fork, abort and remove conversations. Those of one session happen
// in the session's own directory, whichever the request names.
import { resolve } from "node:path";
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { stringEnum, t, type Static } from "@/base/schema";
import { SessionID } from "@/schema/primitive";
import {
  ForkInput,
  InitInput,
  Session,
  SessionCreateInput,
  SessionStatus,
  SessionUpdateInput,
  SummarizeInput,
} from "@/schema/session";
import { Todo } from "@/schema/todo";
import { operation } from "@/server/operation";
import { inDirectory, inSession } from "@/server/request-context";
import { shareNew } from "@/server/share-address";

export function sessionRoutes(app: App): AnyElysia {
  return new Elysia().use(directoryRoutes(app)).use(ownRoutes(app));
}

function directoryRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get(
      "/session",
      ({ instance, query }) => instance.sessions.list(filterOf(instance, query)),
      list,
    )
    .post(
      "/session",
      ({ instance, body, request, server }) => {
        return shareNew(app, instance, instance.sessions.create(body), { request, server });
      },
      create,
    )
    .get("/session/status", ({ instance }) => instance.runs.status(), status);
}

function ownRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inSession(app))
    .get(
      "/session/:sessionID",
      ({ instance, params }) => instance.sessions.get(params.sessionID),
      get,
    )
    .patch(
      "/session/:sessionID",
      ({ instance, params, body }) => instance.sessions.update(params.sessionID, body),
      update,
    )
    .delete(
      "/session/:sessionID",
      async ({ instance, params }) => {
        await instance.sessions.remove(params.sessionID);
        return true;
      },
      remove,
    )
    .get(
      "/session/:sessionID/children",
      ({ instance, params }) => instance.sessions.children(params.sessionID),
      children,
    )
    .get(
      "/session/:sessionID/todo",
      ({ instance, params }) => instance.sessions.todos(params.sessionID),
      todo,
    )
    .post(
      "/session/:sessionID/fork",
      ({ instance, params, body, request, server }) => {
        const fork = instance.sessions.fork(params.sessionID, body.messageID);
        return shareNew(app, instance, fork, { request, server });
      },
      fork,
    )
    .post(
      "/session/:sessionID/abort",
      async ({ instance, params }) => {
        await instance.sessions.abort(params.sessionID);
        return true;
      },
      abort,
    )
    .post(
      "/session/:sessionID/init",
      ({ instance, params, body, request, server }) => {
        server?.timeout(request, 0);
        return instance.slashCommands.init(params.sessionID, body);
      },
      init,
    )
    .post(
      "/session/:sessionID/summarize",
      ({ instance, params, body, request, server }) => {
        server?.timeout(request, 0);
        return instance.summarizer.summarize(params.sessionID, body);
      },
      summarize,
    );
}

const ListQuery = t.Object({
  scope: t.Optional(stringEnum(["project"])),
  path: t.Optional(t.String({ description: "Only sessions of this directory and those below it" })),
  roots: t.Optional(t.Boolean({ description: "Only sessions without a parent" })),
  start: t.Optional(t.Number({ minimum: 0, description: "Changed at this time or later" })),
  search: t.Optional(t.String({ description: "A part of the title" })),
  limit: t.Optional(t.Integer({ minimum: 0, description: "At most so many; 0 is no limit" })),
});

/** A relative path is meant from the worktree, or outside of a repository from the directory. */
function filterOf(
  { directory, worktree }: { directory: string; worktree: string },
  { scope: _, path, limit, ...filter }: Static<typeof ListQuery>,
) {
  const root = worktree === "/" ? directory : worktree;
  return {
    ...filter,
    ...(path !== undefined && { path: resolve(root, path) }),
    ...(limit !== undefined && limit > 0 && { limit }),
  };
}

const params = t.Object({ sessionID: SessionID });

const list = operation({
  id: "session.list",
  group: "Sessions",
  place: "directory",
  summary: "List all sessions",
  description: "The sessions of the directory's project, the one changed last first.",
  query: ListQuery,
  response: t.Array(Session),
});

const create = operation({
  id: "session.create",
  group: "Sessions",
  place: "directory",
  summary: "Create a new session",
  body: SessionCreateInput,
  response: Session,
});

const status = operation({
  id: "session.status",
  group: "Sessions",
  place: "directory",
  summary: "Get session status for all sessions",
  description: "The sessions that are not idle, by id.",
  response: t.Record(t.String(), SessionStatus),
});

const get = operation({
  id: "session.get",
  group: "Sessions",
  place: "directory",
  summary: "Get session details",
  params,
  response: Session,
});

const update = operation({
  id: "session.update",
  group: "Sessions",
  place: "directory",
  summary: "Update session properties",
  params,
  body: SessionUpdateInput,
  response: Session,
});

const remove = operation({
  id: "session.delete",
  group: "Sessions",
  place: "directory",
  summary: "Delete a session and all its data",
  params,
  response: t.Boolean(),
  errors: [409],
});

const children = operation({
  id: "session.children",
  group: "Sessions",
  place: "directory",
  summary: "Get a session's child sessions",
  params,
  response: t.Array(Session),
});

const todo = operation({
  id: "session.todo",
  group: "Sessions",
  place: "directory",
  summary: "Get the todo list for a session",
  params,
  response: t.Array(Todo),
});

const fork = operation({
  id: "session.fork",
  group: "Sessions",
  place: "directory",
  summary: "Fork an existing session at a message",
  description: "Copies the messages before the named one, or all of them.",
  params,
  body: ForkInput,
  response: Session,
});

const abort = operation({
  id: "session.abort",
  group: "Sessions",
  place: "directory",
  summary: "Abort a running session",
  description: "Resolves when nothing of it runs any more; an idle session is no fault.",
  params,
  response: t.Boolean(),
  errors: [409],
});

const init = operation({
  id: "session.init",
  group: "Sessions",
  place: "directory",
  summary: "Analyze the project and create AGENTS.md",
  description: "Answers when the run is over: false when it failed, which its message tells.",
  params,
  body: InitInput,
  response: t.Boolean(),
  errors: [409],
});

const summarize = operation({
  id: "session.summarize",
  group: "Sessions",
  place: "directory",
  summary: "Summarize the session",
  description:
    "Answers when the summary is there, which stands for all that was said before it; false when " +
    "it failed. With `auto` the session goes on from it first.",
  params,
  body: SummarizeInput,
  response: t.Boolean(),
  errors: [409],
});
