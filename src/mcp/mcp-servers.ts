// All MCP servers of an instance: those of its configuration, and those added while it runs. They
// are started in the background when they are first needed; none waits for another. What they offer
// is given in a stable order, from what is remembered of each before it is there; one that is not
// known is waited for once, for a moment.
import type { Clock } from "@/base/clock";
import type { Env } from "@/base/env";
import { errorMessage, invalid, notFound, unavailable } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Scope } from "@/base/scope";
import { didYouMean, stableStringify } from "@/base/text";
import type { Config } from "@/schema/config";
import type { Publish } from "@/schema/event";
import type {
  McpLogLine,
  McpResource,
  McpResourceTemplate,
  McpServerConfig,
  MCPStatus,
} from "@/schema/mcp";
import type { McpContent, McpPrompt, McpSummary, McpTool, Offer } from "./definition";
import { parseResourceResult } from "./content";
import type { McpAuth } from "./mcp-auth";
import { McpConnection } from "./mcp-connection";
import { McpLogins } from "./mcp-logins";
import type { OfferMemory, Remembered, ServerIdentity } from "./offer-memory";
import { offeredPrompts, offeredTools } from "./offered";
import { Patience } from "./patience";
import { type McpProbe, probe } from "./probe";
import { sanitize } from "./tool-names";

const DEFAULT_TIMEOUT_MS = 30_000;
/** How long a question after what there is does. */
const LOOK_MAX_MS = 1_000;
/** How long who wants what one server is to offer waits for it. */
const NAMED_MAX_MS = 10_000;
const NAME_MAX_LENGTH = 128;

/** The keys of the configuration that count here. */
type McpConfigSource = Pick<Config, "mcp" | "experimental">;

export interface McpServersOptions {
  /** The configuration of now; asked at each need, so that changes are followed. */
  config(): Promise<McpConfigSource>;
  /** Where local servers run. */
  directory: string;
  env: Env;
  auth: McpAuth;
  memory: OfferMemory;
  clock: Clock;
  log: Logger;
  publish: Publish;
  scope: Scope;
  /** Names that tools of servers must not take. */
  reservedTools?: readonly string[];
}

export class McpServers {
  readonly logins: McpLogins;
  readonly #options: McpServersOptions;
  readonly #connections = new Map<string, McpConnection>();
  /** Added while running: they count more than the configuration. */
  readonly #added = new Map<string, McpServerConfig>();
  #tools: { offers: readonly Offer[]; tools: McpTool[] } = { offers: [], tools: [] };
  /** Connections that were replaced or taken away, until they are closed. */
  readonly #retiring = new Set<Promise<void>>();
  readonly #patience: Patience;
  #following: Promise<void> | undefined;

  constructor(options: McpServersOptions) {
    this.#options = options;
    this.#patience = new Patience(options.clock, ({ name, config }, lateTimes) => {
      void options.memory.keep(this.#identity(name, config), { lateTimes });
    });
    this.logins = new McpLogins({ ...options, connection: (name) => this.#get(name) });
    options.scope.defer("MCP servers", () => this.#close());
  }

  /**
   * Starts all servers that are not running yet, and waits for those of which it is not known what
   * they offer, only the first time for each: `maxMs` at most, or else for a moment, and not at all
   * for one that was found to hang. Rejects only with the signal's reason.
   */
  ready(signal?: AbortSignal, maxMs?: number): Promise<void> {
    return this.#start(maxMs, signal);
  }

  /**
   * Waits for the server that would offer a tool or a command of this name, if it is still being
   * connected. Rejects only with the signal's reason.
   */
  async readyFor(name: string, signal?: AbortSignal): Promise<void> {
    await this.#follow();
    const waits = [...this.#connections.values()]
      .filter((connection) => connection.isConnecting && mayOffer(connection.name, name))
      .map((connection) => this.#patience.within(NAMED_MAX_MS, connection.start(), signal));
    await Promise.all(waits);
  }

  /** As `ready`, for who only wants to show what there is: waits a moment at most. */
  look(): Promise<void> {
    return this.#start(LOOK_MAX_MS);
  }

  /** How each server is doing, sorted by name; starts those that were not needed yet. */
  async status(): Promise<Record<string, MCPStatus>> {
    await this.look();
    return this.#statuses();
  }

  /** What is known of each server, sorted by name. Does not wait: see `ready`. */
  async summaries(): Promise<McpSummary[]> {
    const { auth } = this.#options;
    const statuses = this.#statuses();
    return Promise.all(
      this.#sorted().map(async ({ name, config, offer }) => ({
        name,
        config,
        status: statuses[name] ?? { status: "disabled" },
        counts: {
          tools: offer.tools.length,
          prompts: offer.prompts.length,
          resources: offer.resources.length,
          templates: offer.templates.length,
        },
        login: await auth.describe(name, config),
      })),
    );
  }

  /** Asks a remote server the first question by hand, with the token that is stored for it. */
  async probe(name: string, signal: AbortSignal): Promise<McpProbe> {
    const { config } = await this.#get(name);
    if (config.type === "local") throw invalid(`MCP server ${name} is a local program`);
    return probe(config, await this.#options.auth.tokens(name, config)?.current(), signal);
  }

  /**
   * The tools of all connected servers, sorted by server and name. The same array, with the same
   * objects, as long as nothing has changed. Does not wait: see `ready`.
   */
  tools(): McpTool[] {
    const connections = this.#sorted();
    const offers = connections.map(({ offer }) => offer);
    const isSame =
      offers.length === this.#tools.offers.length &&
      offers.every((offer, at) => offer === this.#tools.offers[at]);
    if (!isSame) {
      const reserved = this.#options.reservedTools ?? [];
      this.#tools = { offers, tools: offeredTools(connections, reserved, this.#tools.tools) };
    }
    return this.#tools.tools;
  }

  /** The prompts of all connected servers as commands, sorted by server and name. */
  prompts(): McpPrompt[] {
    return offeredPrompts(this.#sorted());
  }

  /** What models can read, sorted by server and address. */
  resources(): McpResource[] {
    return this.#sorted().flatMap(({ offer }) => offer.resources);
  }

  /** Kinds of resources that models can read, sorted by server and address. */
  resourceTemplates(): McpResourceTemplate[] {
    return this.#sorted().flatMap(({ offer }) => offer.templates);
  }

  /**
   * The contents of a resource, whether it is listed or not. AppError not-found for an unknown
   * server, invalid for a template as it is, unavailable when the server cannot give it; the
   * signal's reason on abort.
   */
  async readResource(server: string, uri: string, signal: AbortSignal): Promise<McpContent> {
    const connection = await this.#get(server);
    if (connection.offer.templates.some(({ uriTemplate }) => uriTemplate === uri)) {
      throw invalid(`${uri} is a template: put a value in the place of each {name}`);
    }
    return parseResourceResult(await connection.request("resources/read", { uri }, { signal }));
  }

  /** What connected servers want models to know of them, with their tools, sorted by server. */
  instructions(): { server: string; text: string; toolIDs: string[] }[] {
    const tools = this.tools();
    return this.#sorted().flatMap(({ name, offer: { instructions: text } }) => {
      const own = tools.filter(({ server }) => server === name);
      return text === undefined ? [] : [{ server: name, text, toolIDs: own.map(({ id }) => id) }];
    });
  }

  /** Adds or replaces a server until the instance ends; answers the status of all. */
  async add(name: string, config: McpServerConfig): Promise<Record<string, MCPStatus>> {
    checkName(name);
    this.#added.set(name, config);
    await (await this.#get(name)).start();
    return this.#statuses();
  }

  /** Connects now; that it failed is told by the status. AppError not-found. */
  async connect(name: string): Promise<void> {
    await (await this.#get(name)).connect();
  }

  /** Ends the connection and stays away until `connect`. AppError not-found. */
  async disconnect(name: string): Promise<void> {
    await (await this.#get(name)).disconnect();
  }

  /** What became of a server, and what its program said; the end of it. AppError not-found. */
  async log(name: string): Promise<readonly McpLogLine[]> {
    return (await this.#get(name)).log;
  }

  /** Makes the connections those of the configuration; a broken configuration changes nothing. */
  #follow(): Promise<void> {
    this.#following ??= this.#followNow().finally(() => (this.#following = undefined));
    return this.#following;
  }

  async #followNow(): Promise<void> {
    const { scope, config } = this.#options;
    const source = await config();
    const remembered = await this.#recall(this.#wanted(source));
    if (scope.signal.aborted) throw unavailable("The MCP servers of this directory are closed");
    this.#following = undefined; // who comes from here on has something newer to be looked at
    const wanted = this.#wanted(source);
    for (const [name, connection] of this.#connections) {
      const server = wanted.get(name);
      if (server && isSame(server, connection.config)) continue;
      this.#connections.delete(name);
      this.logins.cancel(name);
      // Not waited for: the new one has nothing to do with it.
      const closing = connection.close().finally(() => this.#retiring.delete(closing));
      this.#retiring.add(closing);
      if (connection.offer.tools.length > 0) this.#tellChanged(name);
    }
    const timeoutMs = source.experimental?.mcp_timeout ?? DEFAULT_TIMEOUT_MS;
    for (const [name, server] of wanted) {
      if (this.#connections.has(name)) continue;
      const known = remembered.get(server) ?? {};
      this.#connections.set(name, this.#open(name, server, timeoutMs, known));
    }
  }

  #wanted(source: McpConfigSource): Map<string, McpServerConfig> {
    const wanted = new Map<string, McpServerConfig>();
    for (const [name, server] of Object.entries(source.mcp ?? {})) {
      if (!("type" in server)) continue; // a switch of a server that is configured nowhere
      if (isName(name)) wanted.set(name, server);
      else this.#options.log.warn("this is no name of an MCP server", { name });
    }
    for (const [name, server] of this.#added) wanted.set(name, server);
    return wanted;
  }

  /** What is remembered of those that are to be opened. */
  async #recall(
    wanted: ReadonlyMap<string, McpServerConfig>,
  ): Promise<Map<McpServerConfig, Remembered>> {
    const { memory } = this.#options;
    const opening = [...wanted].filter(([name, server]) => {
      const connection = this.#connections.get(name);
      return !connection || !isSame(server, connection.config);
    });
    const entries = opening.map(async ([name, config]) => {
      return [config, await memory.recall(this.#identity(name, config))] as const;
    });
    return new Map(await Promise.all(entries));
  }

  #identity(name: string, config: McpServerConfig): ServerIdentity {
    return { name, config, directory: this.#options.directory };
  }

  #open(
    name: string,
    config: McpServerConfig,
    timeoutMs: number,
    remembered: Remembered,
  ): McpConnection {
    const { directory, env, clock, auth, scope } = this.#options;
    const connection = new McpConnection({
      name,
      config,
      remembered,
      directory,
      env,
      clock,
      log: this.#options.log.child(`mcp ${name}`),
      timeoutMs: config.timeout ?? timeoutMs,
      tokens: () => auth.tokens(name, config),
      canLogIn: (challenge) => auth.canLogIn(name, config, challenge, scope.signal),
      onChanged: () => {
        this.#remember(connection);
        this.#tellChanged(name);
      },
    });
    return connection;
  }

  /** Keeps what a server offers for the next time, or forgets one that is of no use now. */
  #remember({ name, config, offer, status: { status } }: McpConnection): void {
    const { memory } = this.#options;
    const identity = this.#identity(name, config);
    if (status === "connected") void memory.keep(identity, { offer });
    // One that a person has switched off may be switched on again.
    else if (status !== "disabled") void memory.forget(identity);
  }

  #tellChanged(server: string): void {
    if (!this.#options.scope.signal.aborted) this.#options.publish("mcp.tools.changed", { server });
  }

  async #start(maxMs: number | undefined, signal?: AbortSignal): Promise<void> {
    await this.#follow();
    const waits = [...this.#connections.values()].map((connection) =>
      this.#patience.wait(connection, this.#startOne(connection), { maxMs, signal }),
    );
    await Promise.all(waits);
  }

  /** Resolves when it is known how that went. */
  async #startOne(connection: McpConnection): Promise<void> {
    const { auth, log } = this.#options;
    const { needsLogin, name, config } = connection;
    try {
      // The login may have been made elsewhere: by another directory, or another process.
      if (needsLogin && (await auth.hasTokens(name, config))) return await connection.connect();
    } catch (error) {
      log.warn("the stored login cannot be read", { server: name, error: errorMessage(error) });
    }
    return connection.start();
  }

  /** As the configuration is now. AppError not-found. */
  async #get(name: string): Promise<McpConnection> {
    await this.#follow();
    const found = this.#connections.get(name);
    if (found) return found;
    const names = [...this.#connections.keys()];
    const similar = didYouMean(name, names);
    throw notFound("MCP server", name, similar && `Did you mean ${similar}?`);
  }

  #sorted(): McpConnection[] {
    return [...this.#connections.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #statuses(): Record<string, MCPStatus> {
    return Object.fromEntries(this.#sorted().map(({ name, status }) => [name, status]));
  }

  async #close(): Promise<void> {
    this.logins.cancelAll();
    const closing = [...this.#connections.values()].map((connection) => connection.close());
    await Promise.all([...this.#retiring, ...closing]);
  }
}

function isSame(one: McpServerConfig, other: McpServerConfig): boolean {
  return stableStringify(one) === stableStringify(other);
}

/** Whether what has this name may be of the server. */
function mayOffer(server: string, name: string): boolean {
  const start = sanitize(server);
  return name.startsWith(`${start}_`) || name.startsWith(`${start}:`);
}

function isName(name: string): boolean {
  const isPossible = name.trim() === name && name !== "" && name !== "__proto__";
  return isPossible && name.length <= NAME_MAX_LENGTH && !/\p{Cc}/u.test(name);
}

function checkName(name: string): void {
  if (!isName(name)) throw invalid(`${JSON.stringify(name)} is no name of an MCP server`);
}
