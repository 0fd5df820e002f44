// Undo on the disk: plans all files, then writes them so that a crash in the middle leaves, once it
// has been noticed, either all of them or none changed. What happens is noted before the first
// write; the session's row decides which of the two it is.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage, unavailable } from "@/base/error";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";
import type { Logger } from "@/base/log";
import type { KeyedLock } from "@/base/queue";
import {
  type FileEntry,
  type FileVersion,
  isSameMode,
  readEntry,
  removeTemporary,
  writeEntry,
} from "@/host/snapshot-entry";
import type { Snapshots } from "@/host/snapshots";
import type { ChangeChain } from "./revert-changes";
import { type Contents, type KeptEntry, planFile, type UndoneFile } from "./revert-plan";

/** What was undone, and what could not be; `name` is undefined when no file was changed. */
export interface UndoneFiles {
  name: string | undefined;
  files: UndoneFile[];
  skipped: SkippedFile[];
}

export interface SkippedFile {
  file: string;
  reason: string;
}

/** From what is on the disk to what is to be there. */
interface FileMove {
  file: string;
  from?: FileVersion | undefined;
  to?: FileVersion | undefined;
}

interface PlannedMove {
  move: FileMove;
  /** What a later redo needs; undefined when the file is as it was before any undo. */
  undone: UndoneFile | undefined;
  /** The same of the undo before this one. */
  earlier: UndoneFile | undefined;
}

/** Written before the first move, removed after the last: what a crash leaves behind. */
interface PendingMoves {
  /** The undo that the session names once this is committed; none when everything is redone. */
  target?: string | undefined;
  moves: FileMove[];
}

/** How many files are planned at once: their contents are in memory. */
const PLANNED_AT_ONCE = 100;

export class RevertFiles {
  readonly #snapshots: Snapshots;
  readonly #locks: KeyedLock;
  readonly #log: Logger;

  /** `locks` are those that tools take before they change a file. */
  constructor(snapshots: Snapshots, locks: KeyedLock, log: Logger) {
    this.#snapshots = snapshots;
    this.#locks = locks;
    this.#log = log;
  }

  /** The files of an undo; AppError unavailable when they are no longer known. */
  async read(name: string): Promise<UndoneFile[]> {
    const bytes = await this.#snapshots.read(name);
    if (!bytes) throw unavailable("What was undone is no longer kept, and cannot be brought back");
    return JSON.parse(bytes.toString()) as UndoneFile[];
  }

  /**
   * Brings back what `earlier` undid, takes `changes` out instead, and calls `commit` in between
   * the last write and the point of no return. With `isStrict` nothing is changed unless all of it
   * can be. Throws what `commit` throws, with the files put back.
   */
  async apply(
    input: {
      sessionID: string;
      earlier: readonly UndoneFile[];
      changes: ReadonlyMap<string, ChangeChain[]>;
      isStrict?: boolean;
    },
    commit: (done: UndoneFiles) => void | Promise<void>,
  ): Promise<UndoneFiles> {
    const names = [...new Set([...input.earlier.map(({ file }) => file), ...input.changes.keys()])];
    return this.#withFileLocks(names, async () => {
      const { planned, skipped } = await this.#plan(names, input);
      const isHeld = input.isStrict && skipped.length > 0;
      const moves = isHeld ? [] : planned.filter(({ move }) => isMove(move));
      const undone = planned.flatMap((one) => one.undone ?? []);
      const name = undone.length > 0 ? await this.#keepPlan(undone) : undefined;
      const done = { name, files: undone, skipped };
      if (moves.length === 0) {
        await commit(done);
        return done;
      }
      return this.#move(input.sessionID, planned, moves, done, commit);
    });
  }

  /**
   * Ends what a crash left of this session: all files as before, unless `committed`, the undo that
   * the session names, is what was to be reached.
   */
  async recover(sessionID: string, committed: string | undefined): Promise<void> {
    const pending = await this.#readPending(sessionID);
    if (!pending) return;
    if (pending.target === committed) await this.#removePending(sessionID);
    else await this.#putBack(sessionID, pending.moves);
  }

  /** The sessions in which a crash left something. */
  async listPending(): Promise<string[]> {
    const names = await readdir(this.#pendingDirectory).catch((): string[] => []); // none ever
    return names.flatMap((name) => /^(ses_\w+)\.json$/.exec(name)?.[1] ?? []);
  }

  async #plan(
    names: readonly string[],
    input: { earlier: readonly UndoneFile[]; changes: ReadonlyMap<string, ChangeChain[]> },
  ): Promise<{ planned: PlannedMove[]; skipped: SkippedFile[] }> {
    const earlier = new Map(input.earlier.map((one) => [one.file, one]));
    const planned: PlannedMove[] = [];
    const skipped: SkippedFile[] = [];
    for (let index = 0; index < names.length; index += PLANNED_AT_ONCE) {
      const some = names.slice(index, index + PLANNED_AT_ONCE);
      const contents = await this.#load(some, earlier, input.changes);
      for (const file of some) {
        const chains = input.changes.get(file) ?? [];
        const outcome = await this.#planOne(file, earlier.get(file), chains, contents);
        if ("reason" in outcome) skipped.push(outcome);
        else planned.push(outcome);
      }
    }
    // A file that is left as it is stays undone as far as it was.
    for (const { file } of skipped) {
      const undone = earlier.get(file);
      if (undone) planned.push({ move: { file }, undone, earlier: undone });
    }
    return { planned, skipped };
  }

  async #planOne(
    file: string,
    earlier: UndoneFile | undefined,
    chains: readonly ChangeChain[],
    contents: Contents,
  ): Promise<PlannedMove | SkippedFile> {
    const found = await readEntry(file);
    if (found === "other") return { file, reason: "it is not a file that can be undone" };
    const present = found && (await keepEntry(found, contents));
    const plan = await planFile({ present, earlier, chains }, contents);
    if ("skipped" in plan) return { file, reason: plan.skipped };
    const [redo, undone] = [versionOf(plan.redo), versionOf(plan.undone)];
    return {
      move: { file, from: versionOf(present), to: undone },
      undone: isSame(redo, undone) ? undefined : { file, redo, undone },
      earlier,
    };
  }

  async #load(
    files: readonly string[],
    earlier: ReadonlyMap<string, UndoneFile>,
    changes: ReadonlyMap<string, ChangeChain[]>,
  ): Promise<Contents> {
    const versions = files.flatMap((file) => {
      const undone = earlier.get(file);
      const chains = changes.get(file) ?? [];
      return [undone?.redo, undone?.undone, ...chains.flatMap((one) => [one.before, one.after])];
    });
    const known = await this.#snapshots.readAll(versions.flatMap((one) => one?.hash ?? []));
    return {
      find: (hash) => known.get(hash),
      keep: (bytes) => this.#snapshots.put(bytes, { durable: true }),
    };
  }

  async #keepPlan(undone: readonly UndoneFile[]): Promise<string> {
    return this.#snapshots.put(Buffer.from(JSON.stringify(undone)), { durable: true });
  }

  async #move(
    sessionID: string,
    planned: readonly PlannedMove[],
    moves: readonly PlannedMove[],
    done: UndoneFiles,
    commit: (done: UndoneFiles) => void | Promise<void>,
  ): Promise<UndoneFiles> {
    const all = moves.map(({ move }) => move);
    await this.#writePending(sessionID, { target: done.name, moves: all });
    try {
      const failed = await this.#writeAll(sessionID, all);
      const result = failed.length === 0 ? done : await this.#without(failed, planned, done);
      if (result.name !== done.name) {
        await this.#writePending(sessionID, { target: result.name, moves: all });
      }
      await commit(result);
      await this.#removePending(sessionID);
      return result;
    } catch (error) {
      await this.#putBack(sessionID, all);
      throw error;
    }
  }

  /** Removals first: a file may have to make room for a directory, or the other way round. */
  async #writeAll(sessionID: string, moves: readonly FileMove[]): Promise<SkippedFile[]> {
    const ordered = [...moves.filter(({ to }) => !to), ...moves.filter(({ to }) => to)];
    const failed: SkippedFile[] = [];
    const contents = await this.#snapshots.readAll(moves.flatMap(({ to }) => to?.hash ?? []));
    const nothing = { changes: [], uncertain: [] };
    const write = async () => {
      for (const { file, from, to } of ordered) {
        const reason = await this.#writeOne({ file, from, to }, sessionID, contents);
        if (reason !== undefined) failed.push({ file, reason });
      }
    };
    // Recorded, so that it is not taken for the doing of a command that runs elsewhere.
    await this.#snapshots.recordFiles(
      ordered.map(({ file }) => file),
      nothing,
      write,
    );
    return failed;
  }

  async #writeOne(
    { file, from, to }: FileMove,
    sessionID: string,
    contents: ReadonlyMap<string, Buffer>,
  ): Promise<string | undefined> {
    const bytes = to && contents.get(to.hash);
    if (to && !bytes) return "its earlier content is no longer kept";
    if (!(await this.#isAt(file, from))) return "changed while it was being undone";
    const entry: FileEntry | undefined = to && bytes && { bytes, mode: to.mode };
    const place = { root: this.#snapshots.worktree, mark: sessionID };
    return writeEntry(file, entry, place).then(() => undefined, errorMessage);
  }

  async #isAt(file: string, version: FileVersion | undefined): Promise<boolean> {
    const found = await readEntry(file);
    if (found === "other" || !found || !version) return found === version;
    if (!isSameMode(found.mode, version.mode)) return false;
    return (await this.#snapshots.put(found.bytes)) === version.hash;
  }

  /** The undo without the files that could not be written; they stay as far undone as they were. */
  async #without(
    failed: readonly SkippedFile[],
    planned: readonly PlannedMove[],
    done: UndoneFiles,
  ): Promise<UndoneFiles> {
    const names = new Set(failed.map(({ file }) => file));
    const files = planned.flatMap((one) => {
      return (names.has(one.move.file) ? one.earlier : one.undone) ?? [];
    });
    const name = files.length > 0 ? await this.#keepPlan(files) : undefined;
    return { name, files, skipped: [...done.skipped, ...failed] };
  }

  async #putBack(sessionID: string, moves: readonly FileMove[]): Promise<void> {
    for (const { file } of moves) await removeTemporary(file, sessionID);
    const written: FileMove[] = [];
    for (const move of moves) if (await this.#isAt(move.file, move.to)) written.push(move);
    const back = written.map(({ file, from, to }) => ({ file, from: to, to: from }));
    const failed = await this.#writeAll(sessionID, back);
    for (const { file, reason } of failed) {
      this.#log.error("a file could not be put back after an undo failed", { file, reason });
    }
    await this.#removePending(sessionID);
  }

  async #readPending(sessionID: string): Promise<PendingMoves | undefined> {
    const text = await readTextIfExists(this.#pendingPath(sessionID));
    return text === undefined ? undefined : (JSON.parse(text) as PendingMoves);
  }

  async #writePending(sessionID: string, pending: PendingMoves): Promise<void> {
    await ensureDirectory(this.#pendingDirectory);
    await writeFileAtomic(this.#pendingPath(sessionID), JSON.stringify(pending));
  }

  async #removePending(sessionID: string): Promise<void> {
    await rm(this.#pendingPath(sessionID), { force: true });
  }

  get #pendingDirectory(): string {
    return join(this.#snapshots.directory, "pending");
  }

  #pendingPath(sessionID: string): string {
    return join(this.#pendingDirectory, `${sessionID}.json`);
  }

  #withFileLocks<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    // In one order everywhere, so that two of us never wait for each other.
    const locked = [...names]
      .sort()
      .reduceRight<() => Promise<T>>((inner, name) => () => this.#locks.run(name, inner), work);
    return locked();
  }
}

async function keepEntry(entry: FileEntry, contents: Contents): Promise<KeptEntry> {
  return { ...entry, hash: await contents.keep(entry.bytes) };
}

function versionOf(entry: KeptEntry | undefined): FileVersion | undefined {
  return entry && { hash: entry.hash, mode: entry.mode };
}

function isMove({ from, to }: FileMove): boolean {
  return !isSame(from, to);
}

function isSame(a: FileVersion | undefined, b: FileVersion | undefined): boolean {
  return a?.hash === b?.hash && a?.mode === b?.mode;
}
