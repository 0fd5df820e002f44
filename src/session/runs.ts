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
  readonly #held = new Set<string>();
  /** What is under way for prompts that are not stored yet. */
  readonly #preparing = new Map<string, Set<AbortController>>();

  constructor(options: RunsOptions) {
    this.#options = options;
    options.scope.defer("runs", () => this.abortAll());
  }

  isBusy(sessionID: string): boolean {
    return this.#active.has(sessionID) || this.#held.has(sessionID);
  }

  /** Whether nothing runs. */
  get isIdle(): boolean {
    return this.#active.size === 0 && this.#held.size === 0 && this.#preparing.size === 0;
  }

  /** The sessions that are not idle. */
  status(): Record<string, SessionStatus> {
    return Object.fromEntries([...this.#active].map(([id, run]) => [id, run.status]));
  }

  /** Throws AppError busy while the session runs, here or in another process. */
  assertIdle(sessionID: string): void {
    if (this.isBusy(sessionID)) throw busyHere(sessionID);
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
    if (this.#held.has(sessionID)) throw busyHere(sessionID);
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
    return this.#begin(sessionID, work, [prompt]);
  }

  /**
   * Begins a run with `first`, which is no answer to a prompt; prompts that come meanwhile are
   * answered by `rest` behind it. Resolves with what `first` gave as soon as the session is idle
   * again or works on those; rejects with what `first` threw. Throws AppError busy while the
   * session runs, and what `claim` throws.
   */
  async begin(sessionID: string, first: Work, rest: Work): Promise<MessageWithParts> {
    if (this.isBusy(sessionID)) throw busyHere(sessionID);
    const done = Promise.withResolvers<MessageWithParts>();
    let result: MessageWithParts | undefined;
    const work: Work = async (run) => {
      if (!result) return (result = await first(run));
      done.resolve(result);
      return rest(run);
    };
    this.#begin(sessionID, work, []).then(done.resolve, done.reject);
    return done.promise;
  }

  /**
   * Does what has to be done before a prompt can be stored, so that stopping the session stops it
   * as well. The session is not busy for it.
   */
  async prepare<T>(sessionID: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const others = this.#preparing.get(sessionID) ?? new Set();
    this.#preparing.set(sessionID, others.add(controller));
    try {
      return await work(controller.signal);
    } finally {
      others.delete(controller);
      if (others.size === 0) this.#preparing.delete(sessionID);
    }
  }

  /**
   * Keeps the session from running, here and in other processes, while `work` goes on with what it
   * has said. Throws AppError busy while it runs.
   */
  async hold<T>(sessionID: string, work: () => Promise<T>): Promise<T> {
    this.assertIdle(sessionID);
    this.claim(sessionID);
    this.#held.add(sessionID);
    try {
      return await work();
    } finally {
      this.#held.delete(sessionID);
      this.#release(sessionID);
    }
  }

  /** Stops the session's run; resolves when it is over. False when there was none. */
  async abort(sessionID: string): Promise<boolean> {
    for (const controller of this.#preparing.get(sessionID) ?? []) controller.abort(abortReason());
    const run = this.#active.get(sessionID);
    if (!run) return false;
    run.controller.abort(abortReason());
    await run.over();
    return true;
  }

  async abortAll(): Promise<void> {
    const sessionIDs = new Set([...this.#active.keys(), ...this.#preparing.keys()]);
    await Promise.all([...sessionIDs].map((sessionID) => this.abort(sessionID)));
  }

  #begin(
    sessionID: string,
    work: Work,
    prompts: readonly MessageWithParts[],
  ): Promise<MessageWithParts> {
    this.claim(sessionID);
    const run = new ActiveRun(sessionID, this.#options.publish);
    this.#active.set(sessionID, run);
    run.prompts.push(...prompts);
    void this.#drive(run, work);
    return run.done.promise;
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
    const { sessionID } = run;
    this.#active.delete(sessionID);
    this.#release(sessionID);
    run.setStatus({ type: "idle" });
    this.#options.publish("session.idle", { sessionID });
  }

  #release(sessionID: string): void {
    const { log, owner, store } = this.#options;
    try {
      store.releaseRun(sessionID, owner);
    } catch (error) {
      // The lease ends with this process at the latest; the answer matters more.
      log.error("a run could not be released", { sessionID, error: errorMessage(error) });
    }
  }
}

function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startedAt === b.startedAt;
}

function abortReason(): DOMException {
  return new DOMException("Aborted", "AbortError");
}

function busyHere(sessionID: string) {
  return busy(`Session is busy: ${sessionID}`, { sessionID });
}

function busyElsewhere(sessionID: string, { pid }: ProcessIdentity) {
  const message = `Session is busy: ${sessionID} runs in another process (pid ${pid})`;
  return busy(message, { sessionID, pid });
}
