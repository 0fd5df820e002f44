// The language servers of one project that run, one for each kind and root: started when they are
// wanted, stopped when nobody has wanted them for a while, and given up for good when they cannot
// start or keep crashing, so that none is ever started in a loop.
import { join } from "node:path";
import type { Clock } from "@/base/clock";
import { errorMessage, isAbort, unavailable } from "@/base/error";
import type { Env } from "@/base/env";
import type { Logger } from "@/base/log";
import { isInside } from "@/base/file";
import { type Launch, upward } from "@/base/program";
import { findProgram } from "./find-program";
import { LanguageClient } from "./language-client";
import type { LanguageServer } from "./language-server";
import { findRootFacts, NO_FACTS } from "./root-facts";
import { envInPlace, type ServerInstaller } from "./server-installer";

const IDLE_MS = 10 * 60_000;
const CRASHES_MAX = 3;
/** More at once serve nobody; the one that was wanted longest ago makes room. */
const RUNNING_MAX = 12;
/** A server that is not on this machine is looked for again after this: it may be installed. */
const MISSING_MS = 30_000;

export interface ServerPoolOptions {
  /** How far up programs and facts are looked for. */
  worktree: string;
  env: Env;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
  /** Whether the project's own programs, and others on what it holds, may run. */
  isTrusted(): Promise<boolean>;
  /** Told of a server that was not started for want of trust; `path` is its program. */
  onHeld(id: string, path: string): void;
  installer: ServerInstaller;
  /** Whether a server that is not on this machine may be fetched. */
  mayInstall(server: LanguageServer): Promise<boolean>;
  /** Told whenever one got ready, ended or was given up. */
  onChange(): void;
}

interface Running {
  id: string;
  root: string;
  /** Since when it has been starting, or being fetched. */
  startedAt: number;
  /** Resolves when it is being fetched, which may take minutes. */
  fetching: PromiseWithResolvers<void>;
  /** Undefined when it is not on this machine or could not start; never rejects. */
  starting: Promise<LanguageClient | undefined>;
  client?: LanguageClient;
  cancelIdle?: () => void;
}

/** A server that is wanted; what it says of itself changes while it starts. */
export type Wanted = Readonly<Pick<Running, "startedAt" | "fetching" | "starting">>;

export class ServerPool {
  readonly #options: ServerPoolOptions;
  readonly #log: Logger;
  /** By kind and root, the one wanted longest ago first. */
  readonly #running = new Map<string, Running>();
  readonly #missing = new Map<string, number>();
  readonly #crashes = new Map<string, number>();
  readonly #broken = new Map<string, { id: string; root: string; reason: string }>();
  readonly #ending = new Set<Promise<void>>();

  constructor(options: ServerPoolOptions) {
    this.#options = options;
    this.#log = options.log.child("lsp");
  }

  /** Those that are ready. */
  get clients(): LanguageClient[] {
    return [...this.#running.values()].flatMap(({ client }) => (client ? [client] : []));
  }

  /** Those that were given up, with the reason why. */
  get broken(): { id: string; root: string; reason: string }[] {
    return [...this.#broken.values()];
  }

  /**
   * The server for this root, started if need be. Resolves with undefined when there is none: not
   * on this machine, given up, or the project is closed.
   */
  want(server: LanguageServer, root: string): Wanted {
    const key = keyOf(server, root);
    const { clock, signal } = this.#options;
    const now = clock.now();
    const fetching = Promise.withResolvers<void>();
    const none = { startedAt: now, fetching, starting: Promise.resolve(undefined) };
    if (signal.aborted || this.#broken.has(key)) return none;
    if ((this.#missing.get(key) ?? 0) > now) return none;
    const known = this.#running.get(key);
    if (known) {
      this.#use(key, known);
      return known;
    }
    const running: Running = {
      id: server.id,
      root,
      startedAt: now,
      fetching,
      starting: this.#start(key, server, root),
    };
    this.#use(key, running);
    this.#makeRoom();
    return running;
  }

  /** Whether it was looked for just now, was not there, and could be fetched for this root. */
  async isFetchable(server: LanguageServer, root: string): Promise<boolean> {
    const { clock, installer, isTrusted, worktree } = this.#options;
    const missingUntil = this.#missing.get(keyOf(server, root)) ?? 0;
    if (missingUntil <= clock.now() || !installer.canInstall(server)) return false;
    return (await isTrusted()) || isIsolated(server, root, worktree);
  }

  /** Those that were not there may be by now. */
  lookAgain(): void {
    this.#missing.clear();
  }

  /** Ends them all. */
  async close(): Promise<void> {
    for (const [key, running] of this.#running) {
      running.cancelIdle?.();
      this.#running.delete(key);
      this.#end(running);
    }
    await Promise.all(this.#ending);
  }

  #use(key: string, running: Running): void {
    this.#running.delete(key);
    this.#running.set(key, running);
    running.cancelIdle?.();
    running.cancelIdle = this.#options.clock.timer(IDLE_MS, () => this.#drop(key, running));
  }

  #makeRoom(): void {
    for (const [key, running] of this.#running) {
      if (this.#running.size <= RUNNING_MAX) return;
      this.#drop(key, running);
    }
  }

  #drop(key: string, running: Running): void {
    running.cancelIdle?.();
    if (this.#running.get(key) !== running) return;
    this.#running.delete(key);
    this.#log.info("stopped an idle language server", { server: running.id, root: running.root });
    this.#end(running);
    this.#options.onChange();
  }

  #end(running: Running): void {
    const ending = running.starting
      .then((client) => client?.stop())
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  async #start(
    key: string,
    server: LanguageServer,
    root: string,
  ): Promise<LanguageClient | undefined> {
    // The entry is in its place before anything can fail.
    await Promise.resolve();
    const running = this.#running.get(key);
    try {
      const client = await this.#launch(key, server, root);
      if (client && running) this.#ready(key, running, client);
      return client;
    } catch (error) {
      if (this.#running.get(key) === running) this.#remove(key);
      if (!isAbort(error) && !this.#options.signal.aborted) {
        // Who says it stands beside it already.
        const reason = errorMessage(error).replace(`Language server ${server.id}: `, "");
        this.#giveUp(key, server.id, root, reason);
      }
      return undefined;
    }
  }

  async #launch(
    key: string,
    server: LanguageServer,
    root: string,
  ): Promise<LanguageClient | undefined> {
    const { clock, env, signal, worktree } = this.#options;
    const isTrusted = await this.#options.isTrusted();
    const launch = await this.#findLaunch(key, server, root, isTrusted);
    if (!launch) {
      this.#missing.set(key, clock.now() + MISSING_MS);
      this.#remove(key);
      return undefined;
    }
    const { argv } = launch;
    const place = { root, top: worktree, env, argv };
    const facts = isTrusted ? await findRootFacts(server, place) : NO_FACTS;
    const log = this.#log;
    log.info("starting a language server", { server: server.id, root });
    const state: { ready?: LanguageClient; failure?: string } = {};
    const onFailure = (reason: string) => {
      state.failure = reason;
      if (state.ready) this.#crashed(key, state.ready, reason);
    };
    const options = { server, launch, root, facts, env, clock, log, onFailure };
    const client = await LanguageClient.start(options, signal);
    state.ready = client;
    if (state.failure === undefined) return client;
    // Between its last answer of the start and this line it has ended.
    this.#crashed(key, client, state.failure);
    return undefined;
  }

  async #findLaunch(
    key: string,
    server: LanguageServer,
    root: string,
    isTrusted: boolean,
  ): Promise<Launch | undefined> {
    const { env, installer, onHeld, worktree: top } = this.#options;
    const place = installer.placeOf(server);
    const installed = { place, env: envInPlace(server.install?.env, place) };
    const find = (withOwn: boolean) => {
      return findProgram(server.commands, { root, top, env, withOwn, installed });
    };
    if (isTrusted || (await isIsolated(server, root, top))) {
      const launch =
        (await find(isTrusted)) ?? (await this.#install(key, server, () => find(isTrusted)));
      if (launch || isTrusted) return launch;
    }
    const held = await find(true);
    if (held) onHeld(server.id, held.argv.find((word) => isInside(top, word)) ?? server.id);
    return undefined;
  }

  async #install(
    key: string,
    server: LanguageServer,
    find: () => Promise<Launch | undefined>,
  ): Promise<Launch | undefined> {
    const { installer, mayInstall } = this.#options;
    if (!installer.canInstall(server) || !(await mayInstall(server))) return undefined;
    const running = this.#running.get(key);
    running?.fetching.resolve();
    await installer.install(server);
    if (running) {
      running.fetching = Promise.withResolvers();
      running.startedAt = this.#options.clock.now();
    }
    const launch = await find();
    if (!launch) throw unavailable(`${server.id} was installed, but its program is not there`);
    return launch;
  }

  #ready(key: string, running: Running, client: LanguageClient): void {
    // It may have been stopped, or have crashed, in the meantime.
    if (this.#running.get(key) !== running) return;
    running.client = client;
    this.#log.info("a language server is ready", {
      server: running.id,
      pid: client.pid,
      tookMs: this.#options.clock.now() - running.startedAt,
    });
    this.#options.onChange();
  }

  #crashed(key: string, client: LanguageClient, reason: string): void {
    const running = this.#running.get(key);
    if (!running?.client || running.client === client) this.#remove(key);
    const ending = client.stop({ abruptly: true }).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    const crashes = (this.#crashes.get(key) ?? 0) + 1;
    this.#crashes.set(key, crashes);
    this.#log.warn("a language server ended", { server: client.id, root: client.root, reason });
    if (crashes >= CRASHES_MAX) this.#giveUp(key, client.id, client.root, reason);
    else this.#options.onChange();
  }

  #giveUp(key: string, id: string, root: string, reason: string): void {
    this.#broken.set(key, { id, root, reason });
    this.#log.warn("a language server is given up", { server: id, root, reason });
    this.#options.onChange();
  }

  #remove(key: string): void {
    this.#running.get(key)?.cancelIdle?.();
    this.#running.delete(key);
  }
}

function keyOf({ id }: LanguageServer, root: string): string {
  return `${id}\0${root}`;
}

/** Whether the server may serve a project that nobody has trusted. */
async function isIsolated(server: LanguageServer, root: string, top: string): Promise<boolean> {
  const { isolatedUnless } = server;
  if (isolatedUnless === undefined) return false;
  const paths = upward(root, top).flatMap((level) =>
    isolatedUnless.map((name) => join(level, name)),
  );
  const found = await Promise.all(
    paths.map((path) =>
      Bun.file(path)
        .stat()
        .catch(() => undefined),
    ),
  );
  return found.every((entry) => entry === undefined); // what is not there runs nothing
}
