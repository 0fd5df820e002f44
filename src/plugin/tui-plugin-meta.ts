// What is known of plugins of the terminal UI from earlier starts: when each was first loaded, how
// often, and whether it is another one than the last time. One file, written under a lock.
import { dirname, join } from "node:path";
import type { Clock } from "@/base/clock";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";
import { withFileLock } from "@/base/file-lock";
import { isValid, t, type Static } from "@/base/schema";
import type { TuiPluginModule } from "./tui-plugin-loader";

const Known = t.Object({
  first_time: t.Number(),
  last_time: t.Number(),
  time_changed: t.Number(),
  load_count: t.Number(),
  fingerprint: t.String(),
});
const MetaFile = t.Record(t.String(), Known);
type Known = Static<typeof Known>;

/** As a plugin is told of itself, by the published names. */
export interface TuiPluginMeta extends Known {
  id: string;
  source: "file" | "npm";
  spec: string;
  target: string;
  requested?: string;
  version?: string;
  modified?: number;
  state: "first" | "updated" | "same";
}

const PLUGINS_MAX = 500;

export class TuiPluginMetas {
  readonly #path: string;
  readonly #clock: Clock;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Counts a load and says what is known of the plugin then. */
  async count(module: TuiPluginModule): Promise<TuiPluginMeta> {
    const { id, source, spec, target, version, modified } = module;
    const fingerprint = [target, version, modified].join(" ");
    const directory = dirname(this.#path);
    await ensureDirectory(directory);
    return withFileLock(join(directory, "plugin-meta.lock"), this.#clock, async () => {
      const all = await this.#read();
      const before = Object.hasOwn(all, id) ? all[id] : undefined;
      const isSame = before?.fingerprint === fingerprint;
      const now = this.#clock.now();
      const known: Known = {
        first_time: before?.first_time ?? now,
        last_time: now,
        time_changed: isSame ? before.time_changed : now,
        load_count: (before?.load_count ?? 0) + 1,
        fingerprint,
      };
      await writeFileAtomic(this.#path, JSON.stringify(newest({ ...all, [id]: known })));
      const state = before === undefined ? "first" : isSame ? "same" : "updated";
      const requested = source === "npm" ? { requested: spec } : {};
      const facts = { ...(version !== undefined && { version }), ...requested };
      const time = modified === undefined ? {} : { modified };
      return { id, source, spec, target, ...facts, ...time, ...known, state };
    });
  }

  async #read(): Promise<Record<string, Known>> {
    try {
      const value: unknown = JSON.parse((await readTextIfExists(this.#path)) ?? "{}");
      return isValid(MetaFile, value) ? value : {};
    } catch {
      return {}; // half a file: every plugin is loaded for the first time again
    }
  }
}

function newest(all: Record<string, Known>): Record<string, Known> {
  const entries = Object.entries(all).sort(([, a], [, b]) => b.last_time - a.last_time);
  return Object.fromEntries(entries.slice(0, PLUGINS_MAX));
}
