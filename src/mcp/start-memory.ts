// StartMemory: which servers were slow to start when they were last used, kept across processes, so
// that a server that hangs costs a first answer its patience twice and not every time. It holds
// hashes of configurations and nothing of what is in them.
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { errorMessage } from "@/base/error";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";
import type { Logger } from "@/base/log";
import { isValid, t } from "@/base/schema";
import { stableStringify } from "@/base/text";
import type { McpServerConfig } from "@/schema/mcp";

/** How a server started the last times; slow once may have been a first download. */
export type Pace = "unknown" | "quick" | "slow";

/** How often each was slow since it was quick, in the order in which they were noted. */
const Notes = t.Array(t.Tuple([t.String(), t.Integer({ minimum: 0 })]));

const SLOW_TIMES = 2;
const NOTES_MAX = 200;

export class StartMemory {
  readonly #path: string;
  readonly #log: Logger;
  #notes: Promise<Map<string, number>> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
  }

  /** Never rejects. */
  async paceOf(config: McpServerConfig): Promise<Pace> {
    const slowTimes = (await this.#load()).get(keyOf(config));
    if (slowTimes === 0) return "quick";
    return slowTimes !== undefined && slowTimes >= SLOW_TIMES ? "slow" : "unknown";
  }

  /** Resolves when it is kept; never rejects: it is only a memory. */
  async note(config: McpServerConfig, pace: "quick" | "slow"): Promise<void> {
    const notes = await this.#load();
    const key = keyOf(config);
    const before = notes.get(key);
    const slowTimes = pace === "quick" ? 0 : Math.min((before ?? 0) + 1, SLOW_TIMES);
    if (before === slowTimes) return;
    notes.delete(key);
    notes.set(key, slowTimes);
    for (const [oldest] of notes) {
      if (notes.size <= NOTES_MAX) break;
      notes.delete(oldest);
    }
    if (this.#isClosed) return;
    this.#writing = this.#writing.then(() => this.#write(notes));
    await this.#writing;
  }

  /** Resolves when all that was noted is kept; nothing is written from then on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
  }

  #load(): Promise<Map<string, number>> {
    return (this.#notes ??= this.#read());
  }

  async #read(): Promise<Map<string, number>> {
    try {
      const value: unknown = JSON.parse((await readTextIfExists(this.#path)) ?? "[]");
      return new Map(isValid(Notes, value) ? value : []);
    } catch (error) {
      this.#log.debug("the pace of servers is forgotten", { error: errorMessage(error) });
      return new Map();
    }
  }

  async #write(notes: ReadonlyMap<string, number>): Promise<void> {
    try {
      await ensureDirectory(dirname(this.#path));
      await writeFileAtomic(this.#path, JSON.stringify([...notes]), { mode: 0o600 });
    } catch (error) {
      this.#log.debug("the pace of servers is not kept", { error: errorMessage(error) });
    }
  }
}

function keyOf(config: McpServerConfig): string {
  return createHash("sha256").update(stableStringify(config)).digest("hex").slice(0, 32);
}
