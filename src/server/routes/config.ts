// Config: the merged configuration of a directory, and the providers it connects.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { REDACTED } from "@/base/secret-mask";
import { Config } from "@/schema/config";
import { ConfigProviders } from "@/schema/provider";
import { answerJSON } from "@/server/json-response";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function configRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get(
      "/config/schema",
      async ({ request, set }) => {
        const { default: text } = await import("@/schema/config-schema.json");
        return answerJSON(JSON.stringify(text), request, set);
      },
      schema,
    )
    .get("/config", ({ instance }) => instance.config.shown(), get)
    .patch(
      "/config",
      async ({ instance, body }) => {
        await instance.config.update(body);
        return instance.config.shown();
      },
      update,
    )
    .get("/config/providers", ({ instance }) => instance.providers.describeConnected(), providers);
}

const schema = operation({
  id: "config.schema",
  group: "Config",
  place: "global",
  summary: "Get the JSON schema of configuration files",
  description: "For editors: the value of $schema in a file may be the address of this.",
  response: t.Record(t.String(), t.Unknown()),
});

const get = operation({
  id: "config.get",
  group: "Config",
  place: "directory",
  summary: "Get config info",
  description: `Without secrets: ${REDACTED} stands in their place, and means them in a PATCH.`,
  response: Config,
});

const update = operation({
  id: "config.update",
  group: "Config",
  place: "directory",
  summary: "Update config",
  description: "Merges the body into the project's file and answers the merged configuration.",
  body: Config,
  response: Config,
  errors: [409],
});

const providers = operation({
  id: "config.providers",
  group: "Config",
  place: "directory",
  summary: "List providers and default models",
  response: ConfigProviders,
});
