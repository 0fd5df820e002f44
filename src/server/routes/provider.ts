// Provider: every provider of models, and how to log in to each.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { ProviderAuthMethod } from "@/schema/auth";
import { ProviderList } from "@/schema/provider";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function providerRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/provider", ({ instance }) => instance.providers.describeAll(), list)
    .get("/provider/auth", ({ instance }) => instance.providers.authMethods(), methods);
}

const list = operation({
  id: "provider.list",
  group: "Provider",
  place: "directory",
  summary: "List all providers",
  response: ProviderList,
});

const methods = operation({
  id: "provider.auth",
  group: "Provider",
  place: "directory",
  summary: "Get provider authentication methods",
  response: t.Record(t.String(), t.Array(ProviderAuthMethod)),
});
