// Which files of a worktree may have changed, as the kernel tells it (Linux). Either all of them,
// or nothing is said: what cannot be known (a queue that was too short, another file system, rules
// of what is ignored that have changed) ends the watch, and the caller looks at every file.
// Two things the kernel does not tell are looked at again each time: files that have another name
// elsewhere (hard links), and files written lately, which may still be mapped by who wrote them.
// Not told is what is written by a name outside of the worktree that was made since the start.
import { lstatSync, readdirSync, readFileSync, type Stats, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode } from "@/base/error";
import { IN, type Inotify, type InotifyEvent, openInotify } from "./inotify";

export interface TouchedPathsOptions {
  root: string;
  /** Those of these directories that are ignored; they are not watched. */
  findIgnored: (directories: readonly string[]) => Promise<ReadonlySet<string>>;
}

/** Paths are relative to the root, with slashes. */
export interface Touched {
  paths: ReadonlySet<string>;
  /** Directories that went with all that was below them, of which nothing is said. */
  moved: ReadonlySet<string>;
  /** Of the watch; another number than the last time's says that more may have changed. */
  watch: number;
}

const DIRECTORIES_MAX = 10_000;
/** Beyond this so much goes on that it is simpler to begin anew. */
const TOUCHED_MAX = 2_000;
/** Of each kind that is looked at each time. */
const SUSPECTS_MAX = 500;
/** While a watch is set up others get their turn after so many directories. */
const SLICE = 8;
/** A watch that ends sooner was not worth it; after so many of those there is no other. */
const TAKES_MIN = 3;
const USELESS_MAX = 5;
/** File systems that change by this kernel alone: ext, btrfs, xfs, tmpfs, f2fs, zfs, overlayfs. */
const LOCAL_TYPES: readonly number[] = [
  0xef53, 0x9123683e, 0x58465342, 0x01021994, 0xf2f52010, 0x2fc12fc1, 0x794c7630,
];

/** Of a repository inside the worktree only its `.git` is of interest. */
interface Watched {
  path: string;
  isNested: boolean;
}

/** Why a watch has ended; never leaves this file. */
class Lost extends Error {}

export class TouchedPaths {
  readonly #options: TouchedPathsOptions;
  #queue: Inotify | undefined;
  #root: Stats | undefined;
  /** The number of the watch; undefined while there is none, or not all of it. */
  #watch: number | undefined;
  #starts = 0;
  #takes = 0;
  #useless = 0;
  #touched = new Set<string>();
  #moved = new Set<string>();
  /** Directories that have come, or have become readable. */
  readonly #fresh = new Set<string>();
  readonly #byWatch = new Map<number, Watched>();
  readonly #byPath = new Map<string, number>();
  /** Directories that are watched even when they are ignored: files in them are tracked. */
  readonly #tracked = new Set<string>();
  /** How these looked the last time. */
  readonly #linked = new Map<string, string>();
  readonly #written = new Map<string, string>();

  constructor(options: TouchedPathsOptions) {
    this.#options = options;
  }

  /** Whether there is no watch, and it is worth while to start one. */
  get canStart(): boolean {
    const isPossible = process.platform === "linux" && this.#useless < USELESS_MAX;
    return isPossible && this.#queue === undefined;
  }

  /**
   * Begins to watch, where that is possible and not done yet; `files` are the tracked ones. True
   * when a watch has begun: what is touched from then on is told.
   */
  async start(files: Iterable<string>, signal: AbortSignal): Promise<boolean> {
    if (!this.canStart) return false;
    this.#useless++;
    this.#takes = 0;
    try {
      this.#queue = await openInotify();
      signal.throwIfAborted();
      if (!LOCAL_TYPES.includes(statfsSync(this.#options.root).type)) throw new Lost();
      this.#root = lstatSync(this.#options.root);
      for (const file of files) this.#track(dirname(file));
      await this.#addAll([""], (path) => this.#findLinked(path), signal);
      this.#watch = ++this.#starts;
      return true;
    } catch {
      this.stop(); // then every file is looked at, as without a watch
      return false;
    }
  }

  /** What may have changed since the last call; undefined when that may be anything. */
  async take(): Promise<Touched | undefined> {
    const watch = this.#watch;
    if (watch === undefined) return undefined;
    try {
      this.#checkRoot();
      for (const event of this.#queue?.read() ?? []) this.#note(event);
      const fresh = [...this.#fresh];
      this.#fresh.clear();
      await this.#addAll(fresh, (path) => this.#touch(path));
      const [paths, moved] = [this.#touched, this.#moved];
      [this.#touched, this.#moved] = [new Set(), new Set()];
      this.#lookAgain(paths);
      if (++this.#takes >= TAKES_MIN) this.#useless = 0;
      return { paths, moved, watch };
    } catch {
      this.stop(); // whatever went wrong: nothing is known now
      return undefined;
    }
  }

  /** Ends the watch; another may be started. */
  stop(): void {
    this.#queue?.close();
    this.#queue = undefined;
    this.#watch = undefined;
    for (const map of [this.#byWatch, this.#byPath, this.#linked, this.#written]) map.clear();
    for (const set of [this.#touched, this.#moved, this.#fresh, this.#tracked]) set.clear();
  }

  #track(directory: string): void {
    if (directory === "." || this.#tracked.has(directory)) return;
    this.#tracked.add(directory);
    this.#track(dirname(directory));
  }

  /** The directory at the root's path may have been exchanged as a whole. */
  #checkRoot(): void {
    const { dev, ino } = lstatSync(this.#options.root);
    if (dev !== this.#root?.dev || ino !== this.#root.ino) throw new Lost();
  }

  #note({ watch, mask, name }: InotifyEvent): void {
    if (mask & IN.OVERFLOW) throw new Lost();
    const watched = this.#byWatch.get(watch);
    if (!watched) return; // of a directory that has gone since
    const { path, isNested } = watched;
    if (mask & IN.IGNORED) this.#forget(path);
    else if (mask & (IN.UNMOUNT | IN.MOVE_SELF)) throw new Lost();
    else if (name === "") this.#fresh.add(path);
    else if (name === ".git" && path !== "") throw new Lost();
    else if (name === ".gitignore" && !isNested) throw new Lost();
    else if (!isNested && isText(name)) this.#noteEntry(join(path, name), mask);
  }

  #noteEntry(path: string, mask: number): void {
    if (path === ".git") return;
    this.#touch(path);
    if (!(mask & IN.IS_DIRECTORY)) return;
    const hasGone = (mask & (IN.DELETE | IN.MOVED_FROM)) !== 0;
    if (mask & IN.MOVED_FROM && this.#byPath.has(path)) this.#moved.add(path);
    if (hasGone) this.#forgetAll(path);
    else this.#fresh.add(path);
  }

  #touch(path: string): void {
    if (this.#touched.add(path).size > TOUCHED_MAX) throw new Lost();
  }

  #forget(path: string): void {
    const watch = this.#byPath.get(path);
    if (watch === undefined) return;
    this.#byPath.delete(path);
    this.#byWatch.delete(watch);
    this.#queue?.unwatch(watch);
  }

  /** A directory that was moved away takes its watches with it, which would tell wrong paths. */
  #forgetAll(path: string): void {
    const isBelow = (other: string) => other === path || other.startsWith(`${path}/`);
    for (const other of [...this.#byPath.keys()].filter(isBelow)) this.#forget(other);
    for (const other of [...this.#fresh].filter(isBelow)) this.#fresh.delete(other);
  }

  /** Watches these directories and all below that are not ignored, and visits their files. */
  async #addAll(
    first: readonly string[],
    visit: (file: string) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    let count = 0;
    for (let level = first; level.length > 0;) {
      const isKnown = (path: string) =>
        path === "" || this.#byPath.has(path) || this.#tracked.has(path);
      const unknown = level.filter((path) => !isKnown(path));
      const ignored = unknown.length > 0 ? await this.#options.findIgnored(unknown) : undefined;
      const next: string[] = [];
      for (const path of level) {
        signal?.throwIfAborted();
        if (!ignored?.has(path)) next.push(...this.#add(path, visit));
        if (++count % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      level = next;
    }
  }

  /** Watched before it is read, so that nothing is made in between unseen; gives those below. */
  #add(path: string, visit: (file: string) => void): string[] {
    const watch = this.#queue?.watch(join(this.#options.root, path));
    const entries = this.#list(path);
    if (!entries) return [];
    const isNested = path !== "" && entries.some(({ name }) => name === ".git");
    if (isNested && !this.#isRepository(path)) throw new Lost();
    if (watch === undefined || this.#byPath.size >= DIRECTORIES_MAX) throw new Lost();
    // Moved while the watch was set up: it would tell paths that were.
    if ((this.#byWatch.get(watch)?.path ?? path) !== path) throw new Lost();
    this.#byWatch.set(watch, { path, isNested });
    this.#byPath.set(path, watch);
    if (isNested) return [];
    const below: string[] = [];
    for (const entry of entries) {
      const local = join(path, entry.name);
      if (!isText(local) || entry.name === ".git") continue;
      if (!entry.isDirectory()) visit(local);
      else if (!this.#byPath.has(local)) below.push(local);
    }
    return below;
  }

  /** Undefined where there is no directory, or one that git cannot read either. */
  #list(path: string) {
    const absolute = join(this.#options.root, path);
    try {
      if (lstatSync(absolute).dev !== this.#root?.dev) throw new Lost();
      return readdirSync(absolute, { withFileTypes: true });
    } catch (error) {
      const code = errorCode(error) ?? "";
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      if (code === "EACCES" && !this.#tracked.has(path)) return undefined;
      throw error;
    }
  }

  /** What git leaves out as another repository, and cannot become a part of this one unseen. */
  #isRepository(path: string): boolean {
    const git = join(this.#options.root, path, ".git");
    if (this.#tracked.has(path)) return false;
    if (lstatSync(git).isFile()) return readFileSync(git, "latin1").startsWith("gitdir: ");
    return ["HEAD", "objects", "refs"].every((name) => look(join(git, name)) !== undefined);
  }

  #findLinked(file: string): void {
    const found = look(join(this.#options.root, file));
    if (found?.isLinked) this.#linked.set(file, found.state);
    if (this.#linked.size > SUSPECTS_MAX) throw new Lost();
  }

  /** Adds those of the suspects that look different; what is touched is suspect from now on. */
  #lookAgain(paths: Set<string>): void {
    for (const [path, state] of [...this.#linked, ...this.#written]) {
      if (look(join(this.#options.root, path))?.state !== state) paths.add(path);
    }
    for (const path of paths) {
      const found = look(join(this.#options.root, path));
      const isKnown = this.#linked.delete(path);
      this.#written.delete(path);
      // A name was added, here or elsewhere, and the file may be written by the other one.
      if (found?.isLinked && !isKnown) throw new Lost();
      if (found?.isLinked) this.#linked.set(path, found.state);
      else if (found?.isFile) this.#written.set(path, found.state);
    }
    const excess = this.#written.size - SUSPECTS_MAX;
    for (const path of [...this.#written.keys()].slice(0, Math.max(0, excess))) {
      this.#written.delete(path);
    }
  }
}

/** A name that is no text is left out by git's reader as well. */
function isText(name: string): boolean {
  return !name.includes("\uFFFD");
}

function look(path: string): { state: string; isFile: boolean; isLinked: boolean } | undefined {
  try {
    const found = lstatSync(path);
    const { ino, mode, size, mtimeMs, ctimeMs, nlink } = found;
    const state = `${ino} ${mode} ${size} ${mtimeMs} ${ctimeMs}`;
    const isFile = found.isFile();
    return { state, isFile, isLinked: isFile && nlink > 1 };
  } catch {
    return undefined; // gone, or what is above it
  }
}
