// Control requests for the terminal interface of a directory, held until it asks for the next one:
// each is handed to one caller, in order, and the answers belong to them in the same order. Waiting
// costs a timer and a closure.
import type { Clock } from "@/base/clock";
import { limitReached } from "@/base/error";
import type { TuiControlRequest } from "@/schema/tui";

/** After this long a caller gets an empty answer, and may ask again. */
const NEXT_TIMEOUT_MS = 60_000;
const REQUESTS_MAX = 100;
const CALLERS_MAX = 100;

interface Pending {
  request: TuiControlRequest;
  answer(body: unknown): void;
}

interface Caller {
  take(pending: Pending): void;
  /** Gives the empty answer. */
  leave(): void;
}

interface Desk {
  waiting: Pending[];
  handed: Pending[];
  callers: Caller[];
}

export class TuiControl {
  readonly #clock: Clock;
  readonly #desks = new Map<string, Desk>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Asks the terminal interface of `directory` and resolves with its answer. Rejects with the
   * signal's reason on abort, with AppError limit when too many wait already.
   */
  ask(directory: string, request: TuiControlRequest, signal: AbortSignal): Promise<unknown> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const desk = this.#desk(directory);
    if (desk.waiting.length + desk.handed.length >= REQUESTS_MAX) {
      throw limitReached(`${REQUESTS_MAX} requests wait for the terminal interface already`);
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        signal.removeEventListener("abort", onAbort);
        desk.waiting = desk.waiting.filter((one) => one !== pending);
        desk.handed = desk.handed.filter((one) => one !== pending);
        this.#tidy(directory);
      };
      const onAbort = () => {
        leave();
        reject(signal.reason);
      };
      const answer = (body: unknown) => {
        leave();
        resolve(body);
      };
      const pending: Pending = { request, answer };
      signal.addEventListener("abort", onAbort, { once: true });
      desk.waiting.push(pending);
      this.#match(desk);
    });
  }

  /**
   * The next request for `directory`, handed to this caller alone; undefined after a minute without
   * one, or when the caller leaves. AppError limit when too many callers wait already.
   */
  next(directory: string, signal: AbortSignal): Promise<TuiControlRequest | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    const desk = this.#desk(directory);
    if (desk.callers.length >= CALLERS_MAX) {
      throw limitReached(`${CALLERS_MAX} callers wait for a request already`);
    }
    return new Promise((resolve) => {
      const finish = (request?: TuiControlRequest) => {
        cancel();
        signal.removeEventListener("abort", onAbort);
        desk.callers = desk.callers.filter((one) => one !== caller);
        this.#tidy(directory);
        resolve(request);
      };
      const onAbort = () => finish();
      const cancel = this.#clock.timer(NEXT_TIMEOUT_MS, onAbort);
      const caller: Caller = {
        take: (pending) => {
          desk.handed.push(pending);
          finish(pending.request);
        },
        leave: onAbort,
      };
      signal.addEventListener("abort", onAbort, { once: true });
      desk.callers.push(caller);
      this.#match(desk);
    });
  }

  /** Answers the oldest request that was handed out; without one the answer is dropped. */
  respond(directory: string, body: unknown): void {
    this.#desks.get(directory)?.handed[0]?.answer(body);
  }

  /** Whether somebody waits for requests of `directory`. */
  isAttended(directory: string): boolean {
    return (this.#desks.get(directory)?.callers.length ?? 0) > 0;
  }

  /** Sends away who waits for a request. */
  close(): void {
    for (const { callers } of [...this.#desks.values()]) {
      for (const caller of callers) caller.leave();
    }
  }

  #match(desk: Desk): void {
    const [pending] = desk.waiting;
    const [caller] = desk.callers;
    if (!pending || !caller) return;
    desk.waiting.shift();
    caller.take(pending);
  }

  #desk(directory: string): Desk {
    const known = this.#desks.get(directory);
    if (known) return known;
    const desk: Desk = { waiting: [], handed: [], callers: [] };
    this.#desks.set(directory, desk);
    return desk;
  }

  #tidy(directory: string): void {
    const desk = this.#desks.get(directory);
    const isEmpty = desk?.waiting.length === 0 && desk.handed.length === 0;
    if (isEmpty && desk.callers.length === 0) this.#desks.delete(directory);
  }
}
