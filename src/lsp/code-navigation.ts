// CodeNavigation: where things are in the code of a project, asked of its language servers. Paths
// are absolute, positions are the protocol's (from 0); answers that lead nowhere are left out.
import { errorMessage } from "@/base/error";
import type { Clock } from "@/base/clock";
import { isInside } from "@/base/file";
import type { Logger } from "@/base/log";
import type { Symbol as FileSymbol } from "@/schema/file";
import { extname, sep } from "node:path";
import { fromFileURI, toFileURI } from "./file-uri";
import type { LanguageClient } from "./language-client";
import type { LanguageServers } from "./language-servers";
import {
  CallHierarchyItem,
  IncomingCall,
  type Location,
  OutgoingCall,
  readList,
  type TextPosition,
} from "./protocol";
import { type OutlineSymbol, readHover, readLocations, readOutline, readSymbols } from "./results";
import type { Feature } from "./server-features";
import { isNamedThing } from "./symbol-kinds";

const SYMBOLS_MAX = 100;
/** The first question after a start waits until the project is loaded. */
const SYMBOLS_TIMEOUT_MS = 15_000;
const CALLS_MAX = 200;
/** Files looked at to learn the languages of a project, and how many of these are woken. */
const FILES_LISTED_MAX = 2_000;
const LANGUAGES_WOKEN_MAX = 3;
const WAKE_AGAIN_MS = 5 * 60_000;

export interface CodeNavigationOptions {
  servers: LanguageServers;
  directory: string;
  /** The root of the repository, or `directory` where there is none. */
  worktree: string;
  clock: Clock;
  log: Logger;
  /** Some files of the directory, absolute: what the project is written in. */
  listFiles(limit: number, signal: AbortSignal): Promise<string[]>;
}

export type PlaceFeature = "definitionProvider" | "implementationProvider" | "referencesProvider";

export class CodeNavigation {
  readonly #options: CodeNavigationOptions;
  #wokenAt: number | undefined;

  constructor(options: CodeNavigationOptions) {
    this.#options = options;
  }

  /** All methods that name a file throw as LanguageServers.ask does. */
  async hover(
    file: string,
    position: TextPosition,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    return this.#askAt(file, "hoverProvider", position, signal, readHover);
  }

  /** Where it is defined, implemented or used (the definition included). */
  async places(
    feature: PlaceFeature,
    file: string,
    position: TextPosition,
    signal: AbortSignal,
  ): Promise<Location[]> {
    const read = (answer: unknown) => unlessEmpty(readLocations(answer));
    return (await this.#askAt(file, feature, position, signal, read)) ?? [];
  }

  /** What a file holds, nested. */
  async documentSymbols(file: string, signal: AbortSignal): Promise<OutlineSymbol[]> {
    const params = { textDocument: { uri: toFileURI(file) } };
    const question = async (client: LanguageClient) => {
      return unlessEmpty(readOutline(await client.ask("documentSymbolProvider", params, signal)));
    };
    const { servers } = this.#options;
    return (await servers.ask(file, "documentSymbolProvider", question, signal)) ?? [];
  }

  /**
   * Symbols of the project by name, best first, at most a hundred: from the servers that run, and
   * from those of the project's main languages, which are started the first time. Never rejects
   * for a server's failure; the signal's reason on abort.
   */
  async symbols(query: string, signal: AbortSignal): Promise<FileSymbol[]> {
    const { servers, log } = this.#options;
    await this.#wake(signal);
    const clients = servers.runningClients().filter((one) => one.has("workspaceSymbolProvider"));
    const found = await Promise.all(
      clients.map(async (client) => {
        try {
          const timeoutMs = SYMBOLS_TIMEOUT_MS;
          const answer = await client.request("workspace/symbol", { query }, signal, timeoutMs);
          return readSymbols(answer);
        } catch (error) {
          signal.throwIfAborted();
          log.debug("no symbols", { server: client.id, error: errorMessage(error) });
          return [];
        }
      }),
    );
    const own = found.flat().filter((symbol) => this.#isOwn(symbol));
    return sortByName(own, query).slice(0, SYMBOLS_MAX);
  }

  /** What could be asked for its calls at a position. */
  async callHierarchy(
    file: string,
    position: TextPosition,
    signal: AbortSignal,
  ): Promise<CallHierarchyItem[]> {
    const read = (answer: unknown) => unlessEmpty(readList(CallHierarchyItem, answer, CALLS_MAX));
    return (await this.#askAt(file, "callHierarchyProvider", position, signal, read)) ?? [];
  }

  /** What calls the thing at a position, or what it calls, with the places of the calls. */
  async calls(
    direction: "incoming" | "outgoing",
    file: string,
    position: TextPosition,
    signal: AbortSignal,
  ): Promise<{ item: CallHierarchyItem; ranges: Location["range"][] }[]> {
    const question = async (client: LanguageClient) => {
      const params = { textDocument: { uri: toFileURI(file) }, position };
      const prepared = await client.ask("callHierarchyProvider", params, signal);
      // What the server gave goes back to it whole, with keys that only it knows.
      const [item] = readList(CallHierarchyItem, prepared, 1);
      if (!item) return undefined;
      const answer = await client.request(`callHierarchy/${direction}Calls`, { item }, signal);
      return unlessEmpty(readCalls(direction, answer));
    };
    const { servers } = this.#options;
    return (await servers.ask(file, "callHierarchyProvider", question, signal)) ?? [];
  }

  #askAt<T>(
    file: string,
    feature: Feature,
    position: TextPosition,
    signal: AbortSignal,
    read: (answer: unknown) => T | undefined,
  ): Promise<T | undefined> {
    const place = { textDocument: { uri: toFileURI(file) }, position };
    const isUse = feature === "referencesProvider";
    const params = isUse ? { ...place, context: { includeDeclaration: true } } : place;
    return this.#options.servers.ask(
      file,
      feature,
      async (client) => read(await client.ask(feature, params, signal)),
      signal,
    );
  }

  /** A server knows the symbols of a project once it has seen a file of it. */
  async #wake(signal: AbortSignal): Promise<void> {
    const { clock, listFiles, servers } = this.#options;
    const isRecent = this.#wokenAt !== undefined && clock.now() - this.#wokenAt < WAKE_AGAIN_MS;
    if (isRecent && servers.runningClients().length > 0) return;
    this.#wokenAt = clock.now();
    const files = await servers.servedFiles(await listFiles(FILES_LISTED_MAX, signal));
    const woken = mainFiles(files).map((file) => servers.wake(file, signal));
    await Promise.all(woken);
  }

  #isOwn({ kind, location: { uri } }: FileSymbol): boolean {
    const { directory, worktree } = this.#options;
    const path = fromFileURI(uri);
    if (path === undefined || !isNamedThing(kind)) return false;
    if (path.split(sep).includes("node_modules")) return false;
    return isInside(worktree, path) || isInside(directory, path);
  }
}

function unlessEmpty<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function readCalls(direction: "incoming" | "outgoing", answer: unknown) {
  if (direction === "incoming") {
    const calls = readList(IncomingCall, answer, CALLS_MAX);
    return calls.map(({ from, fromRanges }) => ({ item: from, ranges: fromRanges }));
  }
  const calls = readList(OutgoingCall, answer, CALLS_MAX);
  return calls.map(({ to, fromRanges }) => ({ item: to, ranges: fromRanges }));
}

/** One file of each of the kinds that there are most of. */
function mainFiles(files: readonly string[]): string[] {
  const kinds = Map.groupBy(files, (file) => extname(file));
  return [...kinds.values()]
    .sort((a, b) => b.length - a.length)
    .flatMap(([first]) => (first === undefined ? [] : [first]))
    .slice(0, LANGUAGES_WOKEN_MAX);
}

/** The very name first, then names that begin with the query, then the servers' own order. */
function sortByName(symbols: readonly FileSymbol[], query: string): FileSymbol[] {
  const wanted = query.toLowerCase();
  const rank = ({ name }: FileSymbol) => {
    const low = name.toLowerCase();
    return low === wanted ? 0 : low.startsWith(wanted) ? 1 : 2;
  };
  return symbols.toSorted((a, b) => rank(a) - rank(b));
}
