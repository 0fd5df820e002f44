// PluginModules: imports the files of people, TypeScript included, into this process. What such a
// file imports as "@opencode-ai/plugin" is given by the program, so that nothing need be installed
// beside it; what it prints on the console goes into the log. Nothing is loaded or registered
// before the first file is asked for.
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { z as Zod } from "zod/v4";
import { errorMessage, unavailable } from "@/base/error";
import type { Clock } from "@/base/clock";
import { divertConsole, type Logger } from "@/base/log";
import { withinTime } from "./within-time";

export type ZodModule = typeof Zod;

/** What a file may do while it is imported. */
const IMPORT_LIMIT_MS = 10_000;

export class PluginModules {
  readonly #clock: Clock;
  readonly #log: Logger;
  #isRegistered = false;
  #isZodGiven = false;
  #endDivert: (() => void) | undefined;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
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
      this.#register(path);
      const importing: Promise<unknown> = import(`${path}?${mtimeMs}`);
      const loaded = await withinTime(importing, IMPORT_LIMIT_MS, this.#clock);
      return { ...(loaded as Record<string, unknown>) };
    } catch (error) {
      throw unavailable(`${path} could not be loaded: ${errorMessage(error)}`, { path }, error);
    }
  }

  /** The schema library that `tool.schema` is. */
  zod(): Promise<ZodModule> {
    return importZod();
  }

  #register(path: string): void {
    if (!this.#isRegistered) provide("@opencode-ai/plugin", pluginExports);
    if (!this.#isRegistered) provide("@opencode-ai/plugin/tool", pluginExports);
    this.#isRegistered = true;
    this.#endDivert ??= divertConsole(this.#log);
    // Files written for a directory with node_modules find it there through @opencode-ai/plugin.
    if (this.#isZodGiven || isResolvable("zod", path)) return;
    provide("zod", async () => ({ ...(await import("zod/v4")) }));
    this.#isZodGiven = true;
  }
}

async function importZod(): Promise<ZodModule> {
  return (await import("zod/v4")).z;
}

async function pluginExports(): Promise<Record<string, unknown>> {
  const schema = await importZod();
  return { tool: Object.assign((definition: unknown) => definition, { schema }) };
}

function provide(name: string, exports: () => Promise<Record<string, unknown>>): void {
  Bun.plugin({
    name,
    setup(builder) {
      builder.module(name, async () => ({ exports: await exports(), loader: "object" }));
    },
  });
}

function isResolvable(name: string, path: string): boolean {
  try {
    return Bun.resolveSync(name, dirname(path)) !== "";
  } catch {
    return false; // which is what was asked
  }
}
