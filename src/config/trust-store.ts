// TrustStore: which content of which directory the person has trusted, in one private file. Only
// hashes are kept. A file that cannot be understood trusts nothing, and is written anew by the next
// decision.
import { join } from "node:path";
import { systemClock, type Clock } from "@/base/clock";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";
import { withFileLock } from "@/base/file-lock";
import { t, type Static, findIssues } from "@/base/schema";

/** `edit`: the person changed a directory that held nothing to be trusted, through this program. */
const Decision = t.Object({
  content: t.String(),
  by: t.Union([t.Literal("person"), t.Literal("edit")]),
  /** Milliseconds. */
  time: t.Number(),
});
export type Decision = Static<typeof Decision>;

const TrustFile = t.Object({ directories: t.Record(t.String(), Decision) });

/** The decisions made longest ago are forgotten: those are asked for again. */
const DIRECTORIES_MAX = 2_000;

export class TrustStore {
  readonly #state: string;
  readonly #path: string;
  readonly #clock: Clock;

  constructor(options: { stateDirectory: string; clock?: Clock }) {
    this.#state = options.stateDirectory;
    this.#path = join(options.stateDirectory, "trust.json");
    this.#clock = options.clock ?? systemClock;
  }

  /** What was decided of a directory (its real path). */
  async find(directory: string): Promise<Decision | undefined> {
    const all = await this.#read();
    return Object.hasOwn(all, directory) ? all[directory] : undefined;
  }

  async put(directory: string, decision: Omit<Decision, "time">): Promise<void> {
    await this.#change((all) => ({
      ...all,
      [directory]: { ...decision, time: this.#clock.now() },
    }));
  }

  async remove(directory: string): Promise<void> {
    await this.#change(({ [directory]: _, ...rest }) => rest);
  }

  async #change(
    change: (all: Record<string, Decision>) => Record<string, Decision>,
  ): Promise<void> {
    await ensureDirectory(this.#state);
    await withFileLock(join(this.#state, "trust.lock"), this.#clock, async () => {
      const kept = Object.entries(change(await this.#read()))
        .sort(([, a], [, b]) => b.time - a.time)
        .slice(0, DIRECTORIES_MAX);
      const text = JSON.stringify({ directories: Object.fromEntries(kept) }, undefined, 2);
      await writeFileAtomic(this.#path, `${text}\n`, { mode: 0o600 });
    });
  }

  async #read(): Promise<Record<string, Decision>> {
    const text = await readTextIfExists(this.#path);
    if (text === undefined) return {};
    try {
      const value: unknown = JSON.parse(text);
      // The schema was just found to fit.
      return findIssues(TrustFile, value).length === 0
        ? (value as Static<typeof TrustFile>).directories
        : {};
    } catch {
      return {}; // half a file of a crash: nothing is trusted until somebody decides again
    }
  }
}
