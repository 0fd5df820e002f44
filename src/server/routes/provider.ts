// Provider: every provider of models, and how to log in to each.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import {
  ApiKey,
  KeyVerdict,
  OAuthAuthorizeInput,
  OAuthCallbackInput,
  ProviderAuthAuthorization,
  ProviderAuthMethod,
} from "@/schema/auth";
import { FoundProvider, ProviderList } from "@/schema/provider";
import { KeptAnswers } from "@/server/kept-answers";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function providerRoutes(app: App): AnyElysia {
  const kept = new KeptAnswers();
  return new Elysia()
    .use(inDirectory(app))
    .get(
      "/provider",
      async ({ instance: { providers }, request, set }) =>
        kept.answer(await providers.version(), () => providers.describeAll(), { request, set }),
      list,
    )
    .post(
      "/provider/:providerID/check",
      ({ instance, params, body, request }) =>
        instance.keyChecks.check(params.providerID, body, request.signal),
      check,
    )
    .get("/experimental/provider/found", ({ instance }) => instance.providers.found(), found)
    .get("/provider/auth", ({ instance }) => instance.logins.methods(), methods)
    .post(
      "/provider/:providerID/oauth/authorize",
      async ({ instance, params, body }) => {
        // An API key has no page to go to, which is null rather than no answer.
        return Response.json(await instance.logins.authorize(params.providerID, body));
      },
      authorize,
    )
    .post(
      "/provider/:providerID/oauth/callback",
      ({ instance, params, body, request, server }) => {
        // A person takes longer than a connection may be quiet; the login has its own limit.
        server?.timeout(request, 0);
        return instance.logins.callback(params.providerID, body, request.signal);
      },
      callback,
    );
}

const params = t.Object({ providerID: t.String() });

const list = operation({
  id: "provider.list",
  group: "Provider",
  place: "directory",
  summary: "List all providers",
  response: ProviderList,
});

const found = operation({
  id: "experimental.provider.found",
  group: "Provider",
  place: "directory",
  summary: "List what could be used without further ado",
  description:
    "Keys in the server's environment, and model servers that answer on their usual ports of its " +
    "machine, which are asked.",
  response: t.Array(FoundProvider),
});

const methods = operation({
  id: "provider.auth",
  group: "Provider",
  place: "directory",
  summary: "Get provider authentication methods",
  response: t.Record(t.String(), t.Array(ProviderAuthMethod)),
});

const check = operation({
  id: "provider.check",
  group: "Provider",
  place: "directory",
  summary: "Ask a provider whether it takes a key",
  description: "With one small request to one of its models; the key is not kept.",
  params,
  body: ApiKey,
  response: KeyVerdict,
});

const authorize = operation({
  id: "provider.oauth.authorize",
  group: "Provider",
  place: "directory",
  summary: "Begin a login at a provider",
  description: "Answers null for a method that is an API key: it is stored by PUT /auth.",
  params,
  body: OAuthAuthorizeInput,
  response: t.Union([ProviderAuthAuthorization, t.Null()]),
  errors: [409],
});

const callback = operation({
  id: "provider.oauth.callback",
  group: "Provider",
  place: "directory",
  summary: "Wait for a login at a provider, or end it with its code",
  params,
  body: OAuthCallbackInput,
  response: t.Boolean(),
  errors: [409],
});
