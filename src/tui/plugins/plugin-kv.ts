// Values that plugins keep, one store for all of them, in a file of the state directory. Written a
// moment after a change, and only what has changed: what another terminal UI wrote stays.
import { join } from "node:path";
import type { Clock } from "@/base/clock";
import { errorMessage } from "@/base/error";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";

const WRITE_DELAY_MS = 200;
const BYTES_MAX = 4 * 1024 * 1024;

type Values = Record<string, unknown>;

export class PluginKV {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #onFault: (message: string) => void;
  readonly #changed = new Set<string>();
  #values: ReadonlyMap<string, unknown> = new Map();
  #isReady = false;
  #cancel: (() => void) | undefined;
  #writing = Promise.resolve();

  constructor(directory: string, clock: Clock, onFault: (message: string) => void) {
    this.#directory = directory;
    this.#clock = clock;
    this.#onFault = onFault;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  async load(): Promise<void> {
    this.#values = new Map(Object.entries(await this.#read()));
    this.#isReady = true;
  }

  get(key: string): unknown {
    return this.#values.get(key);
  }

  /** What cannot be JSON is refused by a throw. */
  set(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    const kept: unknown = text === undefined ? undefined : JSON.parse(text);
    this.#values = new Map([...this.#values, [key, kept]]);
    this.#changed.add(key);
    this.#cancel ??= this.#clock.timer(WRITE_DELAY_MS, () => void this.flush());
  }

  /** Resolves when what has changed is on the disk, or has been told to be not. */
  flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  get #path(): string {
    return join(this.#directory, "kv.json");
  }

  async #write(): Promise<void> {
    const keys = [...this.#changed];
    this.#changed.clear();
    if (keys.length === 0) return;
    try {
      const own = Object.fromEntries(keys.map((key) => [key, this.#values.get(key)] as const));
      const text = JSON.stringify({ ...(await this.#read()), ...own });
      if (text.length > BYTES_MAX) throw new Error(`more than ${BYTES_MAX} bytes`);
      await ensureDirectory(this.#directory);
      await writeFileAtomic(this.#path, text, { mode: 0o600 });
    } catch (error) {
      this.#onFault(`What plugins keep is not written: ${errorMessage(error)}`);
    }
  }

  async #read(): Promise<Values> {
    try {
      const value: unknown = JSON.parse((await readTextIfExists(this.#path)) ?? "{}");
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? { ...value }
        : {};
    } catch {
      return {}; // half a file of a crash holds nothing
    }
  }
}
