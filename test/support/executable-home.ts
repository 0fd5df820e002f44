// An empty home for the executable: nothing in it, nothing in the environment but PATH and HOME,
// on PATH only what any machine has, and a git repository as the project. What it left behind can
// be asked for: files that others may read, processes that still run.

import { mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { readLines } from "@test/bench/model-process";
import { gitRepository, type TempDirectory, tempDirectory, type Tree } from "@test/support/temp";

/** No rg among them: the executable must bring its own. */
const PROGRAMS = [
  ...["bash", "cat", "chmod", "env", "git", "grep", "head", "ls", "mkdir", "nohup", "printf", "rm"],
  ...["sed", "seq", "setsid", "sh", "sleep", "sort", "touch", "true", "uname", "wc", "yes"],
];

/** A process that was killed goes when a busy machine comes to it. */
const GOING_MAX_MS = 20_000;
const POLL_MS = 20;

export interface HomeOptions {
  /** Written to opencode.json in the project; a scripted model's config() makes it usable. */
  config?: Readonly<Record<string, unknown>>;
  /** Committed in the project beside it. */
  files?: Tree;
}

export interface StartOptions {
  /** A text is piped in. Default: /dev/null. */
  stdin?: string;
  env?: Record<string, string>;
  cwd?: string;
}

export interface Ended {
  /** Null when a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export type Child = Bun.Subprocess<"ignore" | Blob, "pipe", "pipe">;

export class ExecutableHome implements AsyncDisposable {
  readonly #temp: TempDirectory;
  readonly #executable: string;

  private constructor(temp: TempDirectory, executable: string) {
    this.#temp = temp;
    this.#executable = executable;
  }

  static async open(executable: string, options: HomeOptions = {}): Promise<ExecutableHome> {
    const opened = new ExecutableHome(await tempDirectory(), executable);
    const bin = join(opened.#temp.path, "bin");
    await Promise.all([mkdir(opened.home), mkdir(bin)]);
    for (const name of PROGRAMS) {
      const path = Bun.which(name);
      if (path) await symlink(path, join(bin, name));
    }
    const config = JSON.stringify(options.config ?? {}, undefined, 2);
    await gitRepository(opened.project, { "opencode.json": config, ...options.files });
    return opened;
  }

  get home(): string {
    return join(this.#temp.path, "home");
  }

  get project(): string {
    return join(this.#temp.path, "project");
  }

  get dataDirectory(): string {
    return join(this.home, ".local/share/opencode");
  }

  get env(): Record<string, string> {
    const marker = process.env["OPENCODE_TEST_RUN"];
    return {
      PATH: join(this.#temp.path, "bin"),
      HOME: this.home,
      // The project's files are the test's own.
      OPENCODE_TRUST: "1",
      // By it the runner finds what a test has left running; the program knows nothing of it.
      ...(marker === undefined ? {} : { OPENCODE_TEST_RUN: marker }),
    };
  }

  /** Starts the executable, or with `launcher` what starts it; whoever calls ends it. */
  start(
    args: readonly string[],
    options: StartOptions = {},
    launcher: readonly string[] = [],
  ): Child {
    return Bun.spawn([...launcher, this.#executable, ...args], {
      cwd: options.cwd ?? this.project,
      env: { ...this.env, ...options.env },
      stdin: options.stdin === undefined ? "ignore" : new Blob([options.stdin]),
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  /** Runs the executable to its end. */
  run(
    args: readonly string[],
    options: StartOptions = {},
    launcher: readonly string[] = [],
  ): Promise<Ended> {
    return endOf(this.start(args, options, launcher));
  }

  /** Starts `serve` on a free port and waits for its address. */
  async serve(args: readonly string[] = [], options: StartOptions = {}): Promise<ServedProcess> {
    const child = this.start(["serve", "--port", "0", ...args], options);
    for await (const line of readLines(child.stdout)) {
      const url = /^opencode server listening on (\S+)$/.exec(line)?.[1];
      if (url !== undefined) return new ServedProcess(child, new URL(url));
    }
    throw new Error(`serve ended with ${await child.exited}: ${await child.stderr.text()}`);
  }

  /** Every file and directory of the home that somebody else could read, with its mode. */
  async looseEntries(): Promise<string[]> {
    const loose: string[] = [];
    for (const name of await readdir(this.home, { recursive: true })) {
      const { mode } = await stat(join(this.home, name));
      if ((mode & 0o077) !== 0) loose.push(`${name} ${(mode & 0o777).toString(8)}`);
    }
    return loose;
  }

  /** The command lines of processes that were started in this home and still run. Linux only. */
  async processes(): Promise<string[]> {
    const found: string[] = [];
    for (const pid of await readdir("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      const environment = await readProcess(pid, "environ");
      if (!environment.split("\0").includes(`HOME=${this.home}`)) continue;
      found.push((await readProcess(pid, "cmdline")).replaceAll("\0", " ").trim());
    }
    // A process that has ended and is not yet waited for has no command line.
    return found.filter((command) => command !== "");
  }

  /** Those that still run once what was ended has had its time to go: none, where all is well. */
  async leftRunning(isMeant: (command: string) => boolean = () => true): Promise<string[]> {
    for (const last = performance.now() + GOING_MAX_MS; ;) {
      const left = (await this.processes()).filter(isMeant);
      if (left.length === 0 || performance.now() > last) return left;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#temp[Symbol.asyncDispose]();
  }
}

/** A server that was started, until it is stopped. */
export class ServedProcess implements AsyncDisposable {
  readonly child: Child;
  readonly url: URL;

  constructor(child: Child, url: URL) {
    this.child = child;
    this.url = url;
  }

  /** Throws unless the answer is a success; gives its JSON. */
  async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await this.send(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  send(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(new URL(path, this.url), {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { "content-type": "application/json" },
    });
  }

  /** Ends it with the signal and gives its exit code. */
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
    this.child.kill(signal);
    return this.child.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Reads what a process says to its end. */
export async function endOf(child: Child): Promise<Ended> {
  const [stdout, stderr] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { exitCode: child.signalCode === null ? child.exitCode : null, stdout, stderr };
}

async function readProcess(pid: string, name: string): Promise<string> {
  // It has ended in the meantime, or is somebody else's: none of ours either way.
  return readFile(join("/proc", pid, name), "utf8").catch(() => "");
}
