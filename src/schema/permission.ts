// Permission: the rules, the question a tool asks before it acts, and the answer.

import { stringEnum, t, type Static } from "@/base/schema";
import { JSONObject, PermissionID, SessionID } from "./primitive";

export const PermissionAction = stringEnum(["allow", "deny", "ask"], { $id: "PermissionAction" });
export type PermissionAction = Static<typeof PermissionAction>;

/**
 * Both names may hold `*` and `?`. The last rule of a list that matches decides. Those with `limit`
 * are judged by themselves and can only make the verdict stricter.
 */
export const PermissionRule = t.Object(
  {
    permission: t.String(),
    pattern: t.String(),
    action: PermissionAction,
    limit: t.Optional(t.Literal(true)),
  },
  { $id: "PermissionRule" },
);
export type PermissionRule = Static<typeof PermissionRule>;

export const PermissionRuleset = t.Array(PermissionRule, { $id: "PermissionRuleset" });
export type PermissionRuleset = Static<typeof PermissionRuleset>;

/**
 * A tool waits for consent. `patterns` is what it is about to do, `always` the patterns that an
 * answer "always" would allow from then on.
 */
export const PermissionRequest = t.Object(
  {
    id: PermissionID,
    sessionID: SessionID,
    permission: t.String(),
    patterns: t.Array(t.String()),
    metadata: JSONObject,
    always: t.Array(t.String()),
    tool: t.Optional(t.Object({ messageID: t.String(), callID: t.String() })),
  },
  { $id: "PermissionRequest" },
);
export type PermissionRequest = Static<typeof PermissionRequest>;

export const PermissionReply = stringEnum(["once", "always", "reject"]);
export type PermissionReply = Static<typeof PermissionReply>;

/**
 * `message` tells the model, with a rejection, what to do instead. `always` are the patterns that
 * an "always" remembers, where they are others than the request's own.
 */
export const PermissionReplyInput = t.Object(
  {
    reply: PermissionReply,
    message: t.Optional(t.String()),
    always: t.Optional(t.Array(t.String({ minLength: 1, maxLength: 2000 }), { maxItems: 50 })),
    /** With "once", of an edit of one file: its whole new text, as the person has changed it. */
    edited: t.Optional(t.String({ maxLength: 10_000_000 })),
  },
  { $id: "PermissionReplyInput" },
);
export type PermissionReplyInput = Static<typeof PermissionReplyInput>;

/** What a person gives with the consent: text in the place of the one that was proposed. */
export interface PermissionGrant {
  edited?: string;
}

/** The answer by way of the session's route; `remember` makes "once" an "always". */
export const SessionPermissionReplyInput = t.Object(
  { response: PermissionReply, remember: t.Optional(t.Boolean()) },
  { $id: "SessionPermissionReplyInput" },
);
export type SessionPermissionReplyInput = Static<typeof SessionPermissionReplyInput>;
