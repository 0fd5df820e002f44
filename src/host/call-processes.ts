// The processes that one shell call has started, wherever they went: children, members of its
// process group and session, and those that left both (setsid, double fork), which are known by
// a variable in their environment. Lists them and ends them; what they print is shell.ts's.
import { readdirSync, readFileSync } from "node:fs";
import { killTree, runProcess } from "@/base/process";

export interface RunningProcess {
  pid: number;
  /** Its command line, cut to a readable length. */
  command: string;
}

/** The variable that marks the processes of a call. */
export const CALL_VARIABLE = "OPENCODE_CALL";
/** The variable that holds the id of this process in those of all its calls. */
export const OWNER_VARIABLE = "OPENCODE_PID";

const COMMAND_MAX_LENGTH = 200;
const POLL_MS = 20;
/** Rounds of killing what appears while being killed. */
const KILL_ROUNDS = 20;

interface ListedProcess {
  pid: number;
  parent: number;
  group: number;
  session: number;
  marked: () => boolean;
}

export class CallProcesses {
  readonly #pid: number;
  /** What stands in the environment of all that the call has started, unless they removed it. */
  readonly mark: string;
  /** When the shell began, in the ticks of /proc: what is older is not the call's. */
  readonly #since: number;

  /** `pid` leads a process group of its own; `mark` is the value of CALL_VARIABLE. */
  constructor(pid: number, mark: string) {
    this.#pid = pid;
    this.mark = `${CALL_VARIABLE}=${mark}`;
    this.#since = process.platform === "linux" ? (readStat(pid)?.since ?? 0) : 0;
  }

  /** Those that run now, the shell itself included. */
  async list(): Promise<RunningProcess[]> {
    const pids = await this.#find();
    return Promise.all(pids.map(async (pid) => ({ pid, command: await commandOf(pid) })));
  }

  /**
   * Ends them all: SIGTERM, and SIGKILL for those that are left after `graceMs`. The signal is sent
   * before the first await on systems with /proc. Resolves when none is left; never rejects.
   */
  async end(graceMs: number): Promise<void> {
    if (process.platform === "win32") return killTree(this.#pid, graceMs);
    signal(await this.#find(), "SIGTERM");
    signalGroup(this.#pid, "SIGTERM");
    const deadline = performance.now() + graceMs;
    let left = await this.#find();
    while (left.length > 0 && performance.now() < deadline) {
      await pause();
      left = await this.#find();
    }
    for (let round = 0; left.length > 0 && round < KILL_ROUNDS; round++) {
      signalGroup(this.#pid, "SIGKILL");
      signal(left, "SIGKILL");
      await pause();
      left = await this.#find();
    }
  }

  #find(): Promise<number[]> {
    const pid = this.#pid;
    const isLed = (one: ListedProcess) =>
      one.pid === pid || one.group === pid || one.session === pid;
    return find(this.mark, this.#since, isLed);
  }
}

/**
 * Everything that the calls of this process have started and that still runs, wherever it went:
 * for ending it when this process ends. None on Windows.
 */
export function listCalls(): Promise<number[]> {
  const since = process.platform === "linux" ? (readStat(process.pid)?.since ?? 0) : 0;
  return find(`${OWNER_VARIABLE}=${process.pid}`, since, () => false);
}

/** Processes not older than `since` that carry the mark, or are led by one, and their children. */
async function find(
  mark: string,
  since: number,
  isLed: (one: ListedProcess) => boolean,
): Promise<number[]> {
  const all = process.platform === "linux" ? fromProc(since, mark) : await fromPs(mark);
  const found = new Set<number>();
  for (const one of all) if (isLed(one) || one.marked()) found.add(one.pid);
  // Children of what was found, to catch those whose environment cannot be read.
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const one of all) if (found.has(one.parent)) found.add(one.pid);
  }
  found.delete(process.pid);
  return [...found];
}

async function fromPs(mark: string): Promise<ListedProcess[]> {
  if (process.platform === "win32") return [];
  // -E adds the environment to the command on BSD and macOS.
  const argv = ["ps", "-A", "-E", "-ww", "-o", "pid=,ppid=,pgid=,stat=,command="];
  const listed = await runProcess(argv, { cwd: "/" }).catch(() => undefined); // no `ps`: unknown
  return (listed?.stdout ?? "").split("\n").flatMap((line) => {
    const [pid = 0, parent = 0, group = 0] = line.trim().split(/\s+/, 3).map(Number);
    const state = line.trim().split(/\s+/, 4)[3];
    if (!pid || state?.startsWith("Z")) return [];
    return [{ pid, parent, group, session: 0, marked: () => ` ${line} `.includes(` ${mark} `) }];
  });
}

/** Synchronous on purpose: /proc answers from memory, and a promise for each file costs more. */
function fromProc(since: number, mark: string): ListedProcess[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? readStat(pid) : undefined;
    if (!stat) return [];
    const marked = () => stat.since >= since && hasMark(pid, mark);
    return [{ pid, ...stat, marked }];
  });
}

/** proc(5): `pid (name) state ppid pgrp session ...`; the name may hold blanks and brackets. */
function readStat(pid: number) {
  const stat = readProc(pid, "stat");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  if (state === undefined || state === "" || state === "Z" || state === "X") return undefined;
  const field = (index: number) => Number(fields[index]);
  return { parent: field(1), group: field(2), session: field(3), since: field(19) };
}

function hasMark(pid: number, mark: string): boolean {
  return `\0${readProc(pid, "environ")}`.includes(`\0${mark}\0`);
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return ""; // it has ended, or belongs to somebody else
  }
}

async function commandOf(pid: number): Promise<string> {
  if (process.platform === "linux") {
    const line = Buffer.from(readProc(pid, "cmdline"), "latin1").toString("utf8");
    return line.replaceAll("\0", " ").trim().slice(0, COMMAND_MAX_LENGTH);
  }
  const listed = await runProcess(["ps", "-ww", "-o", "command=", "-p", String(pid)], {
    cwd: "/",
  }).catch(() => undefined); // no `ps`: the id must do
  return (listed?.stdout ?? "").trim().slice(0, COMMAND_MAX_LENGTH);
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) send(pid, name);
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  send(-pid, name);
}

function send(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
    // A stopped process takes no signal but KILL until it goes on.
    if (name === "SIGTERM") process.kill(target, "SIGCONT");
  } catch {
    // It has ended by itself, which is what was wanted, or it is not ours to end.
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
