// Finding files and directories by a few letters of their path. The list of paths is made on the
// first search and renewed behind later ones, so that typing never waits for the disk. Nothing
// runs while nobody searches.
import type { Clock } from "@/base/clock";
import { errorMessage, isAbort } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Ripgrep } from "./ripgrep";

export interface FileSearchOptions {
  /** Only files, or only directories. */
  type?: "file" | "directory";
  /** False leaves directories out. */
  dirs?: boolean;
  /** From 1 to 200, default 10. */
  limit?: number;
}

const FILE_SEARCH_LIMIT_MAX = 200;
const LIMIT_DEFAULT = 10;
/** An older list is renewed behind the search that finds it old. */
const FRESH_MS = 5_000;
const ENTRIES_MAX = 500_000;
/** The first search waits this long for the list, then answers from what is there of it. */
const FIRST_WAIT_MS = 250;
/** What has been listed by then is the list. */
const BUILD_MAX_MS = 10_000;
const QUERY_MAX_LENGTH = 256;
/** How many paths are ranked; enough that the best are among them. */
const CANDIDATES_MAX = 1_000;

interface Entries {
  paths: string[];
  /** The same in lower case, for matching. */
  lower: string[];
  /** Which letters and digits occur in each, one bit each: rules out most paths at once. */
  letters: Uint32Array;
  /** The first that is a directory; files stand before it. */
  firstDirectory: number;
}

export class FileIndex {
  readonly #directory: string;
  readonly #ripgrep: Ripgrep;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  #entries: Entries | undefined;
  /** When the last listing began. */
  #builtAt = 0;
  #changed = false;
  #building: Promise<Entries> | undefined;
  /** What the listing under way has found so far. */
  #listed: string[] = [];

  constructor(directory: string, ripgrep: Ripgrep, clock: Clock, log: Logger) {
    this.#directory = directory;
    this.#ripgrep = ripgrep;
    this.#clock = clock;
    this.#log = log.child("file-index");
  }

  /**
   * Paths relative to the directory, best first; directories end with a slash. Ignored files and
   * `.git` are left out. An empty query gives the shallowest. While a very large directory is
   * listed for the first time, the answer comes from a part of it. Throws the signal's reason on
   * abort.
   */
  async search(
    query: string,
    options: FileSearchOptions = {},
    signal?: AbortSignal,
  ): Promise<string[]> {
    const entries = await this.#get(signal);
    const limit = Math.min(Math.max(options.limit ?? LIMIT_DEFAULT, 1), FILE_SEARCH_LIMIT_MAX);
    const range = selectRange(entries, options);
    const terms = query.slice(0, QUERY_MAX_LENGTH).toLowerCase().split(/\s+/).filter(Boolean);
    if (terms.length === 0) return shallowest(entries, range, limit);
    const candidates = findCandidates(entries, range, terms);
    return rank(candidates, terms.join(" "), limit);
  }

  /** Has the list renewed by the next search: to be called when a file was made or removed. */
  invalidate(): void {
    this.#changed = true;
  }

  /** Ends a listing that is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#building?.catch(() => undefined); // it was just ended
  }

  async #get(signal?: AbortSignal): Promise<Entries> {
    signal?.throwIfAborted();
    const present = this.#entries;
    const fresh = !this.#changed && this.#clock.now() - this.#builtAt < FRESH_MS;
    if (present && fresh) return present;
    const building = this.#build();
    if (present) return present;
    const first = await this.#waitFirst(building, signal);
    return first ?? makeEntries([...this.#listed]);
  }

  /** The whole list, or undefined when it takes too long. */
  #waitFirst(building: Promise<Entries>, signal?: AbortSignal): Promise<Entries | undefined> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal?.reason);
      const waitMs = Math.max(0, this.#builtAt + FIRST_WAIT_MS - this.#clock.now());
      const cancel = this.#clock.timer(waitMs, () => resolve(undefined));
      signal?.addEventListener("abort", onAbort, { once: true });
      building.then(resolve, reject).finally(() => {
        cancel();
        signal?.removeEventListener("abort", onAbort);
      });
    });
  }

  #build(): Promise<Entries> {
    if (this.#building) return this.#building;
    const building = this.#list()
      .then((paths) => {
        this.#entries = makeEntries(paths);
        return this.#entries;
      })
      .finally(() => {
        this.#building = undefined;
      });
    // At the start, so that a change meanwhile makes the list old again.
    this.#builtAt = this.#clock.now();
    this.#changed = false;
    building.catch((error: unknown) => {
      if (!isAbort(error)) this.#log.warn("cannot list files", { error: errorMessage(error) });
    });
    this.#building = building;
    return building;
  }

  async #list(): Promise<string[]> {
    const enough = new AbortController();
    const cancel = this.#clock.timer(BUILD_MAX_MS, () => enough.abort());
    const signal = AbortSignal.any([enough.signal, this.#closing.signal]);
    const paths: string[] = [];
    this.#listed = paths;
    try {
      for await (const batch of this.#ripgrep.fileBatches({ cwd: this.#directory, signal })) {
        for (const path of batch) paths.push(path);
        if (paths.length >= ENTRIES_MAX) break;
      }
    } catch (error) {
      if (!enough.signal.aborted || this.#closing.signal.aborted) throw error;
    } finally {
      cancel();
      this.#listed = [];
    }
    if (enough.signal.aborted || paths.length >= ENTRIES_MAX) {
      const facts = { directory: this.#directory, files: paths.length };
      this.#log.warn("the directory is too large to be listed in full", facts);
    }
    return paths.slice(0, ENTRIES_MAX);
  }
}

function makeEntries(files: string[]): Entries {
  const directories = new Set<string>();
  for (const file of files) {
    for (let end = file.lastIndexOf("/"); end > 0; end = file.lastIndexOf("/", end - 1)) {
      const directory = file.slice(0, end + 1);
      if (directories.has(directory)) break; // and so have been all above it
      directories.add(directory);
    }
  }
  const paths = [...files, ...directories];
  const lower = paths.map((path) => path.toLowerCase());
  const letters = Uint32Array.from(lower, letterBits);
  return { paths, lower, letters, firstDirectory: files.length };
}

/** One bit for each letter and a few for the rest; a path has all bits of what it contains. */
function letterBits(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    bits |= code >= 97 && code <= 122 ? 1 << (code - 97) : 1 << (26 + (code % 6));
  }
  return bits >>> 0;
}

type Range = readonly [from: number, to: number];

function selectRange(entries: Entries, options: FileSearchOptions): Range {
  const end = entries.paths.length;
  if (options.type === "directory") return [entries.firstDirectory, end];
  if (options.type === "file" || options.dirs === false) return [0, entries.firstDirectory];
  return [0, end];
}

function shallowest(entries: Entries, [from, to]: Range, limit: number): string[] {
  const levels: string[][] = [];
  for (let index = from; index < to; index++) {
    const path = entries.paths[index] ?? "";
    (levels[depthOf(path)] ??= []).push(path);
  }
  const found: string[] = [];
  for (const level of levels) {
    if (found.length >= limit) break;
    found.push(...(level ?? []).sort().slice(0, limit - found.length));
  }
  return found;
}

function depthOf(path: string): number {
  return path.split("/").length - (path.endsWith("/") ? 2 : 1);
}

/**
 * A cheap choice of what is worth ranking: paths that hold the words as such, those in whose last
 * part they stand first, and only if these are few, paths that hold the letters in their order.
 */
function findCandidates(entries: Entries, [from, to]: Range, terms: string[]): string[] {
  const bits = letterBits(terms.join(""));
  const inName: string[] = [];
  const inPath: string[] = [];
  const maybe: number[] = [];
  for (let index = from; index < to && inName.length < CANDIDATES_MAX * 4; index++) {
    if (((entries.letters[index] ?? 0) & bits) >>> 0 !== bits) continue;
    const lower = entries.lower[index] ?? "";
    const path = entries.paths[index] ?? "";
    if (!terms.every((term) => lower.includes(term))) maybe.push(index);
    else if (lower.lastIndexOf(terms.at(-1) ?? "") >= nameStart(lower)) inName.push(path);
    else if (inPath.length < CANDIDATES_MAX) inPath.push(path);
  }
  // Among very many, the short ones are the likely ones.
  inName.sort((a, b) => a.length - b.length);
  const found = [...inName.slice(0, CANDIDATES_MAX), ...inPath];
  for (const index of maybe) {
    if (found.length >= CANDIDATES_MAX) break;
    const lower = entries.lower[index] ?? "";
    if (terms.every((term) => isSubsequence(term, lower))) found.push(entries.paths[index] ?? "");
  }
  return found.slice(0, CANDIDATES_MAX);
}

function nameStart(path: string): number {
  return path.lastIndexOf("/", path.length - 2) + 1;
}

function isSubsequence(term: string, path: string): boolean {
  let at = -1;
  for (let index = 0; index < term.length; index++) {
    at = path.indexOf(term.charAt(index), at + 1);
    if (at < 0) return false;
  }
  return true;
}

/** Best first; of equals the shorter, then in the order of the alphabet. */
async function rank(candidates: string[], query: string, limit: number): Promise<string[]> {
  const { default: fuzzysort } = await import("fuzzysort");
  const results = fuzzysort.go(query, candidates, { limit: CANDIDATES_MAX, threshold: 0 });
  const ranked = results.map(({ target, score }) => {
    return { target, score: score + nameBonus(target, query) };
  });
  ranked.sort(
    (a, b) =>
      b.score - a.score ||
      a.target.length - b.target.length ||
      (a.target < b.target ? -1 : a.target > b.target ? 1 : 0),
  );
  fuzzysort.cleanup();
  return ranked.slice(0, limit).map(({ target }) => target);
}

/** People mean names: a name that is, begins with or holds the query goes before the rest. */
function nameBonus(path: string, query: string): number {
  const name = path.slice(nameStart(path)).replace(/\/$/, "").toLowerCase();
  if (name === query || name.replace(/\.[^.]+$/, "") === query) return 1;
  if (name.startsWith(query)) return 0.5;
  return name.includes(query) ? 0.25 : 0;
}
