// Every event, in one list: facts, named `noun.verb`, told after the change is committed. Inside
// the program they travel as BusEvent; clients get Event, or GlobalEvent with its directory.

import { stringEnum, t, type Static, type TSchema } from "@/base/schema";
import { SnapshotFileDiff } from "./file";
import { Message } from "./message";
import { MessageError } from "./message-error";
import { Part } from "./part";
import { PermissionReply, PermissionRequest } from "./permission";
import {
  Count,
  EventID,
  MessageID,
  PartID,
  PermissionID,
  PtyID,
  QuestionID,
  SessionID,
} from "./primitive";
import { Project } from "./project";
import { Pty } from "./pty";
import { QuestionAnswer, QuestionRequest } from "./question";
import { Session, SessionStatus } from "./session";
import { Todo } from "./todo";
import { TrustState } from "./trust";
import { TuiCommandExecute, TuiPromptAppend, TuiSessionSelect, TuiToastShow } from "./tui";

const Nothing = t.Object({});
/** `resumed` answers a client that named a change: false when it has to start afresh. */
const Connected = t.Object({ resumed: t.Optional(t.Boolean()) });
const OfSession = t.Object({ sessionID: SessionID });
const OfMessage = t.Object({ sessionID: SessionID, messageID: MessageID });
const OfPart = t.Object({ sessionID: SessionID, messageID: MessageID, partID: PartID });
const SessionChange = t.Object({ sessionID: SessionID, info: Session });
const PtyChange = t.Object({ info: Pty });
const Version = t.Object({ version: t.String() });

/** One event: its type, its properties, and the name of its published schema. */
function event<const Type extends string, Properties extends TSchema>(
  type: Type,
  properties: Properties,
  $id = componentName(type),
) {
  return t.Object({ id: EventID, type: t.Literal(type), properties }, { $id });
}

/** `session.created` is published as `EventSessionCreated`. */
function componentName(type: string): string {
  const words = type.split(".").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Event${words.join("")}`;
}

const events = [
  event("server.connected", Connected),
  event("server.heartbeat", Nothing),
  event("server.instance.disposed", t.Object({ directory: t.String() })),
  event("global.disposed", Nothing),

  event("session.created", SessionChange),
  event("session.updated", SessionChange),
  event("session.deleted", SessionChange),
  event("session.status", t.Object({ sessionID: SessionID, status: SessionStatus })),
  event("session.idle", OfSession),
  event(
    "session.error",
    t.Object({ sessionID: t.Optional(SessionID), error: t.Optional(MessageError) }),
  ),
  event("session.diff", t.Object({ sessionID: SessionID, diff: t.Array(SnapshotFileDiff) })),
  event("session.compacted", OfSession),

  event("message.updated", t.Object({ sessionID: SessionID, info: Message })),
  event("message.removed", OfMessage),
  event("message.part.updated", t.Object({ sessionID: SessionID, part: Part, time: t.Number() })),
  event(
    "message.part.delta",
    t.Object({ ...OfPart.properties, field: t.String(), delta: t.String() }),
  ),
  event("message.part.removed", OfPart),

  event("permission.asked", PermissionRequest),
  event(
    "permission.replied",
    t.Object({ sessionID: SessionID, requestID: PermissionID, reply: PermissionReply }),
  ),
  event("question.asked", QuestionRequest),
  event(
    "question.replied",
    t.Object({ sessionID: SessionID, requestID: QuestionID, answers: t.Array(QuestionAnswer) }),
  ),
  event("question.rejected", t.Object({ sessionID: SessionID, requestID: QuestionID })),

  event("todo.updated", t.Object({ sessionID: SessionID, todos: t.Array(Todo) })),
  event(
    "command.executed",
    t.Object({ name: t.String(), ...OfMessage.properties, arguments: t.String() }),
  ),
  event("file.edited", t.Object({ file: t.String() })),
  event(
    "file.watcher.updated",
    t.Object({ file: t.String(), event: stringEnum(["add", "change", "unlink"]) }),
  ),
  event("trust.updated", TrustState),
  event("vcs.branch.updated", t.Object({ branch: t.Optional(t.String()) })),

  event("project.updated", Project),
  event("project.directories.updated", t.Object({ projectID: t.String() })),
  event("worktree.ready", t.Object({ name: t.String(), branch: t.Optional(t.String()) })),
  event("worktree.failed", t.Object({ message: t.String() })),

  event("tui.prompt.append", TuiPromptAppend, "Event.tui.prompt.append"),
  event("tui.command.execute", TuiCommandExecute, "Event.tui.command.execute"),
  event("tui.toast.show", TuiToastShow, "Event.tui.toast.show"),
  event("tui.session.select", TuiSessionSelect, "Event.tui.session.select"),

  event("pty.created", PtyChange),
  event("pty.updated", PtyChange),
  event("pty.exited", t.Object({ id: PtyID, exitCode: Count })),
  event("pty.deleted", t.Object({ id: PtyID })),

  event("mcp.tools.changed", t.Object({ server: t.String() })),
  event("mcp.browser.open.failed", t.Object({ mcpName: t.String(), url: t.String() })),
  event("lsp.updated", Nothing),
  event("installation.updated", Version),
  event("installation.update-available", Version),
] as const;

/** An event as a client gets it, told apart by `type`. */
export const Event = t.Union([...events], { $id: "Event" });
export type Event = Static<typeof Event>;

/** An event of any directory; `directory` is `global` for those of none. */
export const GlobalEvent = t.Object(
  { directory: t.String(), project: t.Optional(t.String()), payload: Event },
  { $id: "GlobalEvent" },
);
export type GlobalEvent = Static<typeof GlobalEvent>;

/** The name of an event, such as `session.created`. */
export type EventType = Event["type"];

/** The event of this name, as a client gets it. */
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;

/** What the event of this name says. */
export type EventProperties<T extends EventType> = EventOf<T>["properties"];

/**
 * An event inside the program. `seq` is the number of the committed change that it tells, which
 * becomes the id in the event stream; events that are not stored have none.
 */
export type BusEvent = Event & { seq?: number };

/** Tells an event; its id is given on the way. `seq` as in BusEvent. */
export type Publish = <T extends EventType>(
  type: T,
  properties: EventProperties<T>,
  seq?: number,
) => void;
