// Version control: the branch, and what differs from the last commit or from the default branch.

import { t, type Static } from "@/base/schema";
import { FileChange } from "./file";

/** Empty outside git. */
export const VcsInfo = t.Object(
  { branch: t.Optional(t.String()), default_branch: t.Optional(t.String()) },
  { $id: "VcsInfo" },
);
export type VcsInfo = Static<typeof VcsInfo>;

export const VcsFileStatus = t.Object(
  { file: t.String(), additions: t.Number(), deletions: t.Number(), status: FileChange },
  { $id: "VcsFileStatus" },
);
export type VcsFileStatus = Static<typeof VcsFileStatus>;

/** `patch` is a unified diff. */
export const VcsFileDiff = t.Object(
  {
    file: t.String(),
    patch: t.Optional(t.String()),
    additions: t.Number(),
    deletions: t.Number(),
    status: t.Optional(FileChange),
  },
  { $id: "VcsFileDiff" },
);
export type VcsFileDiff = Static<typeof VcsFileDiff>;

/** `patch` is a unified diff. */
export const VcsApplyInput = t.Object({ patch: t.String() }, { $id: "VcsApplyInput" });
export type VcsApplyInput = Static<typeof VcsApplyInput>;
