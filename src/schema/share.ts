// A shared session as its readers get it: the shapes of a session, without what is private.

import { t, type Static } from "@/base/schema";
import { MessageWithParts } from "./message";
import { Count } from "./primitive";
import { Session, SessionStatus } from "./session";

/** `more` tells that there are older messages; `cursor` is the last change that is in it. */
export const SharedSession = t.Object(
  {
    info: Session,
    status: SessionStatus,
    messages: t.Array(MessageWithParts),
    more: t.Boolean(),
    cursor: Count,
  },
  { $id: "SharedSession" },
);
export type SharedSession = Static<typeof SharedSession>;
