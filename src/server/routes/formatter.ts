// Formatters: which there are, and which are in force.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { FormatterStatus } from "@/schema/status";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function formatterRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/formatter", ({ instance }) => instance.formatters.status(), status);
}

const status = operation({
  id: "formatter.status",
  group: "LSP, Formatters & MCP",
  place: "directory",
  summary: "Get formatter status",
  description: "Enabled are those that would format a file of the directory after an edit.",
  response: t.Array(FormatterStatus),
});
