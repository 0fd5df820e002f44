// reduce: from a State and a Change to the next State. Pure; the same object comes back when
// nothing changes. Events about what is not shown are ignored.
import type { BusEvent } from "@/schema/event";
import type { Session, SessionStatus } from "@/schema/session";
import type { Change, LocalChange } from "./change";
import type { State } from "./state";
import { loadTranscript, reduceTranscripts } from "./transcripts";

export function reduce(state: State, change: Change): State {
  return change.type === "heard"
    ? reduceEvent(state, change.event, change.at)
    : reduceLocal(state, change);
}

function reduceLocal(state: State, change: LocalChange): State {
  switch (change.type) {
    case "connection.changed":
      return { ...state, connection: change.connection };
    case "facts.loaded": {
      // The server's own directory, where the person named none.
      const directory = state.directory || (change.facts.path?.directory ?? "");
      return { ...state, directory, facts: { ...state.facts, ...change.facts } };
    }
    case "sessions.loaded": {
      const { status, at } = change;
      const listed = Object.fromEntries(change.sessions.map((one) => [one.id, one]));
      // One that is open may be too old for the list, or of another directory.
      const open = Object.keys(state.transcripts).flatMap((id) => state.sessions?.[id] ?? []);
      const sessions = { ...Object.fromEntries(open.map((one) => [one.id, one])), ...listed };
      const busySince = Object.fromEntries(
        Object.keys(status).map((id) => [id, state.busySince[id] ?? at]),
      );
      return { ...state, sessions, status, busySince };
    }
    case "asks.loaded":
      return { ...state, permissions: change.permissions, questions: change.questions };
    case "transcript.loaded":
      return { ...state, transcripts: loadTranscript(state.transcripts, change, openID(state)) };
    case "session.loaded":
      return putSession(state, change.session);
    case "todos.loaded":
      return { ...state, todos: { ...state.todos, [change.sessionID]: change.todos } };
    case "diff.loaded":
      return { ...state, diffs: { ...state.diffs, [change.sessionID]: change.diff } };
    case "directory.changed":
      return { ...state, directory: change.directory };
    case "route.changed":
      return { ...state, route: change.route };
    case "choice.changed":
      return { ...state, choice: { ...state.choice, ...change.choice } };
    case "models.remembered":
      return { ...state, recentModels: change.recent };
    case "auto-approve.changed":
      return { ...state, autoApprove: change.autoApprove };
    case "view.changed":
      return { ...state, view: { ...state.view, ...change.view } };
  }
}

function reduceEvent(state: State, event: BusEvent, at: number): State {
  switch (event.type) {
    case "session.created": {
      const transcripts = reduceTranscripts(state.transcripts, event);
      return { ...putSession(state, event.properties.info), transcripts };
    }
    case "session.updated":
      return putSession(state, event.properties.info);
    case "session.deleted":
      return removeSession(state, event);
    case "session.status":
      return setStatus(state, event.properties.sessionID, event.properties.status, at);
    case "session.idle":
      return setStatus(state, event.properties.sessionID, { type: "idle" }, at);
    case "session.diff": {
      const { sessionID, diff } = event.properties;
      return { ...state, diffs: { ...state.diffs, [sessionID]: diff } };
    }
    case "todo.updated": {
      const { sessionID, todos } = event.properties;
      return { ...state, todos: { ...state.todos, [sessionID]: todos } };
    }
    case "permission.asked":
      return { ...state, permissions: putByID(state.permissions, event.properties) };
    case "permission.replied": {
      const { requestID } = event.properties;
      return { ...state, permissions: withoutID(state.permissions, requestID) };
    }
    case "question.asked":
      return { ...state, questions: putByID(state.questions, event.properties) };
    case "question.replied":
    case "question.rejected": {
      const { requestID } = event.properties;
      return { ...state, questions: withoutID(state.questions, requestID) };
    }
    case "vcs.branch.updated": {
      const { branch, ...rest } = { ...state.facts.vcs, ...event.properties };
      const vcs = branch === undefined ? rest : { ...rest, branch };
      return { ...state, facts: { ...state.facts, vcs } };
    }
    case "project.updated":
      if (event.properties.id !== state.facts.project?.id) return state;
      return { ...state, facts: { ...state.facts, project: event.properties } };
    default: {
      const transcripts = reduceTranscripts(state.transcripts, event);
      return transcripts === state.transcripts ? state : { ...state, transcripts };
    }
  }
}

function openID({ route }: State): string | undefined {
  return route.screen === "session" ? route.sessionID : undefined;
}

function putSession(state: State, info: Session): State {
  return { ...state, sessions: { ...state.sessions, [info.id]: info } };
}

function removeSession(state: State, event: Extract<BusEvent, { type: "session.deleted" }>): State {
  const { sessionID } = event.properties;
  const { [sessionID]: _, ...sessions } = state.sessions ?? {};
  const isOpen = state.route.screen === "session" && state.route.sessionID === sessionID;
  return {
    ...setStatus(state, sessionID, { type: "idle" }, 0),
    ...(state.sessions && { sessions }),
    ...(isOpen && { route: { screen: "home" } as const }),
    transcripts: reduceTranscripts(state.transcripts, event),
    permissions: state.permissions.filter((one) => one.sessionID !== sessionID),
    questions: state.questions.filter((one) => one.sessionID !== sessionID),
  };
}

function setStatus(state: State, sessionID: string, status: SessionStatus, at: number): State {
  if (status.type !== "idle") {
    const since = state.busySince[sessionID] ?? at;
    return {
      ...state,
      status: { ...state.status, [sessionID]: status },
      busySince: { ...state.busySince, [sessionID]: since },
    };
  }
  if (!state.status[sessionID]) return state;
  const { [sessionID]: _, ...others } = state.status;
  const { [sessionID]: __, ...busySince } = state.busySince;
  return { ...state, status: others, busySince };
}

function putByID<T extends { id: string }>(list: readonly T[], value: T): readonly T[] {
  return [...withoutID(list, value.id), value];
}

function withoutID<T extends { id: string }>(list: readonly T[], id: string): readonly T[] {
  return list.some((one) => one.id === id) ? list.filter((one) => one.id !== id) : list;
}
