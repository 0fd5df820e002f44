// Jobs: what goes on in the background of this directory's sessions: who sees it, how much there
// may be, and that each end is told once. What a job does is its own (JobWork); that its model goes
// on when it hears of the end is up to `tell`. Nothing outlives the scope.
import type { Clock } from "@/base/clock";
import { errorMessage, limitReached, notFound, unavailable } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Scope } from "@/base/scope";
import type { Job, JobOutput } from "@/schema/job";
import type { SessionStore } from "@/storage/session-store";
import { formatJob } from "@/tool/job";
import type { JobEnd, JobWork, ToolJobs } from "@/tool/tool";
import { rootOf } from "./revert-changes";

interface JobsOptions {
  clock: Clock;
  log: Logger;
  scope: Scope;
  store: SessionStore;
  isBusy(sessionID: string): boolean;
  /** Says to the session's model that a job has ended; resolves when the model has answered. */
  tell(sessionID: string, text: string): Promise<unknown>;
}

/** More are refused. */
const RUNNING_MAX = 16;
/** Those that ended last can still be read. */
const ENDED_MAX = 20;

interface Entry {
  job: Job;
  work: JobWork;
  /** What there was to say at the end. */
  endText?: string;
  /** How many wait for the end, and will be told by what they wait in. */
  waiting: number;
  over: PromiseWithResolvers<void>;
}

export class Jobs {
  readonly #options: JobsOptions;
  readonly #entries = new Map<string, Entry>();
  /** What a person may send to the background, by the session whose call it is. */
  readonly #releases = new Map<string, Set<() => void>>();
  readonly #telling = new Map<Promise<void>, string>();

  constructor(options: JobsOptions) {
    this.#options = options;
    options.scope.defer("jobs", () => this.#stopAll(this.#all()));
  }

  /** The view that a call of the session gets. */
  forSession(sessionID: string): ToolJobs {
    const hasRoom = () => this.#running() < RUNNING_MAX;
    return {
      assertRoom: () => this.assertRoom(),
      get hasRoom() {
        return hasRoom();
      },
      add: (work) => this.add(sessionID, work),
      onRelease: (release) => this.#onRelease(sessionID, release),
      list: () => this.list(sessionID),
      read: (id, waitMs, signal) => this.#read(this.#find(sessionID, id), waitMs, signal),
      stop: (id) => this.stop(sessionID, id),
    };
  }

  /** Throws AppError limit when too many run, unavailable when all is being closed. */
  assertRoom(): void {
    if (this.#options.scope.signal.aborted) throw unavailable("The directory is being closed");
    const running = this.#running();
    if (running < RUNNING_MAX) return;
    throw limitReached(`${running} background jobs run already: stop one, or wait for its end`);
  }

  /** Takes what goes on, and tells its end. */
  add(sessionID: string, work: JobWork): void {
    const { id, kind, title } = work;
    const time = { start: this.#options.clock.now() };
    const job: Job = { id, sessionID, kind, title, status: "running", time };
    const entry: Entry = { job, work, waiting: 0, over: Promise.withResolvers() };
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    void work.ended.then((end) => this.#end(entry, end));
    if (this.#options.scope.signal.aborted) void work.stop();
  }

  /** The jobs of the session, of those above it, and of all their subagents, the oldest first. */
  list(sessionID: string): Job[] {
    const root = this.#rootOf(sessionID);
    return this.#all()
      .filter(({ job }) => this.#rootOf(job.sessionID) === root)
      .map(({ job }) => job);
  }

  /** The end of what a job has said, which does not count as read. Throws AppError not-found. */
  tail(sessionID: string, id: string): JobOutput {
    const { job, work } = this.#find(sessionID, id);
    return { job, output: work.tail() };
  }

  /** Ends a job; one that has ended stays as it is. Throws AppError not-found. */
  async stop(sessionID: string, id: string): Promise<{ job: Job; text: string }> {
    const entry = this.#find(sessionID, id);
    entry.waiting++;
    if (isRunning(entry)) await entry.work.stop();
    await entry.over.promise;
    return this.#take(entry);
  }

  /** Sends what the session waits for to the background; false when it waits for nothing. */
  release(sessionID: string): boolean {
    const releases = [...(this.#releases.get(sessionID) ?? [])];
    for (const release of releases) release();
    return releases.length > 0;
  }

  /** Resolves when no task is running for the session and its model has heard of all that ended. */
  async settled(sessionID: string): Promise<void> {
    const root = this.#rootOf(sessionID);
    for (;;) {
      const running = this.#all().filter((entry) => entry.job.kind === "task" && isRunning(entry));
      const ofRoot = running.filter(({ job }) => this.#rootOf(job.sessionID) === root);
      const telling = [...this.#telling].filter(([, id]) => this.#rootOf(id) === root);
      const open = [...ofRoot.map(({ over }) => over.promise), ...telling.map(([told]) => told)];
      if (open.length === 0) return;
      await Promise.race(open);
    }
  }

  /** To be told when a session is removed. */
  forget(sessionID: string): void {
    const entries = this.#all().filter(({ job }) => job.sessionID === sessionID);
    for (const entry of entries) this.#entries.delete(entry.job.id);
    void this.#stopAll(entries);
  }

  async #stopAll(entries: readonly Entry[]): Promise<void> {
    await Promise.all(
      entries.filter(isRunning).map((entry) => {
        entry.waiting++;
        return entry.work.stop();
      }),
    );
  }

  async #read(entry: Entry, waitMs: number, signal: AbortSignal) {
    entry.waiting++;
    const late = Promise.withResolvers<void>();
    const cancel = this.#options.clock.timer(waitMs, late.resolve);
    signal.addEventListener("abort", () => late.resolve(), { once: true });
    try {
      if (isRunning(entry)) await Promise.race([entry.over.promise, late.promise]);
      return this.#take(entry);
    } finally {
      cancel();
      entry.waiting--;
    }
  }

  /** What is new of a job, its end included. */
  #take({ endText, job, work }: Entry): { job: Job; text: string } {
    return { job, text: [work.readNew().trimEnd(), endText].filter(Boolean).join("\n") };
  }

  #end(entry: Entry, { status, text }: JobEnd): void {
    const { clock } = this.#options;
    const time = { ...entry.job.time, end: clock.now() };
    entry.job = { ...entry.job, status, time };
    entry.endText = text;
    entry.over.resolve();
    const ended = this.#all().filter((one) => !isRunning(one));
    for (const old of ended.slice(0, -ENDED_MAX)) this.#entries.delete(old.job.id);
    if (entry.work.isQuiet || entry.waiting > 0 || status === "stopped") return;
    const taken = this.#take(entry);
    this.#tell(entry.job.sessionID, formatJob(taken.job, taken.text, clock.now()));
  }

  /** Never rejects: a session that is gone needs to hear nothing. */
  #tell(sessionID: string, text: string): void {
    const { log, scope } = this.#options;
    if (scope.signal.aborted) return;
    const listener = this.#listenerOf(sessionID);
    const told = this.#options
      .tell(listener, `A background job has ended.\n${text}`)
      .catch((error: unknown) => {
        log.warn("the end of a job was not told", { sessionID, error: errorMessage(error) });
      })
      .then(() => void this.#telling.delete(told));
    this.#telling.set(told, listener);
  }

  /** A subagent that has answered is not woken: whoever it worked for hears of it. */
  #listenerOf(sessionID: string): string {
    const parentID = this.#options.store.findSession(sessionID)?.parentID;
    if (parentID === undefined || this.#options.isBusy(sessionID)) return sessionID;
    return this.#listenerOf(parentID);
  }

  #find(sessionID: string, id: string): Entry {
    const entry = this.#entries.get(id);
    const isTheirs = entry && this.#rootOf(entry.job.sessionID) === this.#rootOf(sessionID);
    if (!isTheirs) throw notFound("Job", id);
    return entry;
  }

  #onRelease(sessionID: string, release: () => void): () => void {
    const releases = this.#releases.get(sessionID) ?? new Set();
    this.#releases.set(sessionID, releases.add(release));
    return () => {
      releases.delete(release);
      if (releases.size === 0) this.#releases.delete(sessionID);
    };
  }

  #running(): number {
    return this.#all().filter(isRunning).length;
  }

  #all(): Entry[] {
    return [...this.#entries.values()];
  }

  #rootOf(sessionID: string): string {
    return rootOf(sessionID, this.#options.store);
  }
}

function isRunning({ job }: Entry): boolean {
  return job.status === "running";
}
