// A session without a model for the tests of undo: real files, snapshots and rows, and turns whose
// calls do what the test says. `await using bench = await revertBench({ files: {...} });`

import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemClock } from "@/base/clock";
import { busy } from "@/base/error";
import { IDs } from "@/base/id";
import { Logger } from "@/base/log";
import { type Paths, resolvePaths } from "@/base/paths";
import { processIdentity } from "@/base/process";
import { KeyedLock } from "@/base/queue";
import { Scope } from "@/base/scope";
import { findRepository } from "@/host/git";
import { type SnapshotLimits, Snapshots } from "@/host/snapshots";
import type { EventType } from "@/schema/event";
import type { AssistantMessage, UserMessage } from "@/schema/message";
import type { Part, ToolPart } from "@/schema/part";
import type { Session } from "@/schema/session";
import { Diffs } from "@/session/diffs";
import { Records } from "@/session/records";
import { CallChanges, ChangeRecords, rootOf } from "@/session/revert-changes";
import { RevertFiles } from "@/session/revert-files";
import { Reverts } from "@/session/reverts";
import { Runs } from "@/session/runs";
import { Sessions } from "@/session/sessions";
import { noTokens } from "@/session/usage";
import { openDatabase } from "@/storage/open-database";
import { SessionStore } from "@/storage/session-store";
import { GIT_ENV, gitRepository, tempDirectory, type Tree, writeTree } from "@test/support/temp";

export interface RevertBenchOptions {
  files?: Tree;
  /** Default true: the files are committed. */
  isGit?: boolean;
  limits?: Partial<SnapshotLimits>;
  /** Of the whole bench: home/, project/. Default: a temporary directory. */
  root?: string;
  database?: string;
  /** Called before and after each commit of a session's row. */
  onCommit?: () => void;
}

export interface Turn {
  user: string;
  assistant: string;
  parts: string[];
}

export class RevertBench implements AsyncDisposable {
  readonly directory: string;
  readonly paths: Paths;
  readonly snapshots: Snapshots;
  readonly sessions: Sessions;
  readonly store: SessionStore;
  readonly records: Records;
  readonly reverts: Reverts;
  readonly diffs: Diffs;
  readonly events: EventType[] = [];
  readonly session: Session;
  readonly ids = new IDs(systemClock);
  isBusy = false;
  readonly #close: () => Promise<void>;

  constructor(
    root: string,
    parts: { snapshots: Snapshots; store: SessionStore; paths: Paths; onCommit?: () => void },
    close: () => Promise<void>,
  ) {
    const { snapshots, store, paths, onCommit } = parts;
    this.directory = join(root, "project");
    this.paths = paths;
    this.#close = close;
    const log = Logger.silent();
    const clock = systemClock;
    const publish = (type: EventType) => void this.events.push(type);
    const owner = self();
    const scope = new Scope("test", log);
    const runs = new Runs({ store, publish, log, scope, owner });
    const { directory, ids } = this;
    const place = { projectID: "global", directory, worktree: directory };
    this.snapshots = snapshots;
    this.store = store;
    this.records = new Records(store, publish, clock);
    this.sessions = new Sessions({ store, records: this.records, runs, ids, clock, ...place });
    if (onCommit) {
      const change = this.sessions.change.bind(this.sessions);
      this.sessions.change = (id, work) => {
        onCommit();
        const changed = change(id, work);
        onCommit();
        return changed;
      };
    }
    const changes = new ChangeRecords(snapshots, store, log);
    const { records, sessions } = this;
    this.diffs = new Diffs({ ids, publish, records, sessions, store, snapshots, changes });
    this.reverts = new Reverts({
      ...{ changes, diffs: this.diffs, log, publish, records, sessions, snapshots, store },
      files: new RevertFiles(snapshots, new KeyedLock(), log),
      hold: async (sessionID, work) => {
        if (this.isBusy) throw busy(`Session is busy: ${sessionID}`);
        return work();
      },
    });
    this.session = store.listSessions({ roots: true })[0] ?? this.sessions.create();
  }

  /** A turn of one step; each call of `calls` is a tool call that gets what it may change with. */
  async turn(
    calls: readonly ((changes: CallChanges) => Promise<unknown>)[],
    sessionID = this.session.id,
  ): Promise<Turn> {
    const { ids, records } = this;
    const created = systemClock.now();
    const model = { providerID: "p", modelID: "m" };
    const user: UserMessage = {
      ...{
        id: ids.create("msg"),
        sessionID,
        role: "user",
        time: { created },
        agent: "build",
        model,
      },
    };
    records.putMessage(user);
    const path = this.sessions.messagePath;
    const info: AssistantMessage = {
      ...{ id: ids.create("msg"), sessionID, role: "assistant", parentID: user.id, ...model },
      ...{ mode: "build", agent: "build", path, cost: 0, tokens: noTokens, time: { created } },
    };
    records.putMessage(info);
    const stored = { sessionID, messageID: info.id };
    const parts: Part[] = [{ ...stored, id: ids.create("prt"), type: "step-start" }];
    for (const call of calls) {
      const part = { ...stored, id: ids.create("prt"), type: "tool" as const };
      const changes = new CallChanges(this.snapshots, rootOf(sessionID, this.store));
      const result = await call(changes);
      const metadata = { ...(await changes.finish()), ...(isObject(result) ? result : {}) };
      const time = { start: created, end: systemClock.now() };
      const state = {
        status: "completed" as const,
        input: {},
        output: "",
        title: "",
        metadata,
        time,
      };
      parts.push({ ...part, callID: part.id, tool: "test", state } satisfies ToolPart);
    }
    for (const part of parts) records.putPart(part);
    await this.diffs.finishStep({ info, parts }, (part) => records.putPart(part));
    return { user: user.id, assistant: info.id, parts: parts.map((part) => part.id) };
  }

  /** A turn in which a tool writes one file, as edit and write do; undefined removes it. */
  edit(file: string, text: string | Uint8Array | undefined, sessionID?: string): Promise<Turn> {
    const path = join(this.directory, file);
    return this.turn([(changes) => changes.files([path], () => put(path, text))], sessionID);
  }

  /** A turn in which a command runs. */
  bash(command: string, sessionID?: string): Promise<Turn> {
    return this.turn([(changes) => changes.tree(() => this.run(command))], sessionID);
  }

  async run(command: string): Promise<void> {
    const env = { PATH: process.env["PATH"], HOME: this.paths.home, ...GIT_ENV };
    const child = Bun.spawn(["bash", "-c", command], { cwd: this.directory, env, stderr: "pipe" });
    const words = await child.stderr.text();
    if ((await child.exited) !== 0) throw new Error(`${command}: ${words}`);
  }

  /** As a person does. */
  write(file: string, text: string | Uint8Array): Promise<void> {
    return put(join(this.directory, file), text);
  }

  async read(file: string): Promise<string | undefined> {
    return readFile(join(this.directory, file), "latin1").catch(() => undefined);
  }

  async mode(file: string): Promise<number> {
    return (await stat(join(this.directory, file))).mode & 0o777;
  }

  revert(messageID: string, partID?: string, sessionID = this.session.id): Promise<Session> {
    return this.reverts.revert(sessionID, { messageID, ...(partID ? { partID } : {}) });
  }

  undoOnly(only: "conversation" | "files", messageID: string): Promise<Session> {
    return this.reverts.revert(this.session.id, { messageID, only });
  }

  unrevert(sessionID = this.session.id): Promise<Session> {
    return this.reverts.unrevert(sessionID);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

export async function revertBench(options: RevertBenchOptions = {}): Promise<RevertBench> {
  const temporary = options.root === undefined ? await tempDirectory() : undefined;
  const root = options.root ?? temporary?.path ?? "";
  const directory = join(root, "project");
  await writeTree(root, { "project/": "", "home/": "" });
  if (options.isGit !== false && !(await findRepository(directory))) {
    await gitRepository(directory, options.files);
  } else await writeTree(directory, options.files ?? {});
  const paths = resolvePaths({}, join(root, "home"));
  const log = Logger.silent();
  const database = await openDatabase(options.database ?? ":memory:", { log, clock: systemClock });
  const snapshots = new Snapshots({
    worktree: directory,
    repository: options.isGit === false ? undefined : await findRepository(directory),
    paths,
    env: { PATH: process.env["PATH"], HOME: paths.home },
    clock: systemClock,
    locks: new KeyedLock(),
    log,
    owner: self(),
    ...(options.limits ? { limits: options.limits } : {}),
  });
  const parts = {
    ...{ snapshots, paths, store: new SessionStore(database) },
    ...(options.onCommit ? { onCommit: options.onCommit } : {}),
  };
  return new RevertBench(root, parts, async () => {
    await snapshots.close();
    database.close();
    await temporary?.[Symbol.asyncDispose]();
  });
}

function self() {
  const identity = processIdentity(process.pid);
  if (!identity) throw new Error("this process is not to be found");
  return identity;
}

async function put(path: string, text: string | Uint8Array | undefined): Promise<void> {
  if (text === undefined) return Bun.file(path).delete();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
