// `opencode import`: a session from a file that `export` wrote, into the current project. The file
// is checked as a whole before anything is stored, and stored as a whole or not at all.
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { conflict, errorMessage, invalid } from "@/base/error";
import { fileFailure } from "@/base/file";
import { isSameProcess } from "@/base/process";
import { parse, t, type Static } from "@/base/schema";
import { formatBytes, plural } from "@/base/text";
import type { App } from "@/app/app";
import { MessageWithParts } from "@/schema/message";
import { Session } from "@/schema/session";
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { EXIT } from "./exit-code";

const ExportedSession = t.Object({ info: Session, messages: t.Array(MessageWithParts) });
type ExportedSession = Static<typeof ExportedSession>;

const FILE_MAX_BYTES = 512 * 1024 * 1024;

export async function importSession(
  context: CLIContext,
  file: string,
  options: GlobalOptions,
): Promise<number> {
  const path = resolve(context.directory, file);
  const exported = await readExported(path);
  checkReferences(exported, path);
  return withApp(context, options, async (app) => {
    const instance = await app.instances.get(context.directory);
    const { info } = exported;
    store(app, exported, { projectID: instance.project.id, directory: instance.directory });
    const messages = plural(exported.messages.length, "message");
    context.output.note(`Imported session ${info.id} with ${messages}`);
    context.output.print(info.id);
    return EXIT.done;
  });
}

async function readExported(path: string): Promise<ExportedSession> {
  const text = await readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`${path} is not JSON: ${errorMessage(error)}`, { path }, error);
  }
  return parse(ExportedSession, value, path);
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > FILE_MAX_BYTES) throw new Error(`it is larger than ${formatBytes(FILE_MAX_BYTES)}`);
    return await readFile(path, "utf8");
  } catch (error) {
    throw invalid(fileFailure("read", path, error).message, { path }, error);
  }
}

/** What the schema cannot say: each message and part belongs where it stands, under its own id. */
function checkReferences({ info, messages }: ExportedSession, path: string): void {
  const seen = new Set<string>();
  const check = (id: string, sessionID: string, where: string) => {
    if (sessionID !== info.id) throw invalid(`${path}: ${where}.sessionID: must be ${info.id}`);
    if (seen.has(id)) throw invalid(`${path}: ${where}.id: ${id} is there twice`);
    seen.add(id);
  };
  for (const [index, { info: message, parts }] of messages.entries()) {
    check(message.id, message.sessionID, `messages[${index}].info`);
    for (const [at, part] of parts.entries()) {
      const where = `messages[${index}].parts[${at}]`;
      check(part.id, part.sessionID, where);
      if (part.messageID !== message.id) {
        throw invalid(`${path}: ${where}.messageID: must be ${message.id}`);
      }
    }
  }
}

/** Replaces a session of the same id and project; one of another project is left alone. */
function store(
  app: App,
  { info, messages }: ExportedSession,
  place: { projectID: string; directory: string },
): void {
  const { sessionStore, owner } = app.services;
  sessionStore.transaction(() => {
    const present = sessionStore.findSession(info.id);
    if (present && present.projectID !== place.projectID) {
      throw conflict(
        `Session ${info.id} exists already, in ${present.directory}: import it there, or delete it`,
      );
    }
    // Its parent, its share and what can be undone are of where it comes from.
    const { parentID: _parent, share: _share, revert: _revert, path: _path, ...rest } = info;
    sessionStore.putSession({ ...rest, ...place });
    const holder = sessionStore.claimRun(info.id, owner, isSameProcess);
    if (holder) throw conflict(`Session ${info.id} is running in process ${holder.pid}`);
    removeMessages(app, info.id);
    for (const { info: message, parts } of messages) {
      sessionStore.putMessage(message);
      for (const part of parts) sessionStore.putPart(part);
    }
    sessionStore.releaseRun(info.id, owner);
  });
}

/** Whatever the file does not have would stay between what it has. */
function removeMessages(app: App, sessionID: string): void {
  const { sessionStore } = app.services;
  for (const { info } of sessionStore.listMessages(sessionID).messages) {
    sessionStore.removeMessage(sessionID, info.id);
  }
}
