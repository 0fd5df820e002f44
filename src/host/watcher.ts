// Watcher: tells which files of a directory are made, changed and removed, and which branch is
// checked out, whoever does it. Ignored files are not told. Nothing is watched until the start, and
// that comes a moment later, so that it is in nobody's way. Where the system watches no more, all
// watching ends, with one line in the log.
import { type FSWatcher, watch } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import type { Clock } from "@/base/clock";
import { errorMessage, isAbort } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Publish } from "@/schema/event";
import type { Git } from "./git";
import type { Ripgrep } from "./ripgrep";
import { WatchedTree } from "./watched-tree";

const START_MS = 1_000;
/** What happens to a file within this time is one change. */
const SETTLE_MS = 100;
/** Paths of one moment; more of them are a checkout or a build, after which clients list anew. */
const TOUCHED_MAX = 10_000;
/** Never watched, whatever is ignored. */
const IGNORED_NAMES: readonly string[] = [".git", ".hg", ".svn", "node_modules", ".DS_Store"];

export interface WatcherOptions {
  directory: string;
  git?: Git;
  ripgrep: Ripgrep;
  publish: Publish;
  clock: Clock;
  log: Logger;
  /** Nothing is ever watched. */
  isOff?: boolean;
  /** Further patterns of what is ignored, relative to the directory. */
  ignore: () => Promise<readonly string[]>;
}

export class Watcher {
  readonly #options: WatcherOptions;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  readonly #tree: WatchedTree;
  #touched = new Set<string>();
  #ignore: readonly Bun.Glob[] = [];
  #branch: string | undefined;
  #head: FSWatcher | undefined;
  #opening: Promise<void> | undefined;
  #settling: Promise<void> = Promise.resolve();
  #cancelStart: (() => void) | undefined;
  #cancelSettle: (() => void) | undefined;
  #cancelBranch: (() => void) | undefined;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#log = options.log.child("watcher");
    this.#tree = new WatchedTree(options.directory, {
      onTouch: (path) => this.#touch(path),
      onExhausted: (code) => this.#giveUp(code),
    });
  }

  /** Begins to watch soon, unless it has begun: to be called when somebody listens. */
  start(): void {
    const { clock, isOff } = this.#options;
    if (isOff || this.#cancelStart || this.#closing.signal.aborted) return;
    this.#cancelStart = clock.timer(START_MS, () => {
      this.#opening = this.#open().catch((error: unknown) => {
        if (isAbort(error)) return;
        this.#log.warn("cannot watch the directory", { error: errorMessage(error) });
      });
    });
  }

  /** Resolves when all is watched that was there at the start, if it has begun. */
  async ready(): Promise<void> {
    await this.#opening;
  }

  async close(): Promise<void> {
    this.#stop();
    await Promise.all([this.#opening, this.#settling]);
  }

  #stop(): void {
    this.#closing.abort();
    for (const cancel of [this.#cancelStart, this.#cancelSettle, this.#cancelBranch]) cancel?.();
    this.#head?.close();
    this.#tree.close();
  }

  async #open(): Promise<void> {
    const { directory, git, ignore, ripgrep } = this.#options;
    const { signal } = this.#closing;
    this.#ignore = (await ignore()).map((pattern) => new Bun.Glob(pattern));
    if (git) await this.#watchHead(git);
    for await (const batch of ripgrep.fileBatches({ cwd: directory, signal })) {
      const paths = batch.filter((path) => !this.#isExcluded(path));
      if (paths.every((path) => this.#tree.addFile(join(directory, path)))) continue;
      this.#log.info("the directory is too large to be watched in full");
      break;
    }
    await this.#tree.watchAll();
  }

  async #watchHead(git: Git): Promise<void> {
    this.#branch = await git.branch();
    if (this.#closing.signal.aborted) return;
    const { clock, publish } = this.#options;
    const check = async () => {
      const branch = await git.branch().catch(() => this.#branch); // gone: nothing is checked out
      if (this.#closing.signal.aborted || branch === this.#branch) return;
      this.#branch = branch;
      publish("vcs.branch.updated", branch === undefined ? {} : { branch });
    };
    this.#head = watch(git.gitDirectory, { persistent: false }, (_, name) => {
      if (name !== "HEAD") return;
      this.#cancelBranch?.();
      this.#cancelBranch = clock.timer(SETTLE_MS, () => void check());
    });
    // The repository was removed; what is told of its files says so.
    this.#head.on("error", () => this.#head?.close());
  }

  #touch(path: string): void {
    if (this.#closing.signal.aborted || this.#touched.size >= TOUCHED_MAX) return;
    if (this.#isExcluded(relative(this.#options.directory, path))) return;
    this.#touched.add(path);
    this.#cancelSettle ??= this.#options.clock.timer(SETTLE_MS, () => {
      this.#cancelSettle = undefined;
      const touched = [...this.#touched];
      this.#touched = new Set();
      this.#settling = this.#settling
        .then(() => this.#settle(touched))
        .catch((error: unknown) => {
          if (isAbort(error)) return;
          this.#log.warn("cannot tell what has changed", { error: errorMessage(error) });
        });
    });
  }

  /** Finds out what has happened to these paths, and tells it. */
  async #settle(paths: readonly string[]): Promise<void> {
    const unknown: string[] = [];
    const directories = new Set<string>();
    for (const path of paths) {
      const found = await lstat(path).catch(() => undefined); // gone, or not to be read: the same
      if (!found) this.#tellRemoved(path);
      else if (this.#tree.hasFile(path)) this.#tell(path, "change");
      else if (!this.#tree.hasDirectory(path)) unknown.push(path);
      if (found?.isDirectory()) directories.add(path);
    }
    const ignored = new Set(await this.#findIgnored(unknown));
    for (const path of unknown.filter((one) => !ignored.has(one))) {
      if (directories.has(path)) await this.#addDirectory(path);
      else this.#tellAdded(path);
    }
  }

  /** Watched before it is read, so that nothing is made in between unseen. */
  async #addDirectory(path: string): Promise<void> {
    if (!this.#tree.addDirectory(path)) return;
    const names = await readdir(path).catch(() => []); // gone again
    for (const name of names) this.#touch(join(path, name));
  }

  #tellAdded(path: string): void {
    this.#tree.addFile(path);
    this.#tell(path, "add");
  }

  #tellRemoved(path: string): void {
    if (this.#tree.hasFile(path)) {
      this.#tree.removeFile(path);
      this.#tell(path, "unlink");
    }
    for (const file of this.#tree.removeDirectory(path)) this.#tell(file, "unlink");
  }

  #tell(file: string, event: "add" | "change" | "unlink"): void {
    if (this.#closing.signal.aborted) return;
    this.#options.publish("file.watcher.updated", { file, event });
  }

  async #findIgnored(paths: readonly string[]): Promise<string[]> {
    const { directory, git } = this.#options;
    const ignored = git ? await git.ignored(paths, this.#closing.signal) : [];
    return ignored.map((path) => resolve(directory, path));
  }

  /** By names and patterns alone; what git ignores is asked when something new appears. */
  #isExcluded(local: string): boolean {
    if (local.split(/[/\\]/).some((name) => IGNORED_NAMES.includes(name))) return true;
    return this.#ignore.some((glob) => glob.match(local) || glob.match(basename(local)));
  }

  #giveUp(code: string): void {
    if (this.#closing.signal.aborted) return;
    const advice = "changes of files are not told; raise fs.inotify.max_user_watches to have them";
    this.#log.warn(`the system watches no more files: ${advice}`, {
      code,
      directory: basename(this.#options.directory),
    });
    this.#stop();
  }
}
