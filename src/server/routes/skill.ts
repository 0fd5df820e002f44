// Skills: instructions that a model reads when it needs them.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { Skill } from "@/schema/skill";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function skillRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/skill", ({ instance }) => instance.skills.list(), list);
}

const list = operation({
  id: "app.skills",
  group: "Agents",
  place: "directory",
  summary: "List all skills",
  response: t.Array(Skill),
});
