// Who changed which file while commands ran. A command's changes are seen only as the difference of
// two trees; the journal has what others are known to have written between, and which commands ran
// side by side, in this process and in others. From that follows what a command alone can have
// done. It is a file, written under the store's lock, and gone whenever nothing runs and nothing is
// written.
import { appendFile, rm } from "node:fs/promises";
import { readTextIfExists } from "@/base/file";
import { isSameProcess, type ProcessIdentity } from "@/base/process";
import { type FileVersion, isSameMode } from "./snapshot-entry";
import type { TreeChange } from "./snapshot-git";

/** Paths are absolute; a family is a session with all that it began; `at` is from orderNow. */
export type JournalEntry = Command | CommandEnd | Write | WriteEnd;

interface Entry {
  id: string;
  at: number;
}

interface Command extends Entry {
  type: "begin";
  family: string;
  owner: ProcessIdentity;
  tree: string;
}

interface CommandEnd extends Entry {
  type: "end";
  tree: string;
}

/** `id` is of one file in one call. */
interface Write extends Entry {
  type: "write-begin";
  file: string;
  owner: ProcessIdentity;
  before?: FileVersion;
}

interface WriteEnd extends Entry {
  type: "write-end";
  file: string;
  after?: FileVersion;
}

/** From one version of a file (absolute path) to another; undefined stands for no file. */
export interface FileChange {
  file: string;
  before?: FileVersion | undefined;
  after?: FileVersion | undefined;
  /** When it was complete, from orderNow. */
  at: number;
}

/** A number that only serves to put changes in order, also those of several processes. */
export function orderNow(): number {
  return performance.timeOrigin + performance.now();
}

/** `uncertain` are files that somebody else may have changed. */
export interface FileChanges {
  changes: FileChange[];
  uncertain: string[];
}

export class SnapshotJournal {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<JournalEntry[]> {
    const text = (await readTextIfExists(this.#path)) ?? "";
    return text.split("\n").flatMap(parseEntry);
  }

  /** Adds an entry; forgets everything when nobody who lives is at work any more. */
  async add(entry: JournalEntry): Promise<void> {
    const { commands, writes } = inProgress(await this.read());
    const others = [...commands, ...writes].filter(({ id }) => id !== entry.id);
    const isAlone = !others.some(({ owner }) => isSameProcess(owner));
    if (isAlone) await rm(this.#path, { force: true });
    const isBeginning = entry.type === "begin" || entry.type === "write-begin";
    if (isAlone && !isBeginning) return;
    await appendFile(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }
}

/**
 * What the command `id` did, whose end is the last entry: in the order of time, each stretch
 * between two known states of a file. `diff` gives the differences of two trees with absolute
 * paths.
 */
export async function attribute(
  entries: readonly JournalEntry[],
  id: string,
  diff: (from: string, to: string) => Promise<TreeChange[]>,
): Promise<FileChanges> {
  const stretches = splitStretches(entries, id);
  const differences: Map<string, TreeChange>[] = [];
  for (const { from, to } of stretches) {
    const changes = await diff(from, to);
    differences.push(new Map(changes.map((change) => [change.file, change])));
  }
  const files = new Set(differences.flatMap((changes) => [...changes.keys()]));
  const result: FileChanges = { changes: [], uncertain: [] };
  for (const file of files) {
    const pieces = splitFile(file, stretches, differences);
    const { changes, isUncertain } = takeOwn(pieces, stretches, id);
    result.changes.push(...changes);
    if (isUncertain) result.uncertain.push(file);
  }
  return result;
}

/** Between two beginnings or ends of commands, whosever. */
interface Stretch {
  from: string;
  to: string;
  /** The time of its end. */
  at: number;
  families: Set<string>;
  /** The command of our family that began first: it alone answers for the stretch. */
  owner: string | undefined;
  /** Of the first stretch: those that had begun before, and not ended. */
  early: Write[];
  writes: (Write | WriteEnd)[];
}

/** A change of a file by somebody unknown, in these stretches. */
interface Piece extends FileChange {
  stretches: Set<number>;
}

function splitStretches(entries: readonly JournalEntry[], id: string): Stretch[] {
  const stretches: Stretch[] = [];
  const active = new Map<string, Command>();
  let tree: string | undefined;
  let writes: Stretch["writes"] = [];
  let early: Write[] = [];
  for (const [index, entry] of entries.entries()) {
    const own = active.get(id);
    if (entry.type === "write-begin" || entry.type === "write-end") {
      if (own) writes.push(entry);
      continue;
    }
    if (entry.id === id && entry.type === "begin") {
      early = inProgress(entries.slice(0, index)).writes;
    }
    if (own && tree !== undefined) {
      const commands = [...active.values()];
      const families = new Set(commands.map((command) => command.family));
      const owner = commands.find((command) => command.family === own.family)?.id;
      const { at, tree: to } = entry;
      stretches.push({ from: tree, to, at, families, owner, writes, early });
      [writes, early] = [[], []];
    }
    tree = entry.tree;
    if (entry.type === "begin") active.set(entry.id, entry);
    else active.delete(entry.id);
    if (entry.id === id && entry.type === "end") break;
  }
  return stretches;
}

/** What happened to the file besides the known writes. */
function splitFile(
  file: string,
  stretches: readonly Stretch[],
  differences: readonly Map<string, TreeChange>[],
): Piece[] {
  const pieces: Piece[] = [];
  const open = new Set<string>();
  let state = differences.find((changes) => changes.has(file))?.get(file)?.before;
  let atPoint = state;
  let since = new Set<number>();
  const advance = (after: FileVersion | undefined, at: number) => {
    const piece = { file, before: state, after, at, stretches: since };
    if (!isSameVersion(state, after)) pieces.push(piece);
    state = after;
  };
  for (const [index, { at, early, writes }] of stretches.entries()) {
    since.add(index);
    for (const write of early) if (write.file === file) open.add(write.id);
    for (const write of writes.filter((one) => one.file === file)) {
      if (write.type === "write-begin") {
        if (open.size === 0) advance(write.before, write.at);
        open.add(write.id);
      } else if (open.delete(write.id) && open.size === 0) {
        state = write.after;
        since = new Set([index]);
      }
    }
    const change = differences[index]?.get(file);
    atPoint = change ? change.after : atPoint;
    // In the middle of a write the tree may have the file before or after it.
    if (open.size > 0) continue;
    advance(atPoint, at);
    since = new Set();
  }
  return pieces;
}

function takeOwn(
  pieces: readonly Piece[],
  stretches: readonly Stretch[],
  id: string,
): { changes: FileChange[]; isUncertain: boolean } {
  const changes: FileChange[] = [];
  let isUncertain = false;
  for (const { stretches: indexes, ...change } of pieces) {
    const during = stretches.filter((_, index) => indexes.has(index));
    if (during.every(({ families }) => families.size === 1)) {
      if (during[0]?.owner === id) changes.push(change);
    } else isUncertain = true;
  }
  return { changes, isUncertain };
}

/** Same content and the same meaning of the mode. */
export function isSameVersion(a: FileVersion | undefined, b: FileVersion | undefined): boolean {
  if (!a || !b) return a === b;
  return a.hash === b.hash && isSameMode(a.mode, b.mode);
}

/** What has begun and not ended. */
function inProgress(entries: readonly JournalEntry[]): { commands: Command[]; writes: Write[] } {
  const begun = new Map<string, Command | Write>();
  for (const entry of entries) {
    if (entry.type === "begin" || entry.type === "write-begin") begun.set(entry.id, entry);
    else begun.delete(entry.id);
  }
  const all = [...begun.values()];
  return {
    commands: all.filter((entry) => entry.type === "begin"),
    writes: all.filter((entry) => entry.type === "write-begin"),
  };
}

/** Our own file, so its lines are what we wrote, but for one that a crash cut short. */
function parseEntry(line: string): JournalEntry[] {
  if (line === "") return [];
  try {
    return [JSON.parse(line) as JournalEntry];
  } catch {
    return []; // cut short: whoever wrote it is dead
  }
}
