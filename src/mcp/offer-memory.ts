// OfferMemory: what each server offered when it was last connected, kept across processes, so that
// nobody waits for a server that is known and the first request of a session has its tools as the
// later ones do; and which servers came too late, so that one that hangs is not waited for again.
// The names of the files are hashes: configurations may hold secrets.
import { createHash } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "@/base/error";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";
import type { Logger } from "@/base/log";
import { isValid, t } from "@/base/schema";
import { stableStringify } from "@/base/text";
import { McpResource, McpResourceTemplate, type McpServerConfig } from "@/schema/mcp";
import type { Offer } from "./definition";

const FILES_MAX = 200;
/** One that offers more is asked anew each time. */
const OFFER_MAX_BYTES = 1024 * 1024;

/** What makes a server another one. */
export interface ServerIdentity {
  name: string;
  config: McpServerConfig;
  directory: string;
}

/** Nothing, of a server that was never met. */
export interface Remembered {
  offer?: Offer;
  /** How often it was not ready in time. */
  lateTimes?: number;
}

const Described = { name: t.String(), description: t.Optional(t.String()) };
const Stored = t.Object({
  lateTimes: t.Optional(t.Integer({ minimum: 0 })),
  offer: t.Optional(
    t.Object({
      tools: t.Array(
        t.Object({
          name: t.String(),
          description: t.String(),
          inputSchema: t.Record(t.String(), t.Unknown()),
        }),
      ),
      prompts: t.Array(
        t.Object({
          ...Described,
          arguments: t.Array(t.Object({ ...Described, required: t.Boolean() })),
        }),
      ),
      resources: t.Array(McpResource),
      templates: t.Array(McpResourceTemplate),
      instructions: t.Optional(t.String()),
    }),
  ),
});

export class OfferMemory {
  readonly #directory: string;
  readonly #log: Logger;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(directory: string, log: Logger) {
    this.#directory = directory;
    this.#log = log;
  }

  /** Never rejects. */
  async recall(server: ServerIdentity): Promise<Remembered> {
    try {
      const value: unknown = JSON.parse((await readTextIfExists(this.#pathOf(server))) ?? "{}");
      return isValid(Stored, value) ? value : {};
    } catch (error) {
      this.#log.debug("what a server offered is forgotten", { error: errorMessage(error) });
      return {};
    }
  }

  /** Keeps this in the place of what was known; resolves when it is kept, and never rejects. */
  keep(server: ServerIdentity, remembered: Remembered): Promise<void> {
    const text = JSON.stringify(remembered);
    if (Buffer.byteLength(text) > OFFER_MAX_BYTES) return this.forget(server);
    return this.#write(async () => {
      await ensureDirectory(this.#directory);
      await writeFileAtomic(this.#pathOf(server), text, { mode: 0o600 });
      await this.#prune();
    });
  }

  /** Never rejects. */
  forget(server: ServerIdentity): Promise<void> {
    return this.#write(() => rm(this.#pathOf(server), { force: true }));
  }

  /** Resolves when all is kept; nothing is written from then on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
  }

  /** In the order of the calls. */
  #write(work: () => Promise<void>): Promise<void> {
    if (this.#isClosed) return this.#writing;
    this.#writing = this.#writing.then(work).catch((error: unknown) => {
      this.#log.debug("what a server offers is not kept", { error: errorMessage(error) });
    });
    return this.#writing;
  }

  /** Drops those that were written longest ago. */
  async #prune(): Promise<void> {
    const names = await readdir(this.#directory);
    if (names.length <= FILES_MAX) return;
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#directory, name);
        // Another process has dropped it: then it is the first to go here, too.
        const entry = await stat(path).catch(() => undefined);
        return { path, writtenAt: entry?.mtimeMs ?? 0 };
      }),
    );
    files.sort((a, b) => a.writtenAt - b.writtenAt);
    for (const { path } of files.slice(0, -FILES_MAX)) await rm(path, { force: true });
  }

  #pathOf({ name, config, directory }: ServerIdentity): string {
    // Where a local one runs may be what it works on.
    const place = config.type === "local" ? directory : "";
    const text = stableStringify({ name, config, place });
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 32);
    return join(this.#directory, `${hash}.json`);
  }
}
