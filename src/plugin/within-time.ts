// A bound on code that is not ours: it cannot be ended, but it is not waited for without end.
import type { Clock } from "@/base/clock";
import { AppError } from "@/base/error";

const NAME = "NoAnswerError";

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
  const cancel = clock.timer(limitMs, () => {
    const message = `it did not answer within ${limitMs / 1_000} seconds`;
    ended.reject(new AppError("unavailable", NAME, message));
  });
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

/** Whether it was thrown because the time was over. */
export function isLate(error: unknown): boolean {
  return error instanceof AppError && error.name === NAME;
}

/** Whoever did not answer in time is not heard any more, its failure included. */
function ignore(): void {}
