// A session, its status, and what a client may ask of it besides a prompt.

import { stringEnum, t, type Static } from "@/base/schema";
import { SnapshotFileDiff } from "./file";
import { PermissionRuleset } from "./permission";
import {
  Count,
  JSONObject,
  MessageID,
  PartID,
  SessionID,
  Timestamp,
  TokenUsage,
} from "./primitive";
import { ProjectSummary } from "./project";

/** The model that a session used last. */
const SessionModel = t.Object({
  id: t.String(),
  providerID: t.String(),
  variant: t.Optional(t.String()),
});

/** What is undone at present; the messages behind it go with the next prompt. */
/** The point of an undo that is nowhere: it sorts behind the id of every message. */
export const NOWHERE = "msg_zzzzzzzzzzzzzzzzzzzzzzzzzz";

const RevertPoint = t.Object({ messageID: MessageID, partID: t.Optional(PartID) });
export type RevertPoint = Static<typeof RevertPoint>;

const Revert = t.Object({
  messageID: MessageID,
  partID: t.Optional(PartID),
  /** From where on files are undone, when that is not from where the conversation is. */
  files: t.Optional(RevertPoint),
  /** Names what is needed to bring it back. */
  snapshot: t.Optional(t.String()),
  /** What undoing changed in files: a unified diff. */
  diff: t.Optional(t.String()),
  /** Files left as they are, since others changed them too; `reason` is for a person. */
  skipped: t.Optional(t.Array(t.Object({ file: t.String(), reason: t.String() }))),
});

const session = {
  id: SessionID,
  /** Two words that a person can say. */
  slug: t.String(),
  projectID: t.String(),
  /** Absolute; where its tools work. */
  directory: t.String(),
  /** `directory` relative to the worktree, empty at its root. */
  path: t.Optional(t.String()),
  /** The session that began it, of a subagent's. */
  parentID: t.Optional(SessionID),
  summary: t.Optional(
    t.Object({
      additions: t.Number(),
      deletions: t.Number(),
      files: t.Number(),
      diffs: t.Optional(t.Array(SnapshotFileDiff)),
    }),
  ),
  /** US dollars, the sum over its assistant messages. */
  cost: t.Optional(t.Number()),
  tokens: t.Optional(TokenUsage),
  share: t.Optional(t.Object({ url: t.String() })),
  title: t.String(),
  agent: t.Optional(t.String()),
  model: t.Optional(SessionModel),
  /** Of the program that made it. */
  version: t.String(),
  metadata: t.Optional(JSONObject),
  time: t.Object({
    created: Timestamp,
    updated: Timestamp,
    compacting: t.Optional(Timestamp),
    archived: t.Optional(t.Number()),
  }),
  permission: t.Optional(PermissionRuleset),
  revert: t.Optional(Revert),
};

export const Session = t.Object(session, { $id: "Session" });
export type Session = Static<typeof Session>;

/** A session in a list over all projects. */
export const GlobalSession = t.Object(
  { ...session, project: t.Union([ProjectSummary, t.Null()]) },
  { $id: "GlobalSession" },
);
export type GlobalSession = Static<typeof GlobalSession>;

/** Told apart by `type`. `next` of a retry is when the next attempt begins, epoch milliseconds. */
export const SessionStatus = t.Union(
  [
    t.Object({ type: t.Literal("idle") }),
    t.Object({
      type: t.Literal("retry"),
      attempt: Count,
      message: t.String(),
      action: t.Optional(
        t.Object({
          reason: t.String(),
          provider: t.String(),
          title: t.String(),
          message: t.String(),
          label: t.String(),
          link: t.Optional(t.String()),
        }),
      ),
      next: Timestamp,
    }),
    t.Object({ type: t.Literal("busy") }),
  ],
  { $id: "SessionStatus" },
);
export type SessionStatus = Static<typeof SessionStatus>;

export const SessionCreateInput = t.Object(
  {
    parentID: t.Optional(SessionID),
    title: t.Optional(t.String()),
    agent: t.Optional(t.String()),
    model: t.Optional(SessionModel),
    metadata: t.Optional(JSONObject),
    permission: t.Optional(PermissionRuleset),
  },
  { $id: "SessionCreateInput" },
);
export type SessionCreateInput = Static<typeof SessionCreateInput>;

export const SessionUpdateInput = t.Object(
  {
    title: t.Optional(t.String()),
    metadata: t.Optional(JSONObject),
    permission: t.Optional(PermissionRuleset),
    time: t.Optional(t.Object({ archived: t.Optional(t.Number()) })),
  },
  { $id: "SessionUpdateInput" },
);
export type SessionUpdateInput = Static<typeof SessionUpdateInput>;

/** Copies the messages before `messageID`, or all of them. */
export const ForkInput = t.Object({ messageID: t.Optional(MessageID) }, { $id: "ForkInput" });
export type ForkInput = Static<typeof ForkInput>;

/** Undoes this message, or this part, and all that follows: with `only`, just that of it. */
export const RevertInput = t.Object(
  {
    messageID: MessageID,
    partID: t.Optional(PartID),
    only: t.Optional(stringEnum(["conversation", "files"])),
  },
  { $id: "RevertInput" },
);
export type RevertInput = Static<typeof RevertInput>;

/** `instruction` is what a person wants of the summary. */
export const SummarizeInput = t.Object(
  {
    providerID: t.String(),
    modelID: t.String(),
    auto: t.Optional(t.Boolean()),
    instruction: t.Optional(t.String()),
  },
  { $id: "SummarizeInput" },
);
export type SummarizeInput = Static<typeof SummarizeInput>;

/** `messageID` becomes the id of the new user message. */
export const InitInput = t.Object(
  { modelID: t.String(), providerID: t.String(), messageID: MessageID },
  { $id: "InitInput" },
);
export type InitInput = Static<typeof InitInput>;
