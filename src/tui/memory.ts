// What the terminal UI remembers of a person's choices beyond its own life: theme, pins, favorites,
// what was used last. Two files of the state directory: model.json, which the server reads for its
// default model, and tui.json. Written a moment after a change, whole; what other programs wrote
// meanwhile is read first, so that two of them lose nothing of each other.

import { join } from "node:path";
import type { Clock } from "@/base/clock";
import { errorMessage } from "@/base/error";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";
import { isValid, t, type Static } from "@/base/schema";
import { ModelRef } from "@/schema/primitive";

const ModelChoices = t.Object({
  recent: t.Array(ModelRef),
  favorite: t.Array(ModelRef),
  /** The variant that was chosen last, by `provider/model`. */
  variant: t.Record(t.String(), t.String()),
});

const Choices = t.Object({
  /** `instead` is what tui.json said when it was chosen. */
  theme: t.Object({ name: t.String(), instead: t.String() }),
  themeMode: t.Union([t.Literal("auto"), t.Literal("dark"), t.Literal("light")]),
  /** Ids of sessions, in the order of their pinning. */
  pinned: t.Array(t.String()),
  /** Ids of actions, the last used first. */
  used: t.Array(t.String()),
  /** Projects that were looked at and found good. */
  allDirectories: t.Boolean(),
  tips: t.Boolean(),
  /** Plugins by id, whether they are on; what tui.json says of them counts less. */
  pluginEnabled: t.Record(t.String(), t.Boolean()),
});

const Remembered = t.Composite([ModelChoices, Choices]);
export type Remembered = Static<typeof Remembered>;
type Key = keyof Remembered;

const FILES: Readonly<Record<string, readonly Key[]>> = {
  "model.json": Object.keys(ModelChoices.properties) as Key[],
  "tui.json": Object.keys(Choices.properties) as Key[],
};
const WRITE_DELAY_MS = 200;
const LIST_MAX = 50;

export interface MemoryOptions {
  /** Nothing outlives the program without one. */
  directory: string | undefined;
  clock: Clock;
  onFault: (message: string) => void;
}

export class Memory {
  readonly #options: MemoryOptions;
  readonly #changed = new Set<Key>();
  #values: Partial<Remembered> = {};
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: MemoryOptions) {
    this.#options = options;
  }

  /** Reads what is there; what makes no sense is as if it were not. */
  async load(): Promise<void> {
    const read = await Promise.all(Object.keys(FILES).map((name) => this.#read(name)));
    const own = Object.fromEntries(
      [...this.#changed].map((key) => [key, this.#values[key]] as const),
    );
    this.#values = Object.assign({}, ...read, own);
  }

  get<K extends Key>(key: K): Remembered[K] | undefined {
    return this.#values[key];
  }

  set<K extends Key>(key: K, value: Remembered[K]): void {
    this.#values = { ...this.#values, [key]: limit(value) };
    this.#changed.add(key);
    if (this.#options.directory === undefined) return;
    this.#cancel ??= this.#options.clock.timer(WRITE_DELAY_MS, () => void this.flush());
  }

  /** Writes what has changed; resolves when it is on the disk, or has been told to be not. */
  flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const [name, keys] of Object.entries(FILES)) {
      const mine = changed.filter((key) => keys.includes(key));
      if (mine.length > 0) await this.#update(name, mine);
    }
  }

  async #update(name: string, keys: readonly Key[]): Promise<void> {
    const { directory, onFault } = this.#options;
    if (directory === undefined) return;
    const path = join(directory, name);
    try {
      const before = await this.#readRecord(path);
      await ensureDirectory(directory);
      const values = Object.fromEntries(keys.map((key) => [key, this.#values[key]] as const));
      await writeFileAtomic(path, JSON.stringify({ ...before, ...values }));
    } catch (error) {
      onFault(`Choices are not remembered: ${errorMessage(error)}`);
    }
  }

  async #read(name: string): Promise<Partial<Remembered>> {
    const { directory } = this.#options;
    if (directory === undefined) return {};
    const found = await this.#readRecord(join(directory, name));
    const entries = (FILES[name] ?? []).flatMap((key) => {
      const value = Object.hasOwn(found, key) ? found[key] : undefined;
      return isValid(Remembered.properties[key], value) ? [[key, value] as const] : [];
    });
    return Object.fromEntries(entries);
  }

  async #readRecord(path: string): Promise<Record<string, unknown>> {
    try {
      const value: unknown = JSON.parse((await readTextIfExists(path)) ?? "{}");
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? { ...value }
        : {};
    } catch {
      // A memory that cannot be read is no memory; choosing anew costs little.
      return {};
    }
  }
}

function limit<T>(value: T): T {
  return Array.isArray(value) ? (value.slice(0, LIST_MAX) as T) : value;
}

/** `item` first, and once. */
export function putFirst<T>(list: readonly T[], item: T, isSame: (a: T, b: T) => boolean): T[] {
  return [item, ...list.filter((other) => !isSame(other, item))];
}
