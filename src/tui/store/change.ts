// Change: everything that can happen to the State. What the server told comes as its event; the
// rest happened in this program: something was loaded, chosen or opened.
import type { Connection } from "@/client/transport";
import type { BusEvent } from "@/schema/event";
import type { MessageWithParts } from "@/schema/message";
import type { PermissionRequest } from "@/schema/permission";
import type { ModelRef } from "@/schema/primitive";
import type { QuestionRequest } from "@/schema/question";
import type { Session, SessionStatus } from "@/schema/session";
import type { SnapshotFileDiff } from "@/schema/file";
import type { Todo } from "@/schema/todo";
import type { Choice, Facts, Route, ViewSettings } from "./state";

export type LocalChange =
  | { type: "connection.changed"; connection: Connection }
  | { type: "facts.loaded"; facts: Facts }
  | {
      type: "sessions.loaded";
      sessions: readonly Session[];
      status: Readonly<Record<string, SessionStatus>>;
      at: number;
    }
  | {
      type: "asks.loaded";
      permissions: readonly PermissionRequest[];
      questions: readonly QuestionRequest[];
    }
  /** `older` says how to get what is before these messages. */
  | {
      type: "transcript.loaded";
      sessionID: string;
      messages: readonly MessageWithParts[];
      older?: string;
      /** The newest ones replace what was there; older ones go before it. */
      place: "newest" | "older";
    }
  | { type: "session.loaded"; session: Session }
  | { type: "todos.loaded"; sessionID: string; todos: readonly Todo[] }
  | { type: "diff.loaded"; sessionID: string; diff: readonly SnapshotFileDiff[] }
  /** Where new sessions begin. */
  | { type: "directory.changed"; directory: string }
  | { type: "route.changed"; route: Route }
  | { type: "auto-approve.changed"; autoApprove: boolean }
  | { type: "choice.changed"; choice: Partial<Choice> }
  | { type: "models.remembered"; recent: readonly ModelRef[] }
  | { type: "view.changed"; view: Partial<ViewSettings> };

/** `at` is when it was heard, epoch milliseconds. */
export interface HeardChange {
  type: "heard";
  event: BusEvent;
  at: number;
}

export type Change = LocalChange | HeardChange;
