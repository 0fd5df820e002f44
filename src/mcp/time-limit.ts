// Time limits that are exact: what is waited for ends with the limit or the caller's signal,
// whatever the work itself does about it.
import type { Clock } from "@/base/clock";

export interface TimeLimit {
  clock: Clock;
  timeoutMs: number;
  /** However often the work shows life: never longer than this. Default: `timeoutMs`. */
  totalMs?: number;
  signal: AbortSignal;
  /** What is thrown when the time is over. */
  onTimeout(): Error;
}

/**
 * Runs `work` for at most `timeoutMs`, counted anew at every call of its `touch`. Its own signal
 * aborts when the time is over or the caller's signal aborts; then this rejects at once with the
 * error of `onTimeout`, or the caller's reason.
 */
export async function withTimeLimit<T>(
  limit: TimeLimit,
  work: (signal: AbortSignal, touch: () => void) => Promise<T>,
): Promise<T> {
  const { clock, timeoutMs, signal } = limit;
  signal.throwIfAborted();
  const controller = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    ended.reject(reason);
    controller.abort(reason);
  };
  const onAbort = () => end(signal.reason);
  const expire = () => end(limit.onTimeout());
  signal.addEventListener("abort", onAbort, { once: true });
  let cancel = clock.timer(timeoutMs, expire);
  const cancelTotal = clock.timer(Math.max(timeoutMs, limit.totalMs ?? 0), expire);
  const touch = () => {
    cancel();
    if (limit.totalMs !== undefined && !controller.signal.aborted) {
      cancel = clock.timer(timeoutMs, expire);
    }
  };
  try {
    return await Promise.race([work(controller.signal, touch), ended.promise]);
  } finally {
    cancel();
    cancelTotal();
    signal.removeEventListener("abort", onAbort);
  }
}
