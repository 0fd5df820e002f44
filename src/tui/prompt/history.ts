// History: the prompts sent before, as a person walks through them. The draft that was being
// written is kept as the newest. Pure but for the place in the walk; the file is prompt-files.ts.
import { type Draft, draftText, isBlank, isSameDraft } from "./draft";

/** How a prompt is sent: to the model, as a shell command, or as one the model never hears of. */
export type PromptMode = "prompt" | "shell" | "private-shell";

export interface Entry {
  draft: Draft;
  mode: PromptMode;
}

export const HISTORY_MAX = 500;

export class History {
  /** Oldest first. */
  #entries: readonly Entry[] = [];
  /** The place in the walk; the length stands for what was being written. */
  #at = 0;
  #written: Entry | undefined;

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  load(entries: readonly Entry[]): void {
    this.#entries = [...entries, ...this.#entries].slice(-HISTORY_MAX);
    this.leave();
  }

  /** Puts the entry at the end; false when it says nothing, or the same as the last one. */
  add(entry: Entry): boolean {
    this.leave();
    const last = this.#entries.at(-1);
    if (isBlank(entry.draft) || (last && isSame(last, entry))) return false;
    this.#entries = [...this.#entries, entry].slice(-HISTORY_MAX);
    this.#at = this.#entries.length;
    return true;
  }

  /** The entry before; `now` is kept where the person left it. Undefined at the oldest. */
  previous(now: Entry): Entry | undefined {
    if (this.#at === 0) return undefined;
    if (this.#at === this.#entries.length) this.#written = now;
    this.#at--;
    return this.#entries[this.#at];
  }

  /** The entry behind, at last what was being written; undefined when there is none. */
  next(): Entry | undefined {
    if (this.#at >= this.#entries.length) return undefined;
    this.#at++;
    return this.#at === this.#entries.length ? this.#written : this.#entries[this.#at];
  }

  /** Ends the walk: what is in the box now is what is being written. */
  leave(): void {
    this.#at = this.#entries.length;
    this.#written = undefined;
  }

  /** Newest first, each text once. */
  distinct(): Entry[] {
    const seen = new Set<string>();
    return this.#entries.toReversed().filter(({ draft, mode }) => {
      const key = `${mode} ${draftText(draft)}`;
      return !seen.has(key) && seen.add(key);
    });
  }
}

function isSame(a: Entry, b: Entry): boolean {
  return a.mode === b.mode && isSameDraft(a.draft, b.draft);
}
