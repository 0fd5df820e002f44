// VCS: the branch of the directory's repository.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { VcsInfo } from "@/schema/vcs";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function vcsRoutes(app: App): AnyElysia {
  return new Elysia().use(inDirectory(app)).get(
    "/vcs",
    async ({ instance: { git } }) => {
      const [branch, defaultBranch] = await Promise.all([git?.branch(), git?.defaultBranch()]);
      return { branch, default_branch: defaultBranch };
    },
    get,
  );
}

const get = operation({
  id: "vcs.get",
  group: "Path & VCS",
  place: "directory",
  summary: "Get VCS info for the current project",
  response: VcsInfo,
});
