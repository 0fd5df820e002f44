// Files: the project's files as they are. Nothing outside of the project is read.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { File, FileContent, FileNode } from "@/schema/file";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function fileRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/file", ({ instance, query }) => instance.files.list(query.path), list)
    .get("/file/content", ({ instance, query }) => instance.files.read(query.path), read)
    .get("/file/status", ({ instance }) => instance.files.status(), status);
}

const query = t.Object({ path: t.String({ description: "Relative to the directory" }) });

const list = operation({
  id: "file.list",
  group: "Files",
  place: "directory",
  summary: "List files and directories",
  query,
  response: t.Array(FileNode),
});

const read = operation({
  id: "file.read",
  group: "Files",
  place: "directory",
  summary: "Read a file",
  query,
  response: FileContent,
  errors: [413],
});

const status = operation({
  id: "file.status",
  group: "Files",
  place: "directory",
  summary: "Get status for tracked files",
  response: t.Array(File),
});
