// The process of a language server: started in its own group, spoken to over its standard streams,
// ended with all its descendants. What it says on stderr is read and, but for the end, dropped.
import type { Env } from "@/base/env";
import { errorCode, errorMessage, unavailable } from "@/base/error";
import { guardGroup } from "@/base/orphan-guard";
import { killTree, settledWithin } from "@/base/process";
import { cutBytes } from "@/base/text";

const STDERR_KEPT_BYTES = 4 * 1024;
/** What waits to be read by a server that does not read; beyond it the server is given up. */
const UNREAD_MAX_BYTES = 64 * 1024 * 1024;
const KILL_GRACE_MS = 1_000;
const LAST_WORDS_MS = 500;

export interface ServerProcessOptions {
  argv: readonly string[];
  cwd: string;
  env: Env;
}

export class ServerProcess {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #drained: Promise<void>;
  readonly #unguard: () => void;
  #unreadBytes = 0;
  #stderr = "";

  /** Throws AppError unavailable when the program cannot be started. */
  constructor({ argv, cwd, env }: ServerProcessOptions) {
    try {
      this.#child = Bun.spawn([...argv], {
        cwd,
        env: { ...env },
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
        // A group of its own, which can be ended as a whole.
        detached: true,
      });
    } catch (error) {
      const reason = errorCode(error) === "ENOENT" ? "it was not found" : errorMessage(error);
      throw unavailable(`Cannot run ${argv[0]}: ${reason}`, { program: argv[0], cwd }, error);
    }
    this.#drained = this.#drain();
    this.#unguard = guardGroup(this.#child.pid);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get stdout(): ReadableStream<Uint8Array> {
    return this.#child.stdout;
  }

  /** Resolves with how it ended, and the last that it said, for a person. */
  async ended(): Promise<string> {
    await this.#child.exited;
    // What it started may hold the other end open long after.
    await settledWithin(this.#drained, LAST_WORDS_MS);
    const { exitCode, signalCode } = this.#child;
    const how = signalCode ? `ended by ${signalCode}` : `ended with exit code ${exitCode}`;
    const said = this.#stderr.trim();
    return said === "" ? how : `${how}: ${said}`;
  }

  /** Rejects when it has ended, or does not read what it is sent. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#unreadBytes + bytes.length > UNREAD_MAX_BYTES) {
      throw new Error("it does not read what it is sent");
    }
    this.#unreadBytes += bytes.length;
    try {
      this.#child.stdin.write(bytes);
      await this.#child.stdin.flush();
    } finally {
      this.#unreadBytes -= bytes.length;
    }
  }

  /** Resolves when it and all that it started is gone. */
  async kill(): Promise<void> {
    await killTree(this.#child.pid, KILL_GRACE_MS);
    await this.#child.exited;
    this.#unguard();
  }

  /** As `ended`, for one that is about to end; `otherwise` when it does not within a moment. */
  async endedSoon(otherwise: string): Promise<string> {
    return (await within(this.ended(), LAST_WORDS_MS)) ?? otherwise;
  }

  async #drain(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stderr) {
      const text = this.#stderr + decoder.decode(chunk.subarray(-STDERR_KEPT_BYTES));
      this.#stderr = cutBytes(text, STDERR_KEPT_BYTES, "tail");
    }
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timeout = setTimeout(() => late.resolve(undefined), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timeout);
  }
}
