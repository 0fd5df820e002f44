// Child processes: run a program to its end with limits, and end a whole process tree.
// Every child leads its own process group, so that one signal reaches its family; descendants
// that left the group are found by their parents.
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import type { Env } from "./env";
import { errorCode, errorMessage, unavailable } from "./error";
import { KILL_GRACE_MS } from "./limits";

export interface ProcessOptions {
  cwd: string;
  /** The whole environment of the child; default: this process's. */
  env?: Env;
  stdin?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Kept of stdout and of stderr each; the rest is read and dropped. Default 10 MiB. */
  maxBytes?: number;
  /** How output becomes text; latin1 gives every byte one character. Default utf8. */
  encoding?: "utf8" | "latin1";
}

export interface ProcessResult {
  /** Null when a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  /** Output beyond `maxBytes` was dropped. */
  truncated: boolean;
  timedOut: boolean;
  aborted: boolean;
}

const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;
const POLL_MS = 20;
const WAIT_STEPS = 5;
/** A killed process is gone once the system has come to it; one that waits for a disk never is. */
const DEATH_MAX_MS = 2_000;

/**
 * Runs `argv` and resolves when it has ended and its output is read. A non-zero exit is a result,
 * not an error. On abort or timeout the process tree is ended and the result says which it was.
 * Throws AppError unavailable when the program cannot be started.
 */
export async function runProcess(
  argv: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  const child = start(argv, options);
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  let timedOut = false;
  let aborted = false;
  let ending: Promise<void> | undefined;
  const end = () => (ending ??= killTree(child.pid, KILL_GRACE_MS));
  const onAbort = () => {
    aborted = true;
    void end();
  };
  const timeout =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          void end();
        }, options.timeoutMs);
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const [stdout, stderr] = await Promise.all([
      readLimited(child.stdout, maxBytes, options.encoding),
      readLimited(child.stderr, maxBytes, options.encoding),
    ]);
    await child.exited;
    await ending;
    return {
      exitCode: child.signalCode === null ? child.exitCode : null,
      stdout: stdout.text,
      stderr: stderr.text,
      truncated: stdout.truncated || stderr.truncated,
      timedOut,
      aborted,
    };
  } finally {
    clearTimeout(timeout);
    options.signal?.removeEventListener("abort", onAbort);
  }
}

function start(argv: readonly string[], options: ProcessOptions) {
  try {
    return Bun.spawn([...argv], {
      cwd: options.cwd,
      ...(options.env ? { env: { ...options.env } } : {}),
      stdin: options.stdin === undefined ? "ignore" : new Blob([options.stdin]),
      stdout: "pipe",
      stderr: "pipe",
      detached: true,
    });
  } catch (error) {
    const program = argv[0] ?? "";
    const reason =
      errorCode(error) === "ENOENT"
        ? `${program} was not found (or the directory ${options.cwd} does not exist)`
        : errorMessage(error);
    throw unavailable(`Cannot run ${program}: ${reason}`, { program, cwd: options.cwd }, error);
  }
}

async function readLimited(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
  encoding: ProcessOptions["encoding"] = "utf8",
): Promise<{ text: string; truncated: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    if (size < maxBytes) chunks.push(chunk.subarray(0, maxBytes - size));
    size += chunk.length;
  }
  return { text: Buffer.concat(chunks).toString(encoding), truncated: size > maxBytes };
}

/**
 * Ends a process and all its descendants: SIGTERM, and after `graceMs` SIGKILL for those that are
 * still there. Resolves when none is left; never rejects.
 */
export async function killTree(pid: number, graceMs = KILL_GRACE_MS): Promise<void> {
  if (process.platform === "win32") return killTreeOnWindows(pid);
  let tree = [pid, ...(await listDescendants(pid))];
  signalAll(tree, "SIGTERM");
  const deadline = performance.now() + graceMs;
  for (;;) {
    // What was started meanwhile is found from those that still run.
    const running = await filterRunning(tree);
    tree = [...new Set([...running, ...(await listDescendants(...running))])];
    if (tree.length === 0 || performance.now() >= deadline) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  signalAll(tree, "SIGKILL");
  const last = performance.now() + DEATH_MAX_MS;
  while ((await filterRunning(tree)).length > 0 && performance.now() < last) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function killTreeOnWindows(pid: number): Promise<void> {
  await Bun.spawn(["taskkill", "/pid", String(pid), "/T", "/F"], {
    stdout: "ignore",
    stderr: "ignore",
  }).exited;
}

/**
 * Resolves with true when `work` has, and with false after `ms`; rejects only as `work` does. The
 * time passes in steps: where this process stood still meanwhile, what is there is read first.
 */
export async function settledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const settled = work.then(() => true);
  for (let step = 0; step < WAIT_STEPS; step++) {
    const { promise: late, resolve } = Promise.withResolvers<false>();
    const timeout = setTimeout(() => resolve(false), ms / WAIT_STEPS);
    try {
      if (await Promise.race([settled, late])) return true;
    } finally {
      clearTimeout(timeout);
    }
  }
  return false;
}

/** Whether a process with this id runs; a zombie does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === "EPERM"; // it is there, but somebody else's
  }
  // A zombie answers the signal: where nobody collects orphans it would seem to live forever.
  return process.platform !== "linux" || (await readStat(pid)) !== undefined;
}

async function filterRunning(pids: readonly number[]): Promise<number[]> {
  const running = await Promise.all(pids.map(isRunning));
  return pids.filter((_, index) => running[index]);
}

/** All processes below these, nearest first; empty where the system cannot say. */
export async function listDescendants(...pids: number[]): Promise<number[]> {
  if (pids.length === 0) return [];
  const children = await childrenByParent();
  const found: number[] = [];
  for (let queue = pids; queue.length > 0;) {
    const next = queue.flatMap((parent) => children[parent] ?? []);
    const fresh = next.filter((child) => !found.includes(child) && !pids.includes(child));
    found.push(...fresh);
    queue = fresh;
  }
  return found;
}

/** A process, told from a later one with the same id by its start time as the system gives it. */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/** The identity of a process, or undefined when there is none with this id. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  if (process.platform === "linux") {
    const stat = parseStat(readFileIfThere(`/proc/${pid}/stat`));
    return stat && { pid, startedAt: stat.startTime };
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== "EPERM") return undefined;
  }
  return { pid, startedAt: startTimeByPs(pid) };
}

/** Whether the process that `identity` names still runs. */
export function isSameProcess(identity: ProcessIdentity): boolean {
  return processIdentity(identity.pid)?.startedAt === identity.startedAt;
}

/** Empty where the system cannot say: then the id alone has to do. */
function startTimeByPs(pid: number): string {
  if (process.platform === "win32") return "";
  const listed = Bun.spawnSync(["ps", "-o", "lstart=", "-p", String(pid)]);
  return listed.stdout.toString().trim();
}

function readFileIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // the process has ended
  }
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const target of pids.flatMap((pid) => [-pid, pid])) {
    try {
      process.kill(target, signal);
    } catch {
      // Gone already, or no group leader: both are fine, the other form was or will be tried.
    }
  }
}

async function childrenByParent(): Promise<Record<number, number[]>> {
  const pairs = process.platform === "linux" ? await pairsFromProc() : await pairsFromPs();
  const children: Record<number, number[]> = {};
  for (const [child, parent] of pairs) (children[parent] ??= []).push(child);
  return children;
}

async function pairsFromProc(): Promise<[number, number][]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(names.map((name) => readStat(Number(name))));
  return stats.flatMap((stat) => (stat ? [[stat.pid, stat.parent] as [number, number]] : []));
}

async function pairsFromPs(): Promise<[number, number][]> {
  if (process.platform === "win32") return [];
  const listed = Bun.spawn(["ps", "-A", "-o", "pid=,ppid="], { stdout: "pipe", stderr: "ignore" });
  const text = await new Response(listed.stdout).text();
  return text.split("\n").flatMap((line) => {
    const [child, parent] = line.trim().split(/\s+/).map(Number);
    return child && parent ? [[child, parent] as [number, number]] : [];
  });
}

interface ProcessStat {
  pid: number;
  parent: number;
  startTime: string;
}

async function readStat(pid: number): Promise<ProcessStat | undefined> {
  return parseStat(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined)); // ended
}

/**
 * proc(5): `pid (name) state ppid ... starttime`, where the name may hold spaces and brackets.
 * Undefined for one that has ended and is not, or is just being, collected: it runs nothing and has
 * no children.
 */
function parseStat(text: string | undefined): ProcessStat | undefined {
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, parent, startTime] = [fields?.[0], fields?.[1], fields?.[19]];
  if (!text || state === "Z" || state === "X") return undefined;
  if (parent === undefined || startTime === undefined) return undefined;
  return { pid: Number.parseInt(text), parent: Number(parent), startTime };
}
