// Worktrees: further checkouts of the project, for work that goes on beside the person's.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { removeWorktree } from "@/app/remove-worktree";
import { t } from "@/base/schema";
import {
  Worktree,
  WorktreeCreateInput,
  WorktreeRemoveInput,
  WorktreeResetInput,
} from "@/schema/worktree";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function worktreeRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/experimental/worktree", ({ instance }) => instance.worktrees.list(), list)
    .post("/experimental/worktree", ({ instance, body }) => instance.worktrees.create(body), create)
    .delete(
      "/experimental/worktree",
      async ({ instance, body }) => {
        await removeWorktree(app, instance, body.directory);
        return true;
      },
      remove,
    )
    .post(
      "/experimental/worktree/reset",
      async ({ instance, body }) => {
        await instance.worktrees.reset(body.directory);
        return true;
      },
      reset,
    );
}

const list = operation({
  id: "worktree.list",
  group: "Path & VCS",
  place: "directory",
  summary: "List worktrees",
  description: "The directories of those that were made here.",
  response: t.Array(t.String()),
});

const create = operation({
  id: "worktree.create",
  group: "Path & VCS",
  place: "directory",
  summary: "Create a worktree",
  description:
    "Of the last commit, with a branch of its own. The start command of the project and the one " +
    "given run behind the answer: worktree.ready or worktree.failed tells how that went.",
  body: WorktreeCreateInput,
  response: Worktree,
  errors: [409],
});

const remove = operation({
  id: "worktree.remove",
  group: "Path & VCS",
  place: "directory",
  summary: "Remove a worktree",
  description: "With its branch and all that was changed in it; what runs there is ended.",
  body: WorktreeRemoveInput,
  response: t.Boolean(),
  errors: [409],
});

const reset = operation({
  id: "worktree.reset",
  group: "Path & VCS",
  place: "directory",
  summary: "Reset a worktree",
  description: "To the default branch; what was changed, added or ignored there is gone.",
  body: WorktreeResetInput,
  response: t.Boolean(),
});
