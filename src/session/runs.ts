// Runs: at most one run per session, in this process and among all processes of one database.
// A run answers prompts until none waits; prompts that come meanwhile join it. Its status is told
// from here alone: busy or retry while it lives, then exactly one idle.
import type { Scope } from "@/base/scope";
import type { Logger } from "@/base/log";
import { busy, errorMessage, limitReached, unavailable } from "@/base/error";
import { isSameProcess, type ProcessIdentity } from "@/base/process";
import type { Publish } from "@/schema/event";
import type { MessageWithParts } from "@/schema/message";
import type { SessionStatus } from "@/schema/session";
import type { SessionStore } from "@/storage/session-store";

/** What the work of a run gets to see of it. */
export interface Run {
  readonly sessionID: string;
  readonly signal: AbortSignal;
  /** The prompts that came since the last call, in order. */
  takePrompts(): MessageWithParts[];
  setStatus(status: SessionStatus): void;
}

/** Answers the prompts of a run, all that came in until it resolves; gives the last answer. */
export type Work = (run: Run) => Promise<MessageWithParts>;

interface RunsOptions {
  store: SessionStore;
  publish: Publish;
  log: Logger;
  scope: Scope;
  owner: ProcessIdentity;
}

/** Prompts that wait for a run's next step; more are refused. */
const WAITING_PROMPTS_MAX = 100;

class ActiveRun implements Run {
  readonly sessionID: string;
  readonly controller = new AbortController();
  readonly prompts: MessageWithParts[] = [];
  readonly done = Promise.withResolvers<MessageWithParts>();
  readonly #publish: Publish;
  status: SessionStatus = { type: "busy" };

  constructor(sessionID: string, publish: Publish) {
    this.sessionID = sessionID;
    this.#publish = publish;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  takePrompts(): MessageWithParts[] {
    return this.prompts.splice(0);
  }

  setStatus(status: SessionStatus): void {
    this.status = status;
    this.#publish("session.status", { sessionID: this.sessionID, status });
  }

  /** Resolves when the run is over, however it ended: its own callers hear of a failure. */
  async over(): Promise<void> {
    await this.done.promise.catch(() => undefined);
  }
}

export class Runs {
  readonly #options: RunsOptions;
  readonly #active = new Map<string, ActiveRun>();

  constructor(options: RunsOptions) {
    this.#options = options;
    options.scope.defer("runs", () => this.abortAll());
  }

  isBusy(sessionID: string): boolean {
    return this.#active.has(sessionID);
  }

  /** The sessions that are not idle. */
  status(): Record<string, SessionStatus> {
    return Object.fromEntries([...this.#active].map(([id, run]) => [id, run.status]));
  }

  /** Throws AppError busy while the session runs, here or in another process. */
  assertIdle(sessionID: string): void {
    if (this.isBusy(sessionID)) throw busy(`Session is busy: ${sessionID}`, { sessionID });
    this.assertOurs(sessionID);
  }

  /** Throws AppError busy while another process runs the session: only that one can answer. */
  assertOurs(sessionID: string): void {
    const { store, owner } = this.#options;
    const holder = store.findRun(sessionID);
    if (holder && !isSame(holder, owner) && isSameProcess(holder)) {
      throw busyElsewhere(sessionID, holder);
    }
  }

  /**
   * Takes the session for this process; `submit` is to follow at once. For the transaction that
   * stores the prompt, so that a prompt which cannot be answered is not stored either. Throws
   * AppError busy when another process runs the session, limit when too many prompts wait,
   * unavailable when all this is being closed.
   */
  claim(sessionID: string): void {
    const { store, owner, scope } = this.#options;
    if (scope.signal.aborted) throw unavailable("The directory is being closed", { sessionID });
    const waiting = this.#active.get(sessionID)?.prompts.length ?? 0;
    if (waiting >= WAITING_PROMPTS_MAX) {
      throw limitReached(`${waiting} prompts wait in this session already: ${sessionID}`);
    }
    const holder = store.claimRun(sessionID, owner, isSameProcess);
    if (holder) throw busyElsewhere(sessionID, holder);
  }

  /**
   * Gives `prompt` to the session's run, or begins one with `work`. Resolves with the last answer
   * when the run is over; rejects with what `work` threw. A run that is being aborted is waited
   * for, then a new one begins. Throws what `claim` throws.
   */
  async submit(sessionID: string, prompt: MessageWithParts, work: Work): Promise<MessageWithParts> {
    for (;;) {
      const active = this.#active.get(sessionID);
      if (!active) break;
      if (!active.signal.aborted) {
        active.prompts.push(prompt);
        return active.done.promise;
      }
      await active.over();
    }
    this.claim(sessionID);
    const run = new ActiveRun(sessionID, this.#options.publish);
    this.#active.set(sessionID, run);
    run.prompts.push(prompt);
    void this.#drive(run, work);
    return run.done.promise;
  }

  /** Stops the session's run; resolves when it is over. False when there was none. */
  async abort(sessionID: string): Promise<boolean> {
    const run = this.#active.get(sessionID);
    if (!run) return false;
    run.controller.abort(new DOMException("Aborted", "AbortError"));
    await run.over();
    return true;
  }

  async abortAll(): Promise<void> {
    await Promise.all([...this.#active.keys()].map((sessionID) => this.abort(sessionID)));
  }

  /** Never rejects: what the work throws is the run's own end. */
  async #drive(run: ActiveRun, work: Work): Promise<void> {
    run.setStatus({ type: "busy" });
    try {
      let answer: MessageWithParts;
      // A prompt can come in after the work looked for the last time: nothing is awaited between
      // this look and the end of the run, so none is lost.
      do answer = await work(run);
      while (run.prompts.length > 0);
      this.#end(run);
      run.done.resolve(answer);
    } catch (error) {
      this.#tellFailure(run, error);
      this.#end(run);
      run.done.reject(error);
    }
  }

  #tellFailure({ sessionID }: ActiveRun, error: unknown): void {
    const message = errorMessage(error);
    this.#options.log.error("a run failed", { sessionID, error: message });
    const told = { name: "UnknownError" as const, data: { message } };
    this.#options.publish("session.error", { sessionID, error: told });
  }

  #end(run: ActiveRun): void {
    const { log, owner, publish, store } = this.#options;
    const { sessionID } = run;
    this.#active.delete(sessionID);
    try {
      store.releaseRun(sessionID, owner);
    } catch (error) {
      // The lease ends with this process at the latest; the answer matters more.
      log.error("a run could not be released", { sessionID, error: errorMessage(error) });
    }
    run.setStatus({ type: "idle" });
    publish("session.idle", { sessionID });
  }
}

function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startedAt === b.startedAt;
}

function busyElsewhere(sessionID: string, { pid }: ProcessIdentity) {
  const message = `Session is busy: ${sessionID} runs in another process (pid ${pid})`;
  return busy(message, { sessionID, pid });
}
