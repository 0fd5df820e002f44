// Bounds on code that is not ours. What it waits for is not waited for without end; what it
// computes without a pause, from its call on, is stopped. A loop that begins only after it has
// waited for something is out of reach: it runs where nobody has called it.
import { runInThisContext } from "node:vm";
import type { Clock } from "./clock";
import { AppError, errorCode } from "./error";

const NAME = "NoAnswerError";
/** Where a call finds what it calls: scripts see nothing but globals. */
const WORK = Symbol.for("opencode.bounded-call");
const CALL = 'globalThis[Symbol.for("opencode.bounded-call")]()';

interface CallWithin {
  limitMs: number;
  clock: Clock;
  signal?: AbortSignal | undefined;
}

/**
 * What `work` gives, or rejects with an error that `isLate` knows when it has not given it after
 * `limitMs`, or with the signal's reason on abort. Never throws by itself.
 */
export async function callWithin<T>(
  work: () => T | Promise<T>,
  { limitMs, clock, signal }: CallWithin,
): Promise<T> {
  return withinTime(Promise.resolve(callBounded(work, limitMs)), limitMs, clock, signal);
}

/** What `work` gives; throws an error that `isLate` knows when it computes longer than that. */
export function callBounded<T>(work: () => T, limitMs: number): T {
  const world = globalThis as { [WORK]?: unknown };
  const before = world[WORK];
  world[WORK] = work;
  try {
    return runInThisContext(CALL, { timeout: limitMs }) as T;
  } catch (error) {
    throw errorCode(error) === "ERR_SCRIPT_EXECUTION_TIMEOUT" ? noAnswer(limitMs) : error;
  } finally {
    world[WORK] = before;
  }
}

/**
 * As `work`, or rejects after `limitMs` with an error that `isLate` knows, or with the signal's
 * reason on abort; `work` is then left alone.
 */
export async function withinTime<T>(
  work: Promise<T>,
  limitMs: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const cancel = clock.timer(limitMs, () => ended.reject(noAnswer(limitMs)));
  const onAbort = () => ended.reject(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    cancel();
    signal?.removeEventListener("abort", onAbort);
    work.catch(ignore);
  }
}

function noAnswer(limitMs: number): AppError {
  const message = `it did not answer within ${limitMs / 1_000} seconds`;
  return new AppError("unavailable", NAME, message);
}

/** Whether it was thrown because the time was over. */
export function isLate(error: unknown): boolean {
  return error instanceof AppError && error.name === NAME;
}

/** Whoever did not answer in time is not heard any more, its failure included. */
function ignore(): void {}
