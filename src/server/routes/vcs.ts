// VCS: the branch of the directory's repository, and what differs in its files.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { stringEnum, t } from "@/base/schema";
import { VcsApplyInput, VcsFileDiff, VcsFileStatus, VcsInfo } from "@/schema/vcs";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

const DIFF_TYPE = "text/x-diff; charset=utf-8";

export function vcsRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/vcs", ({ instance }) => instance.vcs.info(), get)
    .get("/vcs/status", ({ instance, request }) => instance.vcs.status(request.signal), status)
    .get(
      "/vcs/diff",
      ({ instance, query, request }) => {
        return instance.vcs.diff({ ...query, signal: request.signal });
      },
      diff,
    )
    .get(
      "/vcs/diff/raw",
      async ({ instance, request }) => {
        const text = await instance.vcs.rawDiff(request.signal);
        return new Response(text, { headers: { "content-type": DIFF_TYPE } });
      },
      rawDiff,
    )
    .post(
      "/vcs/apply",
      async ({ instance, body, request }) => {
        await instance.vcs.apply(body.patch, request.signal);
        return { applied: true };
      },
      apply,
    );
}

const get = operation({
  id: "vcs.get",
  group: "Path & VCS",
  place: "directory",
  summary: "Get VCS info for the current project",
  response: VcsInfo,
});

const status = operation({
  id: "vcs.status",
  group: "Path & VCS",
  place: "directory",
  summary: "List files that differ from the last commit",
  response: t.Array(VcsFileStatus),
});

const diff = operation({
  id: "vcs.diff",
  group: "Path & VCS",
  place: "directory",
  summary: "List changed files with their patches",
  query: t.Object({
    mode: stringEnum(["git", "branch"], {
      description: "Against the last commit, or against where the default branch was left",
    }),
    context: t.Optional(
      t.Integer({ minimum: 0, description: "Lines around a change; without it the whole file" }),
    ),
  }),
  response: t.Array(VcsFileDiff),
});

const rawDiff = operation({
  id: "vcs.diff.raw",
  group: "Path & VCS",
  place: "directory",
  summary: "Get one patch of all changes",
  description: "As git prints it, without files that git does not know yet.",
  response: t.String(),
  type: DIFF_TYPE,
});

const apply = operation({
  id: "vcs.apply",
  group: "Path & VCS",
  place: "directory",
  summary: "Apply a patch to the files of the worktree",
  body: VcsApplyInput,
  response: t.Object({ applied: t.Boolean() }),
  errors: [409],
});
