// Local process: the program of a local server. It leads its own process group; what it prints on
// stderr is read always and kept in small part; at the end it is ended with all that it started,
// whether it listens or not.
import { resolve } from "node:path";
import type { Env } from "@/base/env";
import { errorCode, errorMessage, unavailable } from "@/base/error";
import { guardGroup } from "@/base/orphan-guard";
import { isRunning, killTree, listDescendants, settledWithin } from "@/base/process";
import type { Logger } from "@/base/log";
import type { McpLocalConfig } from "@/schema/mcp";
import { withoutControls } from "./plain-text";

/** How long a server that lost its input may take to leave by itself. */
export const LEAVE_MS = 200;
const POLL_MS = 10;
/** Between the polite and the final signal. */
const KILL_GRACE_MS = 1_000;
/** Of stderr: what goes to the log in total, and the end that explains a failure. */
const LOGGED_MAX_BYTES = 64 * 1024;
const TAIL_MAX_BYTES = 2 * 1024;

/** What programs need of our environment; the rest, secrets of other programs with it, stays. */
const INHERITED: readonly string[] = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TMPDIR", "TZ", "LANG", "LANGUAGE"],
  ...["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
  ...["http_proxy", "https_proxy", "all_proxy", "no_proxy"],
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "DISPLAY", "WAYLAND_DISPLAY"],
  ...["APPDATA", "LOCALAPPDATA", "HOMEDRIVE", "HOMEPATH", "PROGRAMFILES", "SYSTEMDRIVE"],
  ...["SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE", "PATHEXT", "COMSPEC"],
];

export interface LocalProcessOptions {
  config: McpLocalConfig;
  /** Where it runs unless the configuration says otherwise. */
  directory: string;
  env: Env;
  log: Logger;
  /** Told what it says on stderr, in pieces. */
  onSaid(piece: string): void;
}

export class LocalProcess {
  readonly #child: ReturnType<typeof spawn>;
  readonly #log: Logger;
  readonly #onSaid: LocalProcessOptions["onSaid"];
  readonly #drained: Promise<void>;
  readonly #endGuard: () => void;
  #tail = Buffer.alloc(0);
  #loggedBytes = 0;
  #ending: Promise<void> | undefined;
  #hasFailed = false;

  /** Throws AppError unavailable when the program cannot be started. */
  constructor(options: LocalProcessOptions) {
    this.#log = options.log;
    this.#onSaid = options.onSaid;
    this.#child = spawn(options);
    this.#endGuard = guardGroup(this.#child.pid);
    this.#drained = this.#drain(this.#child.stderr);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get output(): ReadableStream<Uint8Array> {
    return this.#child.stdout;
  }

  /** Resolves when the program has ended, for whatever reason. */
  get exited(): Promise<unknown> {
    return this.#child.exited;
  }

  /** Whether it had ended with an error before anybody ended it. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Resolves when the line is with the system; a program that is gone takes it as well. */
  async write(line: string): Promise<void> {
    try {
      this.#child.stdin.write(line);
      await this.#child.stdin.flush();
    } catch (error) {
      throw unavailable(`it takes no input: ${errorMessage(error)}`, {}, error);
    }
  }

  /** Why it is no longer there, for a person, with the last it said. */
  describeEnd(): string {
    const { exitCode, signalCode } = this.#child;
    const how = signalCode ? `was ended by ${signalCode}` : `exited with code ${exitCode}`;
    const said = withoutControls(this.#tail.toString("utf8")).trim();
    return said === "" ? `its program ${how}` : `its program ${how}: ${said}`;
  }

  /** Ends it and all its descendants; never rejects. Further calls await the same end. */
  end(): Promise<void> {
    return (this.#ending ??= this.#end());
  }

  async #end(): Promise<void> {
    // Asked first: descendants of a program that has left cannot be found by it any more.
    const family = await listDescendants(this.pid);
    // Not waited for: a program that does not read would hold it up for ever.
    void Promise.resolve(this.#child.stdin.end()).catch(() => {}); // closed already: as wanted
    await settledWithin(this.exited, LEAVE_MS);
    this.#hasFailed = (this.#child.exitCode ?? 0) !== 0 || this.#child.signalCode !== null;
    await killTree(this.pid, KILL_GRACE_MS);
    await killGroup(this.pid);
    this.#endGuard();
    const left = await Promise.all(family.map(isRunning));
    await Promise.all(family.filter((_, at) => left[at]).map((pid) => killTree(pid, 0)));
    await this.exited;
    await settledWithin(this.#drained, LEAVE_MS);
  }

  async #drain(stream: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of stream) this.#keep(chunk);
    } catch {
      // The pipe broke with the program: `exited` tells of that.
    }
  }

  #keep(chunk: Uint8Array): void {
    this.#onSaid(Buffer.from(chunk).toString("utf8"));
    const end = chunk.subarray(-TAIL_MAX_BYTES);
    this.#tail = Buffer.concat([this.#tail, end]).subarray(-TAIL_MAX_BYTES);
    const room = LOGGED_MAX_BYTES - this.#loggedBytes;
    if (room <= 0) return;
    this.#loggedBytes += chunk.length;
    const text = withoutControls(Buffer.from(chunk.subarray(0, room)).toString("utf8")).trimEnd();
    if (text !== "") this.#log.debug("stderr", { text });
    if (chunk.length >= room) this.#log.debug("stderr: no more of it is logged");
  }
}

function spawn({ config, directory, env }: LocalProcessOptions) {
  const [program = ""] = config.command;
  const cwd = resolve(directory, config.cwd ?? "");
  if (program === "") throw unavailable("its command is empty: name a program");
  try {
    return Bun.spawn([...config.command], {
      cwd,
      env: serverEnv(env, config.environment),
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      detached: true,
    });
  } catch (error) {
    const reason =
      errorCode(error) === "ENOENT"
        ? `${program} was not found, or the directory ${cwd} does not exist`
        : `cannot run ${program}: ${errorMessage(error)}`;
    throw unavailable(reason, { program, cwd, permanent: true }, error);
  }
}

function serverEnv(env: Env, own: Readonly<Record<string, string>> = {}): Env {
  const inherited = Object.entries(env).filter(
    ([name]) => INHERITED.includes(name) || name.startsWith("LC_"),
  );
  return { ...Object.fromEntries(inherited), ...own };
}

/** Ends what stayed in the group of a program that has left by itself. */
async function killGroup(leader: number): Promise<void> {
  try {
    for (let at = 0; at < LEAVE_MS / POLL_MS; at++) {
      process.kill(-leader, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } catch {
    // Nobody is left in it, or the system knows no groups.
  }
}
