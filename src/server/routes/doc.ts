// Docs: the document of the API.
import { type AnyElysia, Elysia } from "elysia";
import { t } from "@/base/schema";
import { createDocument } from "@/server/openapi";
import { operation } from "@/server/operation";

/** `server` has all other routes already, or gets them before the first request. */
export function docRoutes(server: AnyElysia): AnyElysia {
  let document: Promise<string> | undefined;
  return new Elysia().get(
    "/doc",
    async () => {
      document ??= createDocument(server);
      return new Response(await document, { headers: { "content-type": "application/json" } });
    },
    get,
  );
}

const get = operation({
  id: "doc.get",
  group: "Docs",
  place: "global",
  summary: "OpenAPI 3.1 specification",
  response: t.Record(t.String(), t.Unknown()),
});
