// Runs a command line in a shell and gives back what it printed, for the bash tool. The call ends
// with the shell: a child that lives on, or holds the pipe, is reported and never waited for.
// Memory is bounded whatever is printed; on abort or timeout the whole tree is ended.
//
// When this process is killed outright, the command lives on until it ends or writes to the pipe
// that nobody reads any more: portable programs have no cheap way to prevent that.
import { existsSync } from "node:fs";
import type { Clock } from "@/base/clock";
import type { Env } from "@/base/env";
import { errorCode, errorMessage, invalid, unavailable } from "@/base/error";
import { IDs } from "@/base/id";
import { KILL_GRACE_MS, TOOL_OUTPUT_MAX_BYTES, TOOL_OUTPUT_MAX_LINES } from "@/base/limits";
import {
  CALL_VARIABLE,
  CallProcesses,
  OWNER_VARIABLE,
  type RunningProcess,
} from "./call-processes";
import { ShellOutput } from "./shell-output";

export interface ShellOptions {
  /** Path or name of a shell that knows `-c`. */
  shell: string;
  cwd: string;
  /** The whole environment; a few variables that mark the call are added. */
  env: Env;
  signal: AbortSignal;
  timeoutMs: number;
  /** Where the whole output goes when it is longer than the limits. */
  spillDirectory: string;
  maxLines?: number;
  maxBytes?: number;
  spillMaxBytes?: number;
  /** Told the last characters printed, about ten times a second and at the end. */
  onOutput?: (tail: string) => void;
  clock: Clock;
}

export interface ShellResult {
  /** What was printed to stdout and stderr, in order; its end when it was too long. */
  output: string;
  /** Null when the command was ended by a signal, by abort or by timeout. */
  exitCode: number | null;
  /** The signal that ended the shell, if one did. */
  endedBy?: string;
  truncated: boolean;
  /** The file with the whole output, when it was truncated. */
  spillPath?: string;
  /** Why that file does not hold everything, when it does not. */
  spillIncomplete?: string;
  timedOut: boolean;
  aborted: boolean;
  /** What the command has left running in the background; empty after abort and timeout. */
  survivors: RunningProcess[];
  /** Resolves when the processes that were ended are gone; at once when nothing was ended. */
  settled: Promise<void>;
}

/** How long the output is read after the shell's end while somebody else holds the pipe. */
const DRAIN_MS = 250;
/** What ends by itself this soon after the shell was not left running. */
const SURVIVOR_CHECK_MS = 50;
/** How long an aborted call waits for its processes before it answers and they are killed later. */
const ABORT_WAIT_MS = 400;
const LIVE_INTERVAL_MS = 100;

/**
 * Runs `command` with `shell -c` in a process group of its own, without a terminal and with nothing
 * on its standard input. Resolves soon after the shell itself has ended, whoever holds its output;
 * what survivors print later is read and dropped. A non-zero exit is a result. On abort and timeout
 * every process of the call gets SIGTERM, and SIGKILL three seconds later; the call answers
 * at once with what was printed (`settled` tells when all are gone). Rejects with AppError
 * unavailable when the shell or the directory does not exist, invalid for an overlong command.
 */
export async function runShell(command: string, options: ShellOptions): Promise<ShellResult> {
  const id = new IDs(options.clock).create("tool");
  if (options.signal.aborted) return nothingRun();
  const child = start(command, id, options);
  const processes = new CallProcesses(child.pid, id);
  const output = new ShellOutput({
    limit: {
      maxLines: options.maxLines ?? TOOL_OUTPUT_MAX_LINES,
      maxBytes: options.maxBytes ?? TOOL_OUTPUT_MAX_BYTES,
    },
    spillDirectory: options.spillDirectory,
    spillName: id,
    ...(options.spillMaxBytes === undefined ? {} : { spillMaxBytes: options.spillMaxBytes }),
  });
  const live = new LiveTail(output, options);
  const pump = new Pump(streams(child), async (chunk) => {
    await output.add(chunk);
    live.changed();
  });
  const stopped = await waitForEnd(child.exited, options);
  const ended = stopped === "exited" ? undefined : processes.end(KILL_GRACE_MS);
  if (ended) await Promise.race([Promise.all([ended, child.exited]), sleep(ABORT_WAIT_MS)]);
  await Promise.race([pump.finished, sleep(ended ? 0 : DRAIN_MS)]);
  await pump.detach();
  child.unref();
  const survivors = ended ? [] : await findSurvivors(processes);
  const spill = await output.close();
  live.finish();
  const limited = output.limited();
  return {
    output: limited.text,
    exitCode: stopped === "exited" && child.signalCode === null ? child.exitCode : null,
    ...(child.signalCode === null ? {} : { endedBy: String(child.signalCode) }),
    truncated: limited.truncated,
    ...(spill ? { spillPath: spill.path } : {}),
    ...(spill?.incomplete ? { spillIncomplete: spill.incomplete } : {}),
    timedOut: stopped === "timeout",
    aborted: stopped === "aborted",
    survivors,
    settled: ended ?? Promise.resolve(),
  };
}

function start(command: string, id: string, options: ShellOptions) {
  const { shell, cwd } = options;
  if (!existsSync(cwd)) throw unavailable(`The directory ${cwd} does not exist`, { cwd });
  const searchPath = options.env["PATH"];
  const found = Bun.which(shell, { cwd, ...(searchPath ? { PATH: searchPath } : {}) });
  if (!found) {
    throw unavailable(`The shell ${shell} was not found; install it or set SHELL`, { shell });
  }
  try {
    return Bun.spawn(shellArguments(found, command), {
      cwd,
      env: {
        ...options.env,
        OPENCODE: "1",
        AGENT: "1",
        [OWNER_VARIABLE]: String(process.pid),
        [CALL_VARIABLE]: id,
      },
      stdin: "ignore",
      stdout: "pipe",
      stderr: process.platform === "win32" ? "pipe" : "ignore",
      detached: true,
    });
  } catch (error) {
    if (errorCode(error) === "E2BIG") {
      throw invalid(`The command is too long for the system (${command.length} characters)`);
    }
    throw unavailable(`Cannot start ${shell}: ${errorMessage(error)}`, { shell }, error);
  }
}

/** One pipe for both streams keeps their order; only a shell can join them before it starts. */
function shellArguments(shell: string, command: string): string[] {
  if (process.platform === "win32") return [shell, "-c", command];
  return ["/bin/sh", "-c", 'exec "$0" -c "$1" 2>&1', shell, command];
}

function streams(child: ReturnType<typeof start>): ReadableStream<Uint8Array>[] {
  return [child.stdout, child.stderr].flatMap((stream) =>
    stream instanceof ReadableStream ? [stream] : [],
  );
}

function nothingRun(): ShellResult {
  return {
    output: "",
    exitCode: null,
    truncated: false,
    timedOut: false,
    aborted: true,
    survivors: [],
    settled: Promise.resolve(),
  };
}

/** Which comes first: the end of the shell, the timeout, or the abort. */
function waitForEnd(
  exited: Promise<unknown>,
  options: ShellOptions,
): Promise<"exited" | "timeout" | "aborted"> {
  return new Promise((resolve) => {
    const finish = (how: "exited" | "timeout" | "aborted") => {
      cancelTimer();
      options.signal.removeEventListener("abort", onAbort);
      resolve(how);
    };
    const onAbort = () => finish("aborted");
    const cancelTimer = options.clock.timer(options.timeoutMs, () => finish("timeout"));
    options.signal.addEventListener("abort", onAbort, { once: true });
    void exited.then(() => finish("exited"));
  });
}

/** Those that are there now and still there a moment later. */
async function findSurvivors(processes: CallProcesses): Promise<RunningProcess[]> {
  const first = await processes.list();
  if (first.length === 0) return [];
  await sleep(SURVIVOR_CHECK_MS);
  const before = first.map((each) => each.pid);
  return (await processes.list()).filter((each) => before.includes(each.pid));
}

/** Reads the pipe until its end; once detached, it goes on reading but drops what it reads. */
class Pump {
  readonly finished: Promise<void>;
  #detached = false;
  #pending: Promise<void> = Promise.resolve();

  constructor(sources: ReadableStream<Uint8Array>[], take: (chunk: Uint8Array) => Promise<void>) {
    this.finished = Promise.all(sources.map((source) => this.#read(source, take))).then(() => {});
  }

  /** From here on nothing is taken in; resolves when the last chunk has been. */
  detach(): Promise<void> {
    this.#detached = true;
    return this.#pending;
  }

  // The pipe is not closed: a server left running would die of its next line of log.
  async #read(
    source: ReadableStream<Uint8Array>,
    take: (chunk: Uint8Array) => Promise<void>,
  ): Promise<void> {
    try {
      for await (const chunk of source) {
        if (this.#detached) continue;
        this.#pending = take(chunk);
        await this.#pending;
      }
    } catch {
      // A pipe that cannot be read has ended; the exit code tells the rest.
    }
  }
}

/** Tells the listener the tail when it has changed, but not more often than it can be of use. */
class LiveTail {
  readonly #output: ShellOutput;
  readonly #options: ShellOptions;
  #cancel: (() => void) | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #changed = false;

  constructor(output: ShellOutput, options: ShellOptions) {
    this.#output = output;
    this.#options = options;
  }

  changed(): void {
    if (!this.#options.onOutput) return;
    this.#changed = true;
    if (this.#cancel) return;
    const wait = this.#toldAt + LIVE_INTERVAL_MS - this.#options.clock.now();
    if (wait <= 0) this.#tell();
    else this.#cancel = this.#options.clock.timer(wait, () => this.#tell());
  }

  finish(): void {
    this.#cancel?.();
    if (this.#changed) this.#tell();
    this.#cancel = undefined;
  }

  #tell(): void {
    this.#cancel = undefined;
    this.#changed = false;
    this.#toldAt = this.#options.clock.now();
    this.#options.onOutput?.(this.#output.liveTail());
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
