// Auth: the credentials of providers. They can be set and removed, never read.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { Auth } from "@/schema/auth";
import { operation } from "@/server/operation";

export function authRoutes(app: App): AnyElysia {
  const { auth } = app.services;
  return new Elysia()
    .put(
      "/auth/:providerID",
      async ({ params, body }) => {
        await auth.set(params.providerID, body);
        return true;
      },
      set,
    )
    .delete(
      "/auth/:providerID",
      async ({ params }) => {
        await auth.remove(params.providerID);
        return true;
      },
      remove,
    );
}

const params = t.Object({ providerID: t.String() });

const set = operation({
  id: "auth.set",
  group: "Auth",
  place: "global",
  summary: "Set authentication credentials",
  params,
  takesAnyID: true,
  body: Auth,
  response: t.Boolean(),
  errors: [409],
});

const remove = operation({
  id: "auth.remove",
  group: "Auth",
  place: "global",
  summary: "Remove authentication credentials",
  params,
  takesAnyID: true,
  response: t.Boolean(),
  errors: [409],
});
