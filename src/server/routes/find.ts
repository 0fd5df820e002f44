// Find: text in files, and files by name.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { stringEnum, t } from "@/base/schema";
import { FindMatch } from "@/schema/file";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

const TEXT_MATCHES_MAX = 10;
const FILES_MAX = 200;

export function findRoutes(app: App): AnyElysia {
  const { ripgrep } = app.services;
  return new Elysia()
    .use(inDirectory(app))
    .get(
      "/find",
      ({ instance: { directory: cwd }, query: { pattern }, request: { signal } }) => {
        return ripgrep.search({ cwd, pattern, limit: TEXT_MATCHES_MAX, signal });
      },
      text,
    )
    .get(
      "/find/file",
      ({ instance, query: { query, ...options }, request: { signal } }) => {
        return instance.fileIndex.search(query, options, signal);
      },
      files,
    );
}

const text = operation({
  id: "find.text",
  group: "Files",
  place: "directory",
  summary: "Search for text in files",
  description: "The first few lines that match a regular expression.",
  query: t.Object({ pattern: t.String() }),
  response: t.Array(FindMatch),
});

const files = operation({
  id: "find.files",
  group: "Files",
  place: "directory",
  summary: "Find files and directories by name",
  description: "Paths by likeness, best first; those of directories end with a slash.",
  query: t.Object({
    query: t.String(),
    type: t.Optional(stringEnum(["file", "directory"])),
    dirs: t.Optional(t.Boolean({ description: "False leaves directories out" })),
    limit: t.Optional(t.Integer({ minimum: 1, maximum: FILES_MAX })),
  }),
  response: t.Array(t.String()),
});
