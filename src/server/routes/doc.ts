// Docs: the document of the API, and for a browser the page that shows it.
import { type AnyElysia, Elysia } from "elysia";
import { notFound } from "@/base/error";
import { t } from "@/base/schema";
import { answerJSON } from "@/server/json-response";
import { createDocument } from "@/server/openapi";
import { operation } from "@/server/operation";

/** `server` has all other routes already, or gets them before the first request. */
export function docRoutes(server: AnyElysia): AnyElysia {
  let document: Promise<string> | undefined;
  return new Elysia()
    .get(
      "/doc",
      async ({ request, set }) => {
        if (wantsPage(request)) return (await import("@/server/explorer")).explorerPage();
        document ??= createDocument(server);
        return answerJSON(await document, request, set);
      },
      get,
    )
    .get("/doc/:file", async ({ params: { file } }) => {
      const answer = (await import("@/server/explorer")).explorerFile(file);
      if (!answer) throw notFound("File of the explorer", file);
      return answer;
    });
}

/** A browser that opens the address; programs name JSON, or nothing in particular. */
function wantsPage(request: Request): boolean {
  const accept = request.headers.get("accept") ?? "";
  return accept.includes("text/html") && !accept.includes("application/json");
}

const get = operation({
  id: "doc.get",
  group: "Docs",
  place: "global",
  summary: "OpenAPI 3.1 specification",
  description: "A request that accepts HTML and not JSON gets a page that shows it.",
  response: t.Record(t.String(), t.Unknown()),
});
