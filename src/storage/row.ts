// A row's JSON and back. What the file says is not believed: a row whose JSON is damaged, or is not
// the thing its key says, is left out with a line in the log, and its session lives on.

import type { Logger } from "@/base/log";
import type { Message } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Project } from "@/schema/project";
import type { Session } from "@/schema/session";
import type { Todo } from "@/schema/todo";

/** The key under which a row was found, and its JSON. */
export interface Row {
  id: string;
  data: string;
}

type Fields = Record<string, unknown>;

/** The session of a row, or undefined for a damaged one. */
export function readSession(row: Row, log: Logger): Session | undefined {
  const isSession = (value: Fields) => isObject(value.time) && typeof value.directory === "string";
  return readRow(row, "session", isSession, log) as Session | undefined;
}

/** The message of a row, or undefined for a damaged one. */
export function readMessage(row: Row, log: Logger): Message | undefined {
  const isMessage = ({ role, time }: Fields) =>
    (role === "user" || role === "assistant") && isObject(time);
  return readRow(row, "message", isMessage, log) as Message | undefined;
}

/** The part of a row, or undefined for a damaged one. */
export function readPart(row: Row, log: Logger): Part | undefined {
  const isPart = ({ type, state }: Fields) =>
    typeof type === "string" && (type !== "tool" || isObject(state));
  return readRow(row, "part", isPart, log) as Part | undefined;
}

/** The project of a row, or undefined for a damaged one. */
export function readProject(row: Row, log: Logger): Project | undefined {
  const isProject = ({ worktree }: Fields) => typeof worktree === "string";
  return readRow(row, "project", isProject, log) as Project | undefined;
}

/** The todos of the session `row.id`; none when the row is damaged. */
export function readTodos(row: Row, log: Logger): Todo[] {
  const todos = parseJSON(row, "todo", log);
  return Array.isArray(todos) ? (todos.filter(isObject) as unknown as Todo[]) : [];
}

function readRow(
  row: Row,
  kind: string,
  isKind: (value: Fields) => boolean,
  log: Logger,
): Fields | undefined {
  const value = parseJSON(row, kind, log);
  if (value === undefined) return undefined;
  if (isObject(value) && value.id === row.id && isKind(value)) return value;
  log.error(`a ${kind} in the database is not what it should be: left out`, { id: row.id });
  return undefined;
}

function parseJSON(row: Row, kind: string, log: Logger): unknown {
  try {
    return JSON.parse(row.data);
  } catch (error) {
    log.error(`a ${kind} in the database is damaged: left out`, {
      id: row.id,
      reason: String(error),
    });
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

/** Titles and searches as they are compared: without case, and accents encoded in one way. */
export function foldTitle(title: string): string {
  return title.normalize("NFC").toLowerCase();
}
