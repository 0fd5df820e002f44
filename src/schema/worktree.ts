// Further git worktrees of a project, made and removed through the API.

import { t, type Static } from "@/base/schema";

export const Worktree = t.Object(
  { name: t.String(), branch: t.Optional(t.String()), directory: t.String() },
  { $id: "Worktree" },
);
export type Worktree = Static<typeof Worktree>;

/** `startCommand` runs in the new worktree, after the project's own. */
export const WorktreeCreateInput = t.Object(
  { name: t.Optional(t.String()), startCommand: t.Optional(t.String()) },
  { $id: "WorktreeCreateInput" },
);
export type WorktreeCreateInput = Static<typeof WorktreeCreateInput>;

export const WorktreeRemoveInput = t.Object(
  { directory: t.String() },
  { $id: "WorktreeRemoveInput" },
);
export type WorktreeRemoveInput = Static<typeof WorktreeRemoveInput>;

export const WorktreeResetInput = t.Object(
  { directory: t.String() },
  { $id: "WorktreeResetInput" },
);
export type WorktreeResetInput = Static<typeof WorktreeResetInput>;
