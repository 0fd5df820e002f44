// PluginModules: imports the files of people, TypeScript included, into this process. What such a
// file imports as "@opencode-ai/plugin" is given by the program, so that nothing need be installed
// beside it; what it prints on the console goes into the log. Nothing is loaded or registered
// before the first file is asked for.
import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { z as Zod } from "zod/v4";
import { errorMessage, unavailable } from "@/base/error";
import type { Clock } from "@/base/clock";
import { divertConsole, type Logger } from "@/base/log";
import { callWithin } from "@/base/within-time";

export type ZodModule = typeof Zod;

/** What a file may do while it is imported. */
const IMPORT_LIMIT_MS = 10_000;

export class PluginModules {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #given = new Set<string>();
  /** What is given, by the names that files import it by. */
  readonly #always: Given;
  readonly #fallbacks: Given;
  #prepared = Promise.resolve();
  #loadOwn: () => Promise<unknown> = async () => undefined;
  #endDivert: (() => void) | undefined;

  /** `more` is what is given besides: always, and where a file has nothing of that name beside. */
  constructor(clock: Clock, log: Logger, more: { always?: Given; fallbacks?: Given } = {}) {
    this.#clock = clock;
    this.#log = log;
    this.#always = { ...OURS, ...more.always };
    this.#fallbacks = { ...FALLBACKS, ...more.fallbacks };
  }

  /**
   * Before anything is given, `load` is called once: packages of the program that mean another
   * package by a name that is given have to be loaded by then, because it is given to all.
   */
  loadFirst(load: () => Promise<unknown>): void {
    this.#loadOwn = load;
  }

  /** Gives the console back. */
  close(): void {
    this.#endDivert?.();
    this.#endDivert = undefined;
  }

  /**
   * What the file (an absolute path) exports; a file that has changed is imported anew, what it
   * imports itself is not. Throws AppError unavailable that says what is wrong with it.
   */
  async load(path: string): Promise<Record<string, unknown>> {
    try {
      const { mtimeMs } = await stat(path);
      await this.#prepare(path);
      const bound = { limitMs: IMPORT_LIMIT_MS, clock: this.#clock };
      const loaded = await callWithin(() => evaluate(`${path}?${mtimeMs}`), bound);
      return { ...(loaded as Record<string, unknown>) };
    } catch (error) {
      throw unavailable(`${path} could not be loaded: ${errorMessage(error)}`, { path }, error);
    }
  }

  /** The schema library that `tool.schema` is. */
  zod(): Promise<ZodModule> {
    return importZod();
  }

  /** One file at a time: what is given for one is there for the next. */
  #prepare(path: string): Promise<void> {
    this.#prepared = this.#prepared.then(() => this.#register(path));
    return this.#prepared;
  }

  async #register(path: string): Promise<void> {
    if (this.#given.size === 0) await this.#loadOwn();
    this.#endDivert ??= divertConsole(this.#log);
    for (const [name, load] of Object.entries(this.#always)) await this.#give(name, load);
    for (const [name, load] of Object.entries(this.#fallbacks)) {
      if (!isResolvable(name, path)) await this.#give(name, load);
    }
  }

  /** Loaded before it is given: from then on its name leads to what is given. */
  async #give(name: string, load: LoadGiven): Promise<void> {
    if (this.#given.has(name)) return;
    const exports = await load();
    this.#given.add(name);
    Bun.plugin({
      name,
      setup: (builder) => void builder.module(name, () => ({ exports, loader: "object" })),
    });
  }
}

/**
 * What a module exports. It is run by requiring it, which happens in the call, so that one that
 * never ends can be stopped; a module that waits for something can only be imported.
 */
function evaluate(module: string): Promise<unknown> {
  try {
    createRequire(module)(module);
  } catch (error) {
    if (!errorMessage(error).startsWith("require() async module")) throw error;
  }
  return import(module);
}

type Exports = Record<string, unknown>;
/** Loads a module of the program that files of people may import. */
type LoadGiven = () => Promise<Exports>;
type Given = Readonly<Record<string, LoadGiven>>;

/** What is always given by the program. */
const OURS: Given = {
  "@opencode-ai/plugin": pluginExports,
  "@opencode-ai/plugin/tool": pluginExports,
};

/** What comes with @opencode-ai/plugin where that is installed: for files that have none beside. */
const FALLBACKS: Given = {
  zod: async () => ({ ...(await import("zod/v4")) }),
  "@opencode-ai/sdk": async () => ({ ...(await import("@opencode-ai/sdk")) }),
  "@opencode-ai/sdk/client": async () => ({ ...(await import("@opencode-ai/sdk/client")) }),
};

async function importZod(): Promise<ZodModule> {
  return (await import("zod/v4")).z;
}

async function pluginExports(): Promise<Exports> {
  const schema = await importZod();
  return { tool: Object.assign((definition: unknown) => definition, { schema }) };
}

function isResolvable(name: string, path: string): boolean {
  try {
    return Bun.resolveSync(name, dirname(path)) !== "";
  } catch {
    return false; // which is what was asked
  }
}
