// Global: the server itself, and what happens in all directories.
import { type AnyElysia, Elysia } from "elysia";
import { version } from "@/base/version";
import { GlobalEvent } from "@/schema/event";
import { Health } from "@/schema/status";
import { cursorOf, EventQuery } from "@/server/event-cursor";
import type { EventStreams } from "@/server/event-stream";
import { operation } from "@/server/operation";

export function globalRoutes(streams: EventStreams): AnyElysia {
  return new Elysia()
    .get("/global/health", () => ({ healthy: true, version }), health)
    .get(
      "/global/event",
      ({ query, request, server }) => {
        return streams.open({ request, server, ...cursorOf(request, query) });
      },
      events,
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
