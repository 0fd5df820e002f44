// When a failed model request is sent again. The policy:
//
// - Retried: 408, 409, 424, 429, 5xx (not 501 and 505), 529, any status whose body says
//   server_error;
//   connections refused or dropped; stalls beyond a time limit; answers that are cut, empty, a page
//   or JSON though the status was 200; errors inside a stream that stand for one of these.
// - Not retried: 400, 401, 402, 403, 404, 413, 422 and the other 4xx; quota, billing or credit used
//   up, whatever its status; certificates not trusted; what the caller aborted. failure.ts decides.
// - At most MODEL_ATTEMPTS_MAX requests in total, and at most WAIT_BUDGET_MS of waiting in total.
// - The wait is what `retry-after-ms` or `retry-after` (or the body) says, without jitter. Without
//   them 2 s * 2^(failures - 1), at most 30 s, plus up to a quarter of it by chance; and so where
//   that time is over already: "0" of one that is overloaded, a date by a clock that is behind.
//   Never at once.
// - A wait asked for that is longer than what is left of the budget ends the request at once.

import { MODEL_ATTEMPTS_MAX } from "@/base/limits";
import { plural } from "@/base/text";
import type { MessageError } from "@/schema/message-error";
import type { Failure } from "./failure";

const WAIT_BUDGET_MS = 5 * 60_000;
const FIRST_WAIT_MS = 2_000;
const SHORTEST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;
const JITTER = 0.25;
const DAY_MS = 24 * 60 * 60_000;

export type RetryDecision = { waitMs: number } | { error: MessageError };

export interface RetryState {
  /** How many requests were sent, the failed one included. */
  attempt: number;
  /** How long was waited before, in total. */
  waitedMs: number;
  /** Epoch milliseconds. */
  now: number;
}

/** Wait and send again, or give up with the error. `random` gives 0 up to 1. */
export function decideRetry(
  failure: Failure,
  state: RetryState,
  random: () => number,
): RetryDecision {
  if (!failure.isRetryable || state.attempt >= MODEL_ATTEMPTS_MAX) return { error: failure.error };
  const askedMs = askedWait(failure, state.now);
  const leftMs = WAIT_BUDGET_MS - state.waitedMs;
  if (askedMs === undefined) {
    const waitMs = Math.min(standardWait(state.attempt, random), leftMs);
    return waitMs > 0 ? { waitMs } : { error: failure.error };
  }
  if (askedMs > leftMs) return { error: withWords(failure.error, askedMs) };
  return { waitMs: askedMs };
}

function askedWait({ retryAfter }: Failure, now: number): number | undefined {
  if (!retryAfter) return undefined;
  const waitMs = Math.ceil("ms" in retryAfter ? retryAfter.ms : retryAfter.at - now);
  return waitMs > 0 ? Math.max(SHORTEST_WAIT_MS, waitMs) : undefined;
}

function standardWait(attempt: number, random: () => number): number {
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  return Math.round(waitMs * (1 + JITTER * random()));
}

function withWords(error: MessageError, askedMs: number): MessageError {
  if (error.name !== "APIError") return error;
  const asked =
    askedMs > DAY_MS ? "more than a day" : plural(Math.ceil(askedMs / 60_000), "minute");
  const message =
    `${error.data.message} The provider asks to wait ${asked} before the next request, ` +
    `which is longer than opencode waits (${WAIT_BUDGET_MS / 60_000} minutes).`;
  return { ...error, data: { ...error.data, message, isRetryable: false } };
}
