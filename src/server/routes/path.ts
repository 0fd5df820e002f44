// Path: where things are on the server's machine.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { Path } from "@/schema/status";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function pathRoutes(app: App): AnyElysia {
  const { home, state, config } = app.services.paths;
  return new Elysia()
    .use(inDirectory(app))
    .get(
      "/path",
      ({ instance: { directory, worktree } }) => ({ home, state, config, worktree, directory }),
      get,
    );
}

const get = operation({
  id: "path.get",
  group: "Path & VCS",
  place: "directory",
  summary: "Get the current path",
  response: Path,
});
