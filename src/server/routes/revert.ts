// Revert: undo and redo of what a session said and changed in files, and the list of those changes.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { SnapshotFileDiff } from "@/schema/file";
import { MessageID, SessionID } from "@/schema/primitive";
import { RevertInput, Session } from "@/schema/session";
import { operation } from "@/server/operation";
import { inSession } from "@/server/request-context";

export function revertRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inSession(app))
    .get(
      "/session/:sessionID/diff",
      ({ instance, params, query }) => instance.diffs.diff(params.sessionID, query.messageID),
      diff,
    )
    .post(
      "/session/:sessionID/revert",
      ({ instance, params, body }) => instance.reverts.revert(params.sessionID, body),
      revert,
    )
    .post(
      "/session/:sessionID/unrevert",
      ({ instance, params }) => instance.reverts.unrevert(params.sessionID),
      unrevert,
    );
}

const params = t.Object({ sessionID: SessionID });

const diff = operation({
  id: "session.diff",
  group: "Sessions",
  place: "directory",
  summary: "Get the diff for this session",
  description:
    "What the session changed in files: in all, or in the turn of one message. Files that others " +
    "changed since are shown with the session's own changes only.",
  params,
  query: t.Object({ messageID: t.Optional(MessageID) }),
  response: t.Array(SnapshotFileDiff),
});

const revert = operation({
  id: "session.revert",
  group: "Sessions",
  place: "directory",
  summary: "Revert a message",
  description:
    "Puts files back to where they were before the message, or the part, without touching what " +
    "anyone else wrote; files left alone for that are listed in `revert.skipped`. The messages " +
    "stay until the next prompt, which makes it final. With `only` either the conversation or " +
    "files are undone, and the other stays.",
  params,
  body: RevertInput,
  response: Session,
  errors: [409],
});

const unrevert = operation({
  id: "session.unrevert",
  group: "Sessions",
  place: "directory",
  summary: "Restore all reverted messages",
  params,
  response: Session,
  errors: [409],
});
