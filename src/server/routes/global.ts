// Global: the server itself, the user's own configuration, and what happens in all directories.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { version } from "@/base/version";
import { Config } from "@/schema/config";
import { GlobalEvent } from "@/schema/event";
import { Health } from "@/schema/status";
import { cursorOf, EventQuery } from "@/server/event-cursor";
import type { EventStreams } from "@/server/event-stream";
import { operation } from "@/server/operation";

export function globalRoutes(app: App, streams: EventStreams): AnyElysia {
  const { globalConfig } = app;
  return new Elysia()
    .get("/global/health", () => ({ healthy: true, version }), health)
    .get(
      "/global/event",
      ({ query, request, server }) => {
        return streams.open({ request, server, ...cursorOf(request, query) });
      },
      events,
    )
    .get("/global/config", () => globalConfig.get(), getConfig)
    .patch("/global/config", ({ body }) => globalConfig.update(body), updateConfig)
    .post(
      "/global/dispose",
      async () => {
        await globalConfig.disposeAll();
        return true;
      },
      dispose,
    );
}

const health = operation({
  id: "global.health",
  group: "Global",
  place: "global",
  summary: "Get server health and version",
  response: Health,
});

const events = operation({
  id: "global.event",
  group: "Global",
  place: "global",
  summary: "Get global events (SSE stream)",
  description: "Every event of every directory. Goes on from the header Last-Event-ID.",
  query: EventQuery,
  response: GlobalEvent,
  isStream: true,
});

const getConfig = operation({
  id: "global.config.get",
  group: "Global",
  place: "global",
  summary: "Get the user's own configuration",
  description: "Without what projects add to it.",
  response: Config,
});

const updateConfig = operation({
  id: "global.config.update",
  group: "Global",
  place: "global",
  summary: "Update the user's own configuration",
  description:
    "Merges the body into the user's file and answers the user's configuration. When it is " +
    "another one then, all instances are disposed, and the next requests make them anew.",
  body: Config,
  response: Config,
});

const dispose = operation({
  id: "global.dispose",
  group: "Global",
  place: "global",
  summary: "Dispose all instances",
  description: "Ends what runs in every directory; the next requests read all anew.",
  response: t.Boolean(),
});
