// LanguageServers: what the rest of the program knows of language servers, for one project. Nothing
// starts before a file of a server's is touched, and nobody waits for a server without a limit: one
// that is slow, missing or broken costs its own answers only.
import { basename, extname, relative, resolve } from "node:path";
import type { Clock } from "@/base/clock";
import { type Env, flag } from "@/base/env";
import { errorMessage, isAbort, notFound, unavailable } from "@/base/error";
import { isInside } from "@/base/file";
import type { Logger } from "@/base/log";
import { KeyedLock } from "@/base/queue";
import type { Scope } from "@/base/scope";
import type { Config } from "@/schema/config";
import type { Publish } from "@/schema/event";
import type { LSPStatus } from "@/schema/status";
import { configuredServers } from "./configured-servers";
import { formatDiagnostics } from "./diagnostic-text";
import { isFile, readDocument } from "./document-text";
import { FileChanges, type FileEvent } from "./file-changes";
import { findRoots } from "./find-root";
import { atMost, firstAnswer } from "./first-answer";
import type { LanguageClient } from "./language-client";
import type { LanguageServer } from "./language-server";
import type { Feature } from "./server-features";
import type { Diagnostic } from "./protocol";
import { ServerInstaller } from "./server-installer";
import { ServerPool, type Wanted } from "./server-pool";

const NO_FETCH = "OPENCODE_DISABLE_LSP_DOWNLOAD";
/**
 * How long an edit waits to hear what it broke, and of that for a server to get ready, from its
 * start on: one that takes longer holds no edit up, and is heard of later.
 */
const EDIT_WAITS: Waits = { wordMs: 3_000, readyMs: 1_000 };
const NO_WAITS: Waits = { wordMs: 0, readyMs: 0 };
/** Files that late news is waited for of. */
const UNHEARD_MAX = 50;
/** So many of them are looked at for late news at once. */
const LATE_MAX = 3;
/** How long somebody who asks for an answer waits for a server to get ready. */
const READY_WAIT_MS = 30_000;

export interface LanguageServersOptions {
  directory: string;
  /** The root of the repository, or `directory` where there is none. */
  worktree: string;
  home: string;
  /** Where servers are kept that a person lets us fetch. */
  installed: string;
  /** The configuration's `lsp`. */
  config(): Promise<Config["lsp"]>;
  /** Whether the project's own programs, and others on what it holds, may run. */
  isTrusted(): Promise<boolean>;
  /** Told of a server that was not started for want of trust; `path` is its program. */
  onHeld(id: string, path: string): void;
  env: Env;
  clock: Clock;
  log: Logger;
  scope: Scope;
  publish: Publish;
}

/** What an edit broke, for the model and for clients. */
export interface FileDiagnostics {
  /** Empty when there is no error. */
  text: string;
  diagnostics: Diagnostic[];
}

interface Waits {
  wordMs: number;
  readyMs: number;
}

/** A file that was checked: for whom, and by what name the model knows it. */
interface Checked {
  owner: string;
  path: string;
  title: string;
}

export class LanguageServers {
  readonly #options: LanguageServersOptions;
  readonly #log: Logger;
  readonly #installer: ServerInstaller;
  readonly #pool: ServerPool;
  readonly #changes: FileChanges;
  readonly #locks = new KeyedLock();
  /** Files whose servers had not spoken when their check ended, the oldest first. */
  readonly #unheard = new Map<string, Checked>();

  constructor(options: LanguageServersOptions) {
    const { clock, config, env, isTrusted, log, onHeld, publish, scope, worktree } = options;
    this.#options = options;
    this.#log = log.child("lsp");
    this.#installer = new ServerInstaller({
      directory: options.installed,
      env,
      log: this.#log,
      signal: scope.signal,
    });
    this.#pool = new ServerPool({
      worktree,
      env,
      clock,
      log,
      signal: scope.signal,
      isTrusted,
      onHeld,
      installer: this.#installer,
      mayInstall: async () => (await config()) === true && !flag(env, NO_FETCH),
      onChange: () => publish("lsp.updated", {}),
    });
    this.#changes = new FileChanges(clock, (changes) => void this.#tellChanges(changes));
    scope.defer("language servers", async () => {
      this.#changes.close();
      await this.#pool.close();
    });
  }

  /** Those that run and those that were given up; roots are relative to the directory. */
  status(): LSPStatus[] {
    const { directory } = this.#options;
    const describe = ({ id, root }: { id: string; root: string }, status: LSPStatus["status"]) => {
      return { id, name: id, root: relative(directory, root), status };
    };
    return [
      ...this.#pool.clients.map((client) => {
        const errors = client.errorCount;
        return { ...describe(client, "connected"), ...(errors > 0 && { errors }) };
      }),
      ...this.#pool.broken.map((one) => describe(one, "error")),
    ];
  }

  /** Starts what serves this file and tells it the file's text, in the background. */
  touch(file: string): void {
    void this.wake(file, this.#options.scope.signal).catch((error: unknown) => {
      if (isAbort(error)) return;
      this.#log.debug("a file was not told", { file, error: errorMessage(error) });
    });
  }

  /** Tells servers of a file that anybody has made, changed or removed. Starts none. */
  noteChange(file: string, event: FileEvent): void {
    if (this.#pool.clients.length > 0) this.#changes.add(file, event);
  }

  /** What is known to be wrong with a file, without asking. */
  diagnostics(file: string): Diagnostic[] {
    return this.#pool.clients.flatMap((client) => client.diagnosticsOf(file));
  }

  /**
   * What the file's servers say of it as it is on the disk now: after a few seconds at most, and
   * then what is known; one that is only being started or fetched is hardly waited for. What comes
   * later is the same `owner`'s late news. Never rejects. `title` names the file in the text.
   */
  async checkFile(
    file: string,
    title: string,
    signal: AbortSignal,
    owner = "",
  ): Promise<FileDiagnostics> {
    try {
      const path = resolve(this.#options.directory, file);
      const { text, diagnostics } = await this.#check({ owner, path, title }, signal, EDIT_WAITS);
      return { text, diagnostics };
    } catch (error) {
      this.#log.debug("a file was not checked", { file, error: errorMessage(error) });
      return { text: "", diagnostics: [] };
    }
  }

  /**
   * What servers have said by now of files that the owner's checks gave up waiting for, told once.
   * Waits for no server; empty when there is no error; never rejects.
   */
  async lateNews(owner: string, signal: AbortSignal): Promise<string> {
    const own = [...this.#unheard.values()].filter((one) => one.owner === owner);
    const late = own.slice(0, LATE_MAX);
    // Who asks at the same time is not told the same.
    for (const one of late) this.#unheard.delete(keyOf(one));
    const texts = await Promise.all(
      late.map(async (one) => {
        const check = await this.#check(one, signal, NO_WAITS).catch(() => undefined); // as unheard
        if (!check) this.#noteUnheard(one);
        return check?.isHeard ? check.text : "";
      }),
    );
    return texts.filter((text) => text !== "").join("\n");
  }

  /**
   * Puts a question about a file to its servers, started if need be and told the file's present
   * text. The first answer that is not undefined counts, whatever the others do; undefined when
   * none has one. Throws AppError not-found when there is no such file, unavailable when it has no
   * server (saying how to get one) or none could answer; the signal's reason on abort.
   */
  async ask<T>(
    file: string,
    feature: Feature,
    question: (client: LanguageClient) => Promise<T | undefined>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const path = resolve(this.#options.directory, file);
    if (!(await isFile(path))) throw notFound("File", path);
    const wanted = await this.#want(path);
    let answered = false;
    let able = false;
    const asked = wanted.map(async (one) => {
      const client = await this.#syncOne(one, path, signal, READY_WAIT_MS);
      if (!client || client === "late" || !client.has(feature)) return undefined;
      able = true;
      const answer = await question(client);
      answered = true;
      return answer;
    });
    const { answer, error } = await firstAnswer(asked);
    signal.throwIfAborted();
    if (answer !== undefined || answered) return answer;
    if (error !== undefined) throw error;
    const isReady = this.#pool.clients.some((client) => client.openPaths.includes(path));
    if (isReady && !able) throw unavailable(`No language server of ${path} answers ${feature}`);
    throw unavailable(await this.#whyNone(path));
  }

  /** Starts what serves this file, if it is on this machine; resolves when it is ready or not. */
  async wake(file: string, signal: AbortSignal): Promise<void> {
    const path = resolve(this.#options.directory, file);
    const wanted = await this.#want(path);
    await Promise.all(wanted.map((one) => this.#syncOne(one, path, signal, READY_WAIT_MS)));
  }

  /**
   * The server that was looked for just now and would serve this file if it were fetched, where no
   * other does and a person may be asked.
   */
  async findFetchable(file: string): Promise<LanguageServer | undefined> {
    const { config, directory, env } = this.#options;
    if ((await config()) === true || flag(env, NO_FETCH)) return undefined;
    const places = await this.#places(resolve(directory, file));
    const served = await Promise.all(
      places.map(async ({ server, root }) => await this.#pool.want(server, root).starting),
    );
    if (served.some((client) => client !== undefined)) return undefined;
    for (const { server, root } of places) {
      if (await this.#pool.isFetchable(server, root)) return server;
    }
    return undefined;
  }

  /** Fetches it, as a person has said, and starts it for this file. Throws AppError unavailable. */
  async fetch(server: LanguageServer, file: string): Promise<void> {
    await this.#installer.install(server).catch((error: unknown) => {
      throw unavailable(`The language server ${server.id}: ${errorMessage(error)}`, {}, error);
    });
    this.#pool.lookAgain();
    this.touch(file);
  }

  /** Those that run, for questions about the whole project, told of all changes so far. */
  runningClients(): LanguageClient[] {
    this.#changes.flush();
    return this.#pool.clients;
  }

  /** Those of the files that could have a server; nothing is started. */
  async servedFiles(files: readonly string[]): Promise<string[]> {
    const servers = await this.#servers();
    return files.filter((file) => servers.some((server) => serves(server, file)));
  }

  async #servers(): Promise<LanguageServer[]> {
    const { config, env } = this.#options;
    return configuredServers(await config(), env);
  }

  async #check(one: Checked, signal: AbortSignal, waits: Waits) {
    const wanted = await this.#want(one.path);
    const checks = await Promise.all(
      wanted.map((each) => this.#checkOne(each, one.path, signal, waits)),
    );
    const diagnostics = checks.flatMap((check) => check.diagnostics);
    const isHeard = checks.every((check) => check.isHeard);
    if (isHeard) this.#unheard.delete(keyOf(one));
    else this.#noteUnheard(one);
    return { text: formatDiagnostics(one.title, diagnostics), diagnostics, isHeard };
  }

  #noteUnheard(one: Checked): void {
    this.#unheard.set(keyOf(one), one);
    for (const [oldest] of this.#unheard) {
      if (this.#unheard.size <= UNHEARD_MAX) break;
      this.#unheard.delete(oldest);
    }
  }

  /** Of a server that is not there, and of a file that is gone, nothing will be heard. */
  async #checkOne(one: Wanted, path: string, signal: AbortSignal, waits: Waits) {
    const { clock } = this.#options;
    const deadline = clock.now() + waits.wordMs;
    const synced = this.#syncOne(one, path, signal, waits.readyMs);
    const client = await Promise.race([synced, one.fetching.promise.then(() => "late" as const)]);
    if (client === "late") return { diagnostics: [], isHeard: false };
    if (!client) return { diagnostics: [], isHeard: true };
    return client.freshDiagnostics(path, Math.max(0, deadline - clock.now()), signal);
  }

  /**
   * The server, told of the file: undefined where there is none, or no such file. One that gets
   * ready too late for the caller is told all the same.
   */
  async #syncOne(
    { startedAt, starting }: Wanted,
    path: string,
    signal: AbortSignal,
    limitMs: number,
  ): Promise<LanguageClient | undefined | "late"> {
    const { clock } = this.#options;
    const leftMs = Math.max(0, startedAt + limitMs - clock.now());
    const started = starting.then((client) => ({ client }));
    const known = await atMost(started, leftMs, clock, signal);
    this.#changes.flush();
    if (known) return known.client && this.#tell(known.client, path);
    // A file that cannot be read is nothing a server could be told.
    starting.then((late) => late && this.#tell(late, path)).catch(() => {});
    return "late";
  }

  async #want(path: string): Promise<Wanted[]> {
    return (await this.#places(path)).map(({ server, root }) => this.#pool.want(server, root));
  }

  /** The servers of a file, with the root of each. */
  async #places(path: string): Promise<{ server: LanguageServer; root: string }[]> {
    const { directory, worktree, home } = this.#options;
    const candidates = (await this.#servers()).filter((server) => serves(server, path));
    const rules = candidates.map((server) => server.root);
    const roots = await findRoots(path, rules, { directory, worktree, home });
    return candidates.flatMap((server, index) => {
      const root = roots[index];
      return root === undefined ? [] : [{ server, root }];
    });
  }

  /** Undefined where there is nothing to tell it. */
  async #tell(client: LanguageClient, path: string): Promise<LanguageClient | undefined> {
    // Read and told in one go, so that an older text is never told after a newer one.
    return this.#locks.run(`${client.pid}\0${path}`, async () => {
      const text = await readDocument(path);
      if (text === undefined) {
        client.close(path);
        return undefined;
      }
      client.sync(path, text);
      return client;
    });
  }

  async #tellChanges(changes: ReadonlyMap<string, FileEvent>): Promise<void> {
    for (const client of this.#pool.clients) {
      const mine = [...changes].filter(([path]) => isInside(client.root, path));
      if (mine.length > 0) {
        client.noteFiles(mine.map(([path, event]) => ({ path, type: FILE_EVENT_TYPES[event] })));
      }
      for (const path of client.openPaths.filter((one) => changes.has(one))) {
        await this.#tell(client, path).catch((error: unknown) => {
          this.#log.debug("a file was not told", { path, error: errorMessage(error) });
        });
      }
    }
  }

  async #whyNone(file: string): Promise<string> {
    const { config, env, isTrusted } = this.#options;
    const servers = configuredServers(await config(), env).filter((one) => serves(one, file));
    const kind = extname(file) || basename(file);
    if (servers.length === 0) return `There is no language server for ${kind} files`;
    const ids = servers.map(({ id }) => id);
    const broken = this.#pool.broken.find(({ id }) => ids.includes(id));
    if (broken) return `Language server ${broken.id} was given up: ${broken.reason}`;
    if (!(await isTrusted())) {
      return "Language servers that run code of the project start when the directory is trusted";
    }
    const ways = servers.map(({ id, hint }) => `${id} (${hint})`).join(", or ");
    const none = `No language server for ${kind} files is ready. There could be: ${ways}`;
    const isFetched = (await config()) === true || !servers.some(({ install }) => install);
    return isFetched ? none : `${none}. With "lsp": true in opencode.json it is fetched`;
  }
}

const FILE_EVENT_TYPES = { add: 1, change: 2, unlink: 3 } as const;

function keyOf({ owner, path }: Checked): string {
  return `${owner}\0${path}`;
}

function serves(server: LanguageServer, file: string): boolean {
  const name = basename(file).toLowerCase();
  return server.extensions.some((extension) => {
    return extension.startsWith(".") ? name.endsWith(extension) : name === extension.toLowerCase();
  });
}
