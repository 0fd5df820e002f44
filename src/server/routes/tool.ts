// Tools: what models can call.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { ToolIDs, ToolList } from "@/schema/tool";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function toolRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/experimental/tool/ids", ({ instance }) => instance.toolbox.ids(), ids)
    .get(
      "/experimental/tool",
      async ({ instance, query: { provider, model } }) => {
        const found = await instance.providers.model(provider, model);
        return instance.toolbox.list(found.model);
      },
      list,
    );
}

const ids = operation({
  id: "tool.ids",
  group: "Tools (Experimental)",
  place: "directory",
  summary: "List all tool IDs",
  response: ToolIDs,
});

const list = operation({
  id: "tool.list",
  group: "Tools (Experimental)",
  place: "directory",
  summary: "List tools with JSON schemas for a model",
  query: t.Object({ provider: t.String(), model: t.String() }),
  response: ToolList,
});
