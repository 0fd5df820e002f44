// Instance: what the server holds for a directory.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { operation } from "@/server/operation";
import { directoryOf, inDirectory } from "@/server/request-context";

export function instanceRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .post(
      "/instance/dispose",
      ({ request }) => app.instances.dispose(directoryOf(app, request)),
      dispose,
    );
}

const dispose = operation({
  id: "instance.dispose",
  group: "Instance",
  place: "directory",
  summary: "Dispose the current instance",
  description: "Ends what runs in the directory; the next request reads its configuration anew.",
  response: t.Boolean(),
});
