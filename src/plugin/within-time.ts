// A bound on code that is not ours: it cannot be ended, but it is not waited for without end.
import type { Clock } from "@/base/clock";
import { unavailable } from "@/base/error";

/** As `work`, or rejects with AppError unavailable after `limitMs`; `work` is then left alone. */
export async function withinTime<T>(
  work: Promise<T>,
  limitMs: number,
  clock: Clock,
): Promise<Awaited<T>> {
  const late = Promise.withResolvers<never>();
  const cancel = clock.timer(limitMs, () => {
    late.reject(unavailable(`it did not answer within ${limitMs / 1_000} seconds`));
  });
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    cancel();
    work.catch(ignore);
  }
}

/** Whoever did not answer in time is not heard any more, its failure included. */
function ignore(): void {}
