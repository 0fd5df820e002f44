// Language servers: what runs, and the symbols they know.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { Symbol } from "@/schema/file";
import { LSPStatus } from "@/schema/status";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function lspRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/lsp", ({ instance }) => instance.languageServers.status(), status)
    .get(
      "/find/symbol",
      ({ instance, query, request }) => {
        return instance.codeNavigation.symbols(query.query, request.signal);
      },
      symbols,
    );
}

const status = operation({
  id: "lsp.status",
  group: "LSP, Formatters & MCP",
  place: "directory",
  summary: "Get LSP server status",
  response: t.Array(LSPStatus),
});

const symbols = operation({
  id: "find.symbols",
  group: "Files",
  place: "directory",
  summary: "Find workspace symbols",
  description: "Asks the language servers of the project; empty where none is on this machine.",
  query: t.Object({ query: t.String({ description: "A part of the symbol's name" }) }),
  response: t.Array(Symbol),
});
