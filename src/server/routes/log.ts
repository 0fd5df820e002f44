// Logging: lines that clients add to the server's log.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { LogInput } from "@/schema/status";
import { operation } from "@/server/operation";

export function logRoutes(app: App): AnyElysia {
  const { log } = app.services;
  return new Elysia().post(
    "/log",
    ({ body: { service, level, message, extra } }) => {
      log.child(service)[level](message, extra && { extra });
      return true;
    },
    write,
  );
}

const write = operation({
  id: "app.log",
  group: "Logging",
  place: "global",
  summary: "Write log entry",
  body: LogInput,
  response: t.Boolean(),
});
