// Where the lines of a patch stand in a file, by ever looser readings of both. Each is looked for
// once, however often it is asked for. Which place is meant is patch-apply.ts's.
import { findLines, foldUnicode } from "./line-folding";
import { countUpTo } from "./text-span";

const READINGS: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
  (line) => foldUnicode(line).trim(),
];

export const LOOSEST = READINGS.length - 1;

/** Lines are counted from 0; `most` is the loosest reading to try, 0 the exact one. */
export class LinePlaces {
  readonly #texts: readonly string[];
  readonly #folded: (readonly string[])[] = [];
  /** By the lines that were looked for, then by reading. */
  readonly #found = new Map<readonly string[], (readonly number[])[]>();

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  /** All from `from` on by the strictest reading that has one; a loose one has just one. */
  find(wanted: readonly string[], from: number, most: number): readonly number[] {
    const { all, at } = this.#look(wanted, from, most);
    return all.slice(at);
  }

  /** The first of them. */
  first(wanted: readonly string[], from: number, most: number): number | undefined {
    const { all, at } = this.#look(wanted, from, most);
    return all[at];
  }

  #look(wanted: readonly string[], from: number, most: number) {
    for (let reading = 0; reading <= most; reading++) {
      const all = this.#all(wanted, reading);
      const at = countUpTo(all, from - 1);
      if (at === all.length) continue;
      return reading > 0 && all.length - at > 1 ? { all: [], at: 0 } : { all, at };
    }
    return { all: [], at: 0 };
  }

  #all(wanted: readonly string[], reading: number): readonly number[] {
    const found = this.#found.get(wanted) ?? [];
    this.#found.set(wanted, found);
    const fold = READINGS[reading] ?? String;
    const texts = (this.#folded[reading] ??= this.#texts.map(fold));
    return (found[reading] ??= findLines(texts, wanted.map(fold)));
  }
}
