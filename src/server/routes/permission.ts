// Permissions: what tools ask before they do it. The first answer counts.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import {
  PermissionReplyInput,
  PermissionRequest,
  SessionPermissionReplyInput,
} from "@/schema/permission";
import { PermissionID, SessionID } from "@/schema/primitive";
import { operation } from "@/server/operation";
import { inDirectory, inSession } from "@/server/request-context";

export function permissionRoutes(app: App): AnyElysia {
  return new Elysia().use(directoryRoutes(app)).use(sessionRoutes(app));
}

function directoryRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/permission", ({ instance }) => instance.permissions.list(), list)
    .post(
      "/permission/:requestID/reply",
      ({ instance, params, body }) => {
        const { reply, ...words } = body;
        instance.permissions.reply(params.requestID, reply, words);
        return true;
      },
      reply,
    );
}

function sessionRoutes(app: App): AnyElysia {
  return new Elysia().use(inSession(app)).post(
    "/session/:sessionID/permissions/:permissionID",
    ({ instance, params, body: { response, remember } }) => {
      const isKept = remember === true && response === "once";
      instance.permissions.reply(params.permissionID, isKept ? "always" : response);
      return true;
    },
    respond,
  );
}

const list = operation({
  id: "permission.list",
  group: "Permissions",
  place: "directory",
  summary: "List open permission requests",
  response: t.Array(PermissionRequest),
});

const reply = operation({
  id: "permission.reply",
  group: "Permissions",
  place: "directory",
  summary: "Reply to a permission request",
  params: t.Object({ requestID: PermissionID }),
  body: PermissionReplyInput,
  response: t.Boolean(),
  errors: [409],
});

const respond = operation({
  id: "permission.respond",
  group: "Permissions",
  place: "directory",
  summary: "Respond to a permission request",
  description: "As permission.reply, by way of the session; `remember` makes once an always.",
  params: t.Object({ sessionID: SessionID, permissionID: PermissionID }),
  body: SessionPermissionReplyInput,
  response: t.Boolean(),
  errors: [409],
});
