// Worktrees: further checkouts of a project's repository, each with a branch of its own.

import { t, type Static } from "@/base/schema";

/** `directory` is absolute. */
export const Worktree = t.Object(
  { name: t.String(), branch: t.Optional(t.String()), directory: t.String() },
  { $id: "Worktree" },
);
export type Worktree = Static<typeof Worktree>;

/** Without a name it gets one; `startCommand` runs in it, behind the project's own. */
export const WorktreeCreateInput = t.Object(
  {
    name: t.Optional(t.String({ maxLength: 200 })),
    startCommand: t.Optional(t.String({ maxLength: 10_000 })),
  },
  { $id: "WorktreeCreateInput" },
);
export type WorktreeCreateInput = Static<typeof WorktreeCreateInput>;

export const WorktreeRemoveInput = t.Object(
  { directory: t.String() },
  { $id: "WorktreeRemoveInput" },
);

export const WorktreeResetInput = t.Object(
  { directory: t.String() },
  { $id: "WorktreeResetInput" },
);
