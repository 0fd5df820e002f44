// Random interleavings of what an agent, a second session, commands, commits and a person do to the
// same files, with undo and redo in between; and what must hold, judged line by line: every line
// has one author, so that whose lines an undo took or brought back can be told.

import { expect } from "bun:test";
import { errorMessage } from "@/base/error";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readSeed } from "@test/support/seed";
import type { RevertBench } from "./revert-bench";

/** Deterministic; the seed is printed with a failure. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }
}

export interface InterleavingCounts {
  undone: number;
  files: number;
  skipped: number;
  redone: number;
  refused: number;
}

type Lines = string[] | undefined;
type Files = Map<string, Lines>;

/** What one turn of the agent did to a file. */
interface TurnChange {
  file: string;
  added: Set<string>;
  removed: Set<string>;
}

interface DoneTurn {
  user: string;
  changes: TurnChange[];
}

const COMMIT = "if [ -e .git ]; then git add -A && git commit -qm x --allow-empty; fi";
const NAMES = ["a.txt", "b.txt", "sub/c.txt"];

class Interleaving {
  readonly #bench: RevertBench;
  readonly #random: Random;
  readonly #other: string;
  readonly #session: string;
  readonly #counts: InterleavingCounts;
  readonly #eol: string;
  #turns: DoneTurn[] = [];
  #line = 0;

  constructor(bench: RevertBench, seed: number, counts: InterleavingCounts) {
    this.#bench = bench;
    this.#random = new Random(seed);
    this.#session = bench.sessions.create().id;
    this.#other = bench.sessions.create().id;
    this.#counts = counts;
    this.#eol = this.#random.below(4) === 0 ? "\r\n" : "\n";
  }

  async run(steps: number): Promise<void> {
    for (const name of NAMES) {
      const lines = Array.from({ length: 4 + this.#random.below(12) }, () => this.#newLine("base"));
      await this.#write(name, this.#random.below(6) === 0 ? undefined : lines);
    }
    for (let step = 0; step < steps; step++) await this.#step();
    if (this.#turns.length > 0) await this.#undo();
  }

  async #step(): Promise<void> {
    const roll = this.#random.below(100);
    if (roll < 38) await this.#agentTurn();
    else if (roll < 68) await this.#edit("person");
    else if (roll < 80) await this.#otherTurn();
    else if (roll < 82) await this.#bench.run(COMMIT);
    else if (this.#turns.length > 0) await this.#undo();
  }

  async #agentTurn(): Promise<void> {
    const before = await this.#readAll();
    const calls = Array.from({ length: 1 + this.#random.below(2) }, () => {
      const isCommand = this.#random.below(5) === 0;
      return isCommand ? this.#command : this.#toolCall;
    });
    const turn = await this.#bench.turn(
      calls.map((call) => (changes: CallChangesLike) => call.call(this, changes, "agent")),
      this.#session,
    );
    this.#turns.push({ user: turn.user, changes: changesOf(before, await this.#readAll()) });
  }

  async #otherTurn(): Promise<void> {
    const call = this.#random.below(6) === 0 ? this.#command : this.#toolCall;
    await this.#bench.turn(
      [(changes: CallChangesLike) => call.call(this, changes, "other")],
      this.#other,
    );
  }

  /** As edit and write do: the file is known, its change is recorded. */
  async #toolCall(changes: CallChangesLike, author: string): Promise<void> {
    const name = this.#random.pick(NAMES);
    const path = join(this.#bench.directory, name);
    await changes.files([path], () => this.#edit(author, name));
  }

  /** As bash does: any file, seen only as the difference of two trees. */
  async #command(changes: CallChangesLike, author: string): Promise<void> {
    await changes.tree(async () => {
      for (let left = 1 + this.#random.below(2); left > 0; left--) await this.#edit(author);
    });
  }

  async #edit(author: string, name = this.#random.pick(NAMES)): Promise<void> {
    const lines = await this.#read(name);
    const roll = this.#random.below(20);
    if (!lines) {
      const made = Array.from({ length: 1 + this.#random.below(5) }, () => this.#newLine(author));
      return this.#write(name, made);
    }
    if (roll === 0) return this.#write(name, undefined);
    const at = this.#random.below(lines.length + 1);
    const removed = roll < 8 ? 0 : 1 + this.#random.below(2);
    const added = roll > 15 ? 0 : 1 + this.#random.below(2);
    const fresh = Array.from({ length: added }, () => this.#newLine(author));
    await this.#write(name, lines.toSpliced(at, removed, ...fresh));
  }

  async #undo(): Promise<void> {
    const index = this.#random.below(this.#turns.length);
    const turn = this.#turns[index];
    if (!turn) return;
    const before = await this.#readAll();
    const { revert } = await this.#bench.revert(turn.user, undefined, this.#session);
    const skipped = new Set(revert?.skipped?.map(({ file }) => file));
    const after = await this.#readAll();
    const undone = this.#turns.slice(index);
    for (const name of NAMES) {
      const changes = undone.flatMap((one) => one.changes.filter(({ file }) => file === name));
      checkFile(name, before.get(name), after.get(name), changes, skipped.has(name));
      if (changes.length > 0) this.#counts.files++;
    }
    this.#counts.undone++;
    this.#counts.skipped += skipped.size;
    await this.#goOn(index, before);
  }

  /** Redo at once, redo after a person's edit, or a prompt that makes it final. */
  async #goOn(index: number, before: Files): Promise<void> {
    const roll = this.#random.below(4);
    if (roll === 0) {
      this.#bench.reverts.finalize(this.#session);
      this.#turns = this.#turns.slice(0, index);
      return;
    }
    if (roll > 1) {
      await this.#bench.unrevert(this.#session);
      expect(await this.#readAll()).toEqual(before);
      this.#counts.redone++;
      return;
    }
    const undone = await this.#readAll();
    await this.#edit("person");
    const edited = await this.#readAll();
    const error = await this.#bench.unrevert(this.#session).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const now = await this.#readAll();
    if (error === undefined) {
      this.#counts.redone++;
      // Lines that the agent had removed, and the undo brought back, go again.
      const [was, left] = [new Set(linesOf(before)), new Set(linesOf(undone))];
      const kept = linesOf(edited).filter((line) => was.has(line) || !left.has(line));
      expect(linesOf(now).toSorted()).toEqual(kept.toSorted());
      return;
    }
    expect(errorMessage(error)).toContain("Nothing was brought back");
    expect(now).toEqual(edited);
    this.#counts.refused++;
    this.#bench.reverts.finalize(this.#session);
    this.#turns = this.#turns.slice(0, index);
  }

  #newLine(author: string): string {
    return `${author} ${this.#line++}`;
  }

  async #readAll(): Promise<Files> {
    const files: Files = new Map();
    for (const name of NAMES) files.set(name, await this.#read(name));
    return files;
  }

  async #read(name: string): Promise<Lines> {
    const text = await this.#bench.read(name);
    return text === undefined ? undefined : text.split(/(?<=\n)/).filter((line) => line !== "");
  }

  async #write(name: string, lines: Lines): Promise<void> {
    const path = join(this.#bench.directory, name);
    if (!lines) return rm(path, { force: true });
    const text = lines.map((line) => (line.endsWith("\n") ? line : line + this.#eol)).join("");
    await this.#bench.write(name, text);
  }
}

interface CallChangesLike {
  files<T>(paths: readonly string[], work: () => Promise<T>): Promise<T>;
  tree<T>(work: () => Promise<T>): Promise<T>;
}

/** The person's lines. */
function linesOf(files: Files): string[] {
  const lines = [...files.values()].flatMap((some) => some ?? []);
  return lines.filter((line) => line.startsWith("person "));
}

function changesOf(before: Files, after: Files): TurnChange[] {
  return NAMES.flatMap((file) => {
    const [from, to] = [before.get(file) ?? [], after.get(file) ?? []];
    const added = new Set(to.filter((line) => !from.includes(line)));
    const removed = new Set(from.filter((line) => !to.includes(line)));
    const isChanged = before.get(file)?.join("") !== after.get(file)?.join("");
    return isChanged ? [{ file, added, removed }] : [];
  });
}

/** Undo took the undone turns' own lines, brought back those they had removed, and no others. */
function checkFile(
  name: string,
  before: Lines,
  after: Lines,
  changes: readonly TurnChange[],
  isSkipped: boolean,
): void {
  if (isSkipped || changes.length === 0) {
    expect({ name, lines: after }).toEqual({ name, lines: before });
    return;
  }
  const added = new Set(changes.flatMap((change) => [...change.added]));
  const removed = new Set(changes.flatMap((change) => [...change.removed]));
  const result = after ?? [];
  const others = (before ?? []).filter((line) => !added.has(line));
  // A line that a turn removed and somebody wrote again cannot be: each is written once.
  expect({ name, kept: result.filter((line) => !removed.has(line)) }).toEqual({
    name,
    kept: others.filter((line) => !removed.has(line)),
  });
  const wanted = [...removed].filter((line) => !added.has(line)).toSorted();
  expect({ name, back: result.filter((line) => removed.has(line)).toSorted() }).toEqual({
    name,
    back: wanted,
  });
}

/** Runs so many interleavings from a seed; a failure names the seed of its own. */
export async function runInterleavings(
  bench: RevertBench,
  options: { seed: number; count: number; steps: number },
): Promise<InterleavingCounts> {
  const counts: InterleavingCounts = { undone: 0, files: 0, skipped: 0, redone: 0, refused: 0 };
  for (let index = 0; index < options.count; index++) {
    const seed = options.seed + index;
    try {
      await new Interleaving(bench, seed, counts).run(options.steps);
    } catch (error) {
      throw new Error(`interleaving with SEED=${seed} COUNT=1: ${errorMessage(error)}`, {
        cause: error,
      });
    }
  }
  return counts;
}

/** The seed, and COUNT of the environment or else the given one. */
export function readPlan(count: number): { seed: number; count: number } {
  return { seed: readSeed(), count: Number(process.env["COUNT"] ?? count) };
}
