// Waiting for servers: for the first that has an answer, and no longer than somebody wants to.
import type { Clock } from "@/base/clock";

/** The first that is not undefined; without one an error of those that failed. */
export async function firstAnswer<T>(
  asked: readonly Promise<T | undefined>[],
): Promise<{ answer?: T; error?: unknown }> {
  const found = Promise.withResolvers<{ answer: T }>();
  const outcomes = Promise.allSettled(
    asked.map(async (one) => {
      const answer = await one;
      if (answer !== undefined) found.resolve({ answer });
    }),
  );
  const none = outcomes.then((all) => {
    const failed = all.find((outcome) => outcome.status === "rejected");
    return failed ? { error: failed.reason } : {};
  });
  return Promise.race([found.promise, none]);
}

/** Undefined when it takes longer; throws the signal's reason on abort. */
export async function atMost<T>(
  work: Promise<T>,
  ms: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<T | undefined> {
  signal.throwIfAborted();
  const limit = Promise.withResolvers<undefined>();
  const cancel = clock.timer(ms, () => limit.resolve(undefined));
  const onAbort = () => limit.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    cancel();
    signal.removeEventListener("abort", onAbort);
  }
}
