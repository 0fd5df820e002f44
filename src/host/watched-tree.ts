// The directories that are watched and the files that are known in them. Says which path was
// touched; what happened to it is watcher.ts's to find out. On Linux each directory has a watch of
// its own, so that what is ignored costs nothing; elsewhere the system watches the whole tree.
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode } from "@/base/error";

const DIRECTORIES_MAX = 10_000;
/** Files beyond this are watched, but when one is changed it passes for a new one. */
const FILES_MAX = 100_000;
/** Watches are set so many at a time, so that others get their turn. */
const SLICE = 200;

export interface TreeHooks {
  onTouch(path: string): void;
  /** The system watches no more: `code` is its reason. */
  onExhausted(code: string): void;
}

interface Directory {
  names: Set<string>;
  watcher?: FSWatcher;
}

export class WatchedTree {
  readonly #root: string;
  readonly #hooks: TreeHooks;
  readonly #directories = new Map<string, Directory>();
  #fileCount = 0;
  #whole: FSWatcher | undefined;
  #isClosed = false;

  constructor(root: string, hooks: TreeHooks) {
    this.#root = root;
    this.#hooks = hooks;
    this.#directories.set(root, { names: new Set() });
  }

  hasFile(path: string): boolean {
    return this.#directories.get(dirname(path))?.names.has(basename(path)) ?? false;
  }

  hasDirectory(path: string): boolean {
    return this.#directories.has(path);
  }

  /**
   * Makes a file known, and the directories above it; those are not watched yet. False when there
   * are too many of either.
   */
  addFile(path: string): boolean {
    const directory = dirname(path);
    if (!this.#add(directory) || this.#fileCount >= FILES_MAX) return false;
    const names = this.#directories.get(directory)?.names;
    if (!names || names.has(basename(path))) return true;
    names.add(basename(path));
    this.#fileCount++;
    return true;
  }

  /** Watches one more directory; false when there are too many. */
  addDirectory(path: string): boolean {
    if (!this.#add(path)) return false;
    this.#watch(path);
    return true;
  }

  /** Watches all that is known so far. */
  async watchAll(): Promise<void> {
    if (process.platform !== "linux") return this.#watchWhole();
    let count = 0;
    for (const path of this.#directories.keys()) {
      if (this.#isClosed) return;
      this.#watch(path);
      if (++count % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  removeFile(path: string): void {
    if (this.#directories.get(dirname(path))?.names.delete(basename(path))) this.#fileCount--;
  }

  /** Forgets a directory and all below it; gives the files that were known there. */
  removeDirectory(path: string): string[] {
    const files: string[] = [];
    for (const [directory, { names, watcher }] of this.#directories) {
      if (directory !== path && !directory.startsWith(join(path, "/"))) continue;
      watcher?.close();
      this.#directories.delete(directory);
      this.#fileCount -= names.size;
      files.push(...[...names].map((name) => join(directory, name)));
    }
    return files;
  }

  close(): void {
    this.#isClosed = true;
    this.#whole?.close();
    for (const { watcher } of this.#directories.values()) watcher?.close();
    this.#directories.clear();
  }

  #add(path: string): boolean {
    if (this.#directories.has(path)) return true;
    if (this.#isClosed || this.#directories.size >= DIRECTORIES_MAX) return false;
    // Above the root there is nothing of ours.
    if (!path.startsWith(join(this.#root, "/")) || !this.#add(dirname(path))) return false;
    this.#directories.set(path, { names: new Set() });
    return true;
  }

  #watch(path: string): void {
    const directory = this.#directories.get(path);
    if (!directory || directory.watcher || process.platform !== "linux") return;
    const watcher = this.#open(path, false);
    if (watcher) directory.watcher = watcher;
  }

  #watchWhole(): void {
    this.#whole = this.#open(this.#root, true);
  }

  #open(path: string, recursive: boolean): FSWatcher | undefined {
    try {
      const watcher = watch(path, { recursive, persistent: false }, (_, name) => {
        const touched = name === null ? path : join(path, name);
        if (this.#directories.has(dirname(touched))) this.#hooks.onTouch(touched);
      });
      watcher.on("error", (error) => this.#fail(error));
      return watcher;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #fail(error: unknown): void {
    const code = errorCode(error) ?? "";
    // Anything else is about one directory that has gone, which is told by the one above it.
    if (code === "ENOSPC" || code === "EMFILE") this.#hooks.onExhausted(code);
  }
}
