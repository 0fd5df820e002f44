// File lock: one process at a time, and in it one piece of work, by a file that only one can make.
// A lock whose owner has died, or that is older than any work it is for, is taken away by the next.
import { randomBytes } from "node:crypto";
import { open, readFile, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import type { Clock } from "./clock";
import { errorCode } from "./error";
import { fileFailure } from "./file";
import { isRunning } from "./process";

/** Work under a lock reads and writes one small file; this is far beyond it. */
const STALE_MS = 30_000;
const WAIT_MIN_MS = 2;
const WAIT_MAX_MS = 50;

/**
 * Runs `work` while `path` is locked, and waits for the lock as long as somebody alive holds it,
 * at most about half a minute. The directory must exist. AppError unavailable names the path when
 * no lock can be made there. Not reentrant.
 */
export async function withFileLock<T>(
  path: string,
  clock: Clock,
  work: () => Promise<T>,
): Promise<T> {
  const content = `${process.pid} ${hostname()} ${randomBytes(8).toString("hex")}`;
  for (let waitMs = WAIT_MIN_MS; !(await tryLock(path, content)); waitMs *= 2) {
    if (await isStale(path, clock)) await breakLock(path, clock);
    // Waiters of different patience do not come back all at once.
    else await clock.sleep(Math.min(waitMs, WAIT_MAX_MS) * (0.5 + Math.random()));
  }
  try {
    return await work();
  } finally {
    // After a stop of half a minute the lock may be another's by now.
    if ((await readIfThere(path)) === content) await rm(path, { force: true });
  }
}

async function tryLock(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw fileFailure("lock", path, error);
  }
}

async function isStale(path: string, clock: Clock): Promise<boolean> {
  const content = await readIfThere(path);
  if (content === undefined) return false; // released just now
  const [pid, host] = content.split(" ");
  // Of another machine or container on the same disk, or not yet written: only age tells then.
  if (pid && host === hostname() && !(await isRunning(Number(pid)))) return true;
  return (await ageMs(path, clock)) > STALE_MS;
}

/**
 * Removes a stale lock. Of those who found it stale only one may: another could otherwise remove
 * the lock that the first has just made anew. So this is done under a lock of its own, and there
 * the question is asked again.
 */
async function breakLock(path: string, clock: Clock): Promise<void> {
  const breaker = `${path}.break`;
  if (!(await tryLock(breaker, `${process.pid} ${hostname()}`))) {
    if (await isStale(breaker, clock)) await rm(breaker, { force: true });
    return clock.sleep(WAIT_MIN_MS);
  }
  try {
    if (await isStale(path, clock)) await rm(path, { force: true });
  } finally {
    await rm(breaker, { force: true });
  }
}

async function ageMs(path: string, clock: Clock): Promise<number> {
  // Gone in the meantime: as young as can be.
  return stat(path).then(
    (found) => clock.now() - found.mtimeMs,
    () => 0,
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  // Released by its owner in the meantime.
  return readFile(path, "utf8").catch(() => undefined);
}
