// When to connect again, pure: soon at first, then ever more slowly.

const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 5 * 60_000;
/** A program that fails this often in a row fails for a reason that time does not mend. */
const LOCAL_ATTEMPTS_MAX = 5;

/** How long to wait after so many failures in a row; undefined: no more. */
export function retryDelay(type: "local" | "remote", failures: number): number | undefined {
  if (type === "local" && failures >= LOCAL_ATTEMPTS_MAX) return undefined;
  return Math.min(RETRY_MIN_MS * 2 ** (failures - 1), RETRY_MAX_MS);
}
