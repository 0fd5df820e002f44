// What the tests of storage share: small sound values of the schema, a database in a temporary
// directory, a log that can be read, and other processes that use the same file.

import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { FakeClock } from "@test/support/clock";
import { type TempDirectory, tempDirectory } from "@test/support/temp";
import { Logger } from "@/base/log";
import type { AssistantMessage, UserMessage } from "@/schema/message";
import type { TextPart, ToolPart } from "@/schema/part";
import type { Project } from "@/schema/project";
import type { Session } from "@/schema/session";
import type { Database } from "@/storage/database";
import { openDatabase } from "@/storage/open-database";

/** "ses_0007": ids of one kind compare as their numbers do. */
export function id(prefix: string, number: number): string {
  return `${prefix}_${String(number).padStart(4, "0")}`;
}

export function session(number: number, fields: Partial<Session> = {}): Session {
  return {
    id: id("ses", number),
    slug: "quick-fox",
    projectID: "project",
    directory: "/project",
    title: `Session ${number}`,
    version: "1.0.0",
    time: { created: number, updated: number },
    ...fields,
  };
}

export function userMessage(sessionID: string, number: number): UserMessage {
  return {
    id: id("msg", number),
    sessionID,
    role: "user",
    time: { created: number },
    agent: "build",
    model: { providerID: "provider", modelID: "model" },
  };
}

export function assistantMessage(
  sessionID: string,
  number: number,
  fields: Partial<AssistantMessage> = {},
): AssistantMessage {
  return {
    id: id("msg", number),
    sessionID,
    role: "assistant",
    time: { created: number, completed: number },
    parentID: id("msg", 0),
    providerID: "provider",
    modelID: "model",
    mode: "build",
    agent: "build",
    path: { cwd: "/project", root: "/project" },
    cost: 0,
    tokens: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
    ...fields,
  };
}

export function textPart(message: { id: string; sessionID: string }, number: number): TextPart {
  return {
    id: id("prt", number),
    sessionID: message.sessionID,
    messageID: message.id,
    type: "text",
    text: `text ${number}`,
  };
}

export function toolPart(
  message: { id: string; sessionID: string },
  number: number,
  state: ToolPart["state"],
): ToolPart {
  const { id: messageID, sessionID } = message;
  const call = { callID: `call_${number}`, tool: "read", state };
  return { id: id("prt", number), sessionID, messageID, type: "tool", ...call };
}

export function project(name: string): Project {
  return { id: name, worktree: `/${name}`, time: { created: 1, updated: 1 }, sandboxes: [] };
}

export interface TestDatabase extends AsyncDisposable {
  readonly database: Database;
  readonly directory: string;
  readonly path: string;
  readonly clock: FakeClock;
  /** The lines of the log so far. */
  log(): Promise<LogLine[]>;
  /** Closes the database and opens the same file again. */
  reopen(): Promise<Database>;
}

/** `await using test = await testDatabase();` */
export async function testDatabase(): Promise<TestDatabase> {
  const directory = await tempDirectory();
  const path = join(directory.path, "data", "sessions.sqlite");
  const clock = new FakeClock();
  const { logger, lines } = testLog(directory, clock);
  let database = await openDatabase(path, { clock, log: logger });
  return {
    get database() {
      return database;
    },
    directory: directory.path,
    path,
    clock,
    log: lines,
    async reopen() {
      database.close();
      database = await openDatabase(path, { clock, log: logger });
      return database;
    },
    async [Symbol.asyncDispose]() {
      database.close();
      await logger.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

export interface LogLine {
  level: string;
  message: string;
  [field: string]: unknown;
}

/** A log in the directory, and how to read it. */
export function testLog(directory: TempDirectory, clock: FakeClock) {
  const folder = join(directory.path, "log");
  const logger = Logger.open({ clock, level: "DEBUG", directory: folder });
  const lines = async (): Promise<LogLine[]> => {
    await logger.close();
    const names = await readdir(folder).catch(() => []);
    const texts = await Promise.all(names.map((name) => Bun.file(join(folder, name)).text()));
    return texts
      .join("")
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };
  return { logger, lines };
}

const WORKER = resolve(import.meta.dir, "worker.ts");

/** What worker.ts is told and what it answers. */
export interface WorkerTask {
  path: string;
  /** Sessions to add, one transaction each, with ids from `first` on. */
  first?: number;
  count?: number;
  /** Give up the rights of root before opening. */
  unprivileged?: boolean;
}

export interface WorkerResult {
  pid: number;
  keptAside?: string;
  seqs: number[];
  error?: { name: string; kind?: string; message: string };
}

/** Runs the tasks in one process each; all have started before any of them opens the file. */
export async function runWorkers(
  tasks: WorkerTask[],
  launcher: string[] = [],
): Promise<WorkerResult[]> {
  const workers = tasks.map((task) =>
    Bun.spawn([...launcher, process.execPath, WORKER, JSON.stringify(task)], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    }),
  );
  const readers = workers.map((worker) => lineReader(worker.stdout));
  await Promise.all(readers.map((next) => next()));
  for (const worker of workers) {
    worker.stdin.write("go\n");
    worker.stdin.end();
  }
  const lines = await Promise.all(readers.map((next) => next()));
  await Promise.all(workers.map((worker) => worker.exited));
  return lines.map((line) => JSON.parse(line));
}

function lineReader(stream: ReadableStream<Uint8Array>): () => Promise<string> {
  const chunks = stream.pipeThrough(new TextDecoderStream() as never).getReader();
  let buffered = "";
  return async () => {
    while (!buffered.includes("\n")) {
      const { value, done } = await chunks.read();
      if (done) throw new Error(`a worker ended after ${JSON.stringify(buffered)}`);
      buffered += String(value);
    }
    const end = buffered.indexOf("\n");
    const line = buffered.slice(0, end);
    buffered = buffered.slice(end + 1);
    return line;
  };
}
