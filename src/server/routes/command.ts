// Commands: the slash commands of a directory.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { Command } from "@/schema/command";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function commandRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/command", ({ instance }) => instance.commands.list(), list);
}

const list = operation({
  id: "command.list",
  group: "Commands",
  place: "directory",
  summary: "List all commands",
  response: t.Array(Command),
});
