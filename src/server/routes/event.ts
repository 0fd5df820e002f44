// Events: what happens in one directory.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { Event } from "@/schema/event";
import { cursorOf, EventQuery } from "@/server/event-cursor";
import type { EventStreams } from "@/server/event-stream";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function eventRoutes(app: App, streams: EventStreams): AnyElysia {
  return new Elysia().use(inDirectory(app)).get(
    "/event",
    ({ instance: { directory }, query, request, server }) => {
      return streams.open({ directory, request, server, ...cursorOf(request, query) });
    },
    subscribe,
  );
}

const subscribe = operation({
  id: "event.subscribe",
  group: "Events",
  place: "directory",
  summary: "Server-sent events stream",
  description:
    "First server.connected, then the events of the directory until its instance is disposed. " +
    "Goes on from the header Last-Event-ID, the id of the last frame that was received.",
  query: EventQuery,
  response: Event,
  isStream: true,
});
