// A command line while it runs in a shell of its own: its processes and what they print. It is
// started here and ended here; how long somebody waits for it is up to shell.ts and the bash tool.
// Memory is bounded whatever is printed; what is ended is ended with its whole tree, and so it is
// when this process is killed outright.
import { existsSync } from "node:fs";
import type { Clock } from "@/base/clock";
import type { Env } from "@/base/env";
import { errorCode, errorMessage, invalid, unavailable } from "@/base/error";
import { IDs } from "@/base/id";
import { KILL_GRACE_MS, TOOL_OUTPUT_MAX_BYTES, TOOL_OUTPUT_MAX_LINES } from "@/base/limits";
import { guardGroup } from "@/base/orphan-guard";
import { settledWithin } from "@/base/process";
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
  /** How many bytes were printed until then. */
  bytes: number;
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

type PrintedKey = "output" | "bytes" | "truncated" | "spillPath" | "spillIncomplete";

/** Which came first: the shell's own end, or that it was ended for one of these reasons. */
export type ShellEnd = "exited" | "timeout" | "aborted";

/** How long the output is read after the shell's end while somebody else holds the pipe. */
const DRAIN_MS = 250;
/** What ends by itself this soon after the shell was not left running. */
const SURVIVOR_CHECK_MS = 50;
/** How long an aborted call waits for its processes before it answers and they are killed later. */
const ABORT_WAIT_MS = 400;
const LIVE_INTERVAL_MS = 100;
/** How often it is looked whether the last of those left running has ended. */
const GONE_CHECK_MS = 3_000;

export class RunningShell {
  readonly id: string;
  /** Resolves when the shell itself has ended, whoever still holds its output. */
  readonly exited: Promise<void>;
  readonly #child: ReturnType<typeof start>;
  readonly #processes: CallProcesses;
  readonly #output: ShellOutput;
  readonly #live: LiveTail;
  readonly #pump: Pump;
  readonly #unguard: () => void;

  /**
   * Starts `command` with `shell -c` in a process group of its own, without a terminal and with
   * nothing on its standard input. Throws AppError unavailable when the shell or the directory does
   * not exist, invalid for an overlong command.
   */
  constructor(command: string, options: ShellOptions) {
    this.id = new IDs(options.clock).create("tool");
    this.#child = start(command, this.id, options);
    this.exited = this.#child.exited.then(() => {});
    this.#processes = new CallProcesses(this.#child.pid, this.id);
    this.#unguard = guardGroup(this.#child.pid, this.#processes.mark);
    this.#output = new ShellOutput({
      limit: {
        maxLines: options.maxLines ?? TOOL_OUTPUT_MAX_LINES,
        maxBytes: options.maxBytes ?? TOOL_OUTPUT_MAX_BYTES,
      },
      spillDirectory: options.spillDirectory,
      spillName: this.id,
      ...(options.spillMaxBytes === undefined ? {} : { spillMaxBytes: options.spillMaxBytes }),
    });
    this.#live = new LiveTail(this.#output, options);
    this.#pump = new Pump(streams(this.#child), async (chunk) => {
      await this.#output.add(chunk);
      this.#live.changed();
    });
  }

  /** To be called once nobody waits for its end any more: nobody is told its tail. */
  keep(): void {
    this.#live.finish();
  }

  /** The last characters printed so far. */
  tail(): string {
    return this.#output.liveTail();
  }

  /** The file with the whole output, once it is longer than the limits. */
  get spillPath(): string | undefined {
    return this.#output.spill?.path;
  }

  /** What was printed behind the first `from` bytes, as far as it is kept, and where that ends. */
  since(from: number): { text: string; to: number; lost: number } {
    return this.#output.since(from);
  }

  /** What it printed until now, while it goes on. */
  soFar(): ShellResult {
    return {
      ...this.#printed(),
      exitCode: null,
      timedOut: false,
      aborted: false,
      survivors: [],
      settled: Promise.resolve(),
    };
  }

  /**
   * Gives what it printed. "exited" is for a shell that has ended: what it left running goes on,
   * and is read on until `leave`. Otherwise every process gets SIGTERM, and SIGKILL three seconds
   * later; this answers at once (`settled` tells when all are gone). Never rejects.
   */
  async end(how: ShellEnd): Promise<ShellResult> {
    const ended = how === "exited" ? undefined : this.#processes.end(KILL_GRACE_MS);
    const gone = ended && Promise.all([ended, this.exited]);
    if (gone) await Promise.race([gone, sleep(ABORT_WAIT_MS)]);
    await settledWithin(this.#pump.finished, ended ? 0 : DRAIN_MS);
    await this.#pump.pending;
    this.#child.unref();
    const survivors = ended ? [] : await this.#findSurvivors();
    if (survivors.length === 0) await this.leave();
    this.#live.finish();
    const { exitCode, signalCode } = this.#child;
    return {
      ...this.#printed(),
      exitCode: how === "exited" && signalCode === null ? exitCode : null,
      ...(signalCode === null ? {} : { endedBy: String(signalCode) }),
      timedOut: how === "timeout",
      aborted: how === "aborted",
      survivors,
      settled: ended ?? Promise.resolve(),
    };
  }

  /** From here on what is printed is read and dropped. */
  async leave(): Promise<void> {
    this.#unguard();
    await this.#pump.detach();
    await this.#output.close();
  }

  /** Resolves when none of its processes is left. */
  async gone(): Promise<void> {
    while ((await this.#processes.list()).length > 0) await sleep(GONE_CHECK_MS);
  }

  #printed(): Pick<ShellResult, PrintedKey> {
    const { text, truncated } = this.#output.limited();
    const { spill } = this.#output;
    return {
      output: text,
      bytes: this.#output.totalBytes,
      truncated,
      ...(spill ? { spillPath: spill.path } : {}),
      ...(spill?.incomplete ? { spillIncomplete: spill.incomplete } : {}),
    };
  }

  /** Those that are there now and still there a moment later. */
  async #findSurvivors(): Promise<RunningProcess[]> {
    const first = await this.#processes.list();
    if (first.length === 0) return [];
    await sleep(SURVIVOR_CHECK_MS);
    const before = first.map((each) => each.pid);
    return (await this.#processes.list()).filter((each) => before.includes(each.pid));
  }
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

/** Reads the pipe until its end; once detached, it goes on reading but drops what it reads. */
class Pump {
  readonly finished: Promise<void>;
  /** Resolves when the last chunk that was read has been taken in. */
  pending: Promise<void> = Promise.resolve();
  #detached = false;

  constructor(sources: ReadableStream<Uint8Array>[], take: (chunk: Uint8Array) => Promise<void>) {
    this.finished = Promise.all(sources.map((source) => this.#read(source, take))).then(() => {});
  }

  /** From here on nothing is taken in; resolves when the last chunk has been. */
  detach(): Promise<void> {
    this.#detached = true;
    return this.pending;
  }

  // The pipe is not closed: a server left running would die of its next line of log.
  async #read(
    source: ReadableStream<Uint8Array>,
    take: (chunk: Uint8Array) => Promise<void>,
  ): Promise<void> {
    try {
      for await (const chunk of source) {
        if (this.#detached) continue;
        this.pending = take(chunk);
        await this.pending;
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
  #finished = false;

  constructor(output: ShellOutput, options: ShellOptions) {
    this.#output = output;
    this.#options = options;
  }

  changed(): void {
    if (!this.#options.onOutput || this.#finished) return;
    this.#changed = true;
    if (this.#cancel) return;
    const wait = this.#toldAt + LIVE_INTERVAL_MS - this.#options.clock.now();
    if (wait <= 0) this.#tell();
    else this.#cancel = this.#options.clock.timer(wait, () => this.#tell());
  }

  /** Tells what is left to tell, and nothing from then on. */
  finish(): void {
    this.#finished = true;
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
