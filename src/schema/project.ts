// A project: a git repository, known by its first commit, or `global` for all that is outside git.

import { t, type Static } from "@/base/schema";
import { Timestamp } from "./primitive";

export const ProjectVcs = t.Literal("git", { $id: "ProjectVcs" });
export type ProjectVcs = Static<typeof ProjectVcs>;

export const ProjectIcon = t.Object(
  {
    url: t.Optional(t.String()),
    override: t.Optional(t.String()),
    color: t.Optional(t.String()),
  },
  { $id: "ProjectIcon" },
);
export type ProjectIcon = Static<typeof ProjectIcon>;

/** `start` runs in every new worktree. */
export const ProjectCommands = t.Object(
  { start: t.Optional(t.String()) },
  { $id: "ProjectCommands" },
);
export type ProjectCommands = Static<typeof ProjectCommands>;

export const ProjectTime = t.Object(
  { created: Timestamp, updated: Timestamp, initialized: t.Optional(Timestamp) },
  { $id: "ProjectTime" },
);
export type ProjectTime = Static<typeof ProjectTime>;

/** `worktree` is absolute, `/` outside git; `sandboxes` are further worktrees of the project. */
export const Project = t.Object(
  {
    id: t.String(),
    worktree: t.String(),
    vcs: t.Optional(ProjectVcs),
    name: t.Optional(t.String()),
    icon: t.Optional(ProjectIcon),
    commands: t.Optional(ProjectCommands),
    time: ProjectTime,
    sandboxes: t.Array(t.String()),
  },
  { $id: "Project" },
);
export type Project = Static<typeof Project>;

export const ProjectSummary = t.Object(
  { id: t.String(), name: t.Optional(t.String()), worktree: t.String() },
  { $id: "ProjectSummary" },
);
export type ProjectSummary = Static<typeof ProjectSummary>;

export const ProjectDirectories = t.Array(
  t.Object({ directory: t.String(), strategy: t.Optional(t.String()) }),
  { $id: "ProjectDirectories" },
);
export type ProjectDirectories = Static<typeof ProjectDirectories>;

export const ProjectUpdateInput = t.Object(
  {
    name: t.Optional(t.String()),
    icon: t.Optional(ProjectIcon),
    commands: t.Optional(ProjectCommands),
  },
  { $id: "ProjectUpdateInput" },
);
export type ProjectUpdateInput = Static<typeof ProjectUpdateInput>;
