// What a running process and all below it have used, as Linux tells it in /proc. Processor time is
// user and system together; children that ended count once their parent has collected them.

import { readdirSync, readFileSync } from "node:fs";
import { listDescendants } from "@/base/process";

export interface Usage {
  cpuMs: number;
  rssBytes: number;
  /** The most that each process ever held, summed over those that run. */
  peakBytes: number;
}

/** Linux counts in hundredths of a second towards programs, whatever its own clock does. */
const TICK_MS = 10;
const NANOSECONDS_PER_MS = 1_000_000;

/** The use of the process and of all its descendants until now. */
export async function treeUsage(pid: number): Promise<Usage> {
  if (process.platform !== "linux") throw new Error("a server is measured on Linux only (/proc)");
  const root = processUsage(pid);
  const others = (await listDescendants(pid)).map(processUsage);
  return others.reduce(
    (sum, one) => ({
      cpuMs: sum.cpuMs + one.cpuMs,
      rssBytes: sum.rssBytes + one.rssBytes,
      peakBytes: sum.peakBytes + one.peakBytes,
    }),
    root,
  );
}

function processUsage(pid: number): Usage {
  const status = read(`/proc/${pid}/status`);
  return {
    cpuMs: cpuTime(pid),
    rssBytes: kilobytes(status, "VmRSS") * 1024,
    peakBytes: kilobytes(status, "VmHWM") * 1024,
  };
}

/**
 * The ticks of stat are whole and rounded down, the nanoseconds of schedstat lack threads that
 * ended: both are too small, so the greater is nearer.
 */
function cpuTime(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // After the name, which may hold anything: state is field 3, utime 14, stime, cutime, cstime.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  const own = Math.max((user + system) * TICK_MS, threadTime(pid));
  return own + (childUser + childSystem) * TICK_MS;
}

function threadTime(pid: number): number {
  return list(`/proc/${pid}/task`)
    .map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(" ")[0] ?? 0))
    .reduce((sum, nanoseconds) => sum + nanoseconds / NANOSECONDS_PER_MS, 0);
}

function kilobytes(status: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process or thread has ended since it was listed: it then counts with its parent.
    return "";
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    // As above.
    return [];
  }
}
