// The connection to one configured server over its whole life: connected in the background, kept
// up to date with the lists of the server, connected again with growing pauses when it is lost, and
// what it offers in between. Calls go through it; it never throws but for a call.
import type { Clock } from "@/base/clock";
import { AppError, invalid, unavailable } from "@/base/error";
import { plural, stableStringify } from "@/base/text";
import type { McpLogLine, McpServerConfig, MCPStatus } from "@/schema/mcp";
import { retryDelay } from "./backoff";
import type { Offer } from "./definition";
import { describeFailure, type ListName, McpClient, type RequestOptions } from "./mcp-client";
import {
  parseInstructions,
  parsePrompts,
  parseResources,
  parseTemplates,
  parseTools,
} from "./offers";
import type { Remembered } from "./offer-memory";
import { type Challenge, LoginNeeded, type OAuthTokens } from "./oauth-tokens";
import { ConnectionLost } from "./remote-fetch";
import { ServerLog } from "./server-log";
import type { WireOptions } from "./wire";

/** A connection that held this long was a good one: its end is the first failure. */
const GOOD_AFTER_MS = 60_000;
/** Lists that change in quick succession are read once. */
const LIST_PAUSE_MS = 250;

const NOTHING: Offer = { tools: [], prompts: [], resources: [], templates: [] };

export interface ConnectionOptions extends Omit<WireOptions, "tokens" | "onSaid"> {
  name: string;
  config: McpServerConfig;
  /** Of an earlier connection, perhaps another process's. */
  remembered: Remembered;
  timeoutMs: number;
  clock: Clock;
  /** Tokens for one connection; undefined where nobody logs in. */
  tokens(): OAuthTokens | undefined;
  /** Whether we can be registered where this server's logins are, or are already. */
  canLogIn(challenge: Challenge): Promise<boolean>;
  /** Told when what the server offers is no longer what it was. */
  onChanged(): void;
}

type State =
  | { kind: "disabled" | "idle" | "needs-auth" }
  /** `error` is why it was not connected before. */
  | { kind: "connecting"; settled: Promise<void>; controller: AbortController; error?: string }
  | { kind: "connected"; client: McpClient; since: number }
  /** `retry`, where there will be one, gives it up. */
  | { kind: "failed"; error: string; isLost: boolean; retry?: () => void }
  | { kind: "needs-registration"; error: string };

export class McpConnection {
  readonly #options: ConnectionOptions;
  readonly #closed = new AbortController();
  readonly #refreshing = new Map<ListName, "running" | "again">();
  readonly #log: ServerLog;
  #state: State;
  #offer: Offer = NOTHING;
  /** Nothing was asked of the server yet. */
  #isNew = true;
  #failures = 0;
  #challenge: Challenge = {};
  /** What is being closed: a server that is started anew must not meet its former self. */
  #closing: Promise<unknown> = Promise.resolve();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#log = new ServerLog(options.clock);
    const isOff = options.config.enabled === false;
    this.#state = { kind: isOff ? "disabled" : "idle" };
    if (!isOff && options.remembered.offer) this.#offer = options.remembered.offer;
  }

  get name(): string {
    return this.#options.name;
  }

  get config(): McpServerConfig {
    return this.#options.config;
  }

  get remembered(): Remembered {
    return this.#options.remembered;
  }

  /** What the server offers; while it is being connected, again or at first, what it offered. */
  get offer(): Offer {
    return this.#offer;
  }

  /** What the server's last refusal said of logging in. */
  get challenge(): Challenge {
    return this.#challenge;
  }

  /** What became of it so far, and what its program said. */
  get log(): readonly McpLogLine[] {
    return this.#log.lines;
  }

  get isConnecting(): boolean {
    return this.#state.kind === "connecting";
  }

  /** It could not be connected, or was lost; not so when it was ended before that was known. */
  get hasFailed(): boolean {
    return this.#state.kind === "failed";
  }

  get needsLogin(): boolean {
    return this.#state.kind === "needs-auth";
  }

  get status(): MCPStatus {
    const state = this.#state;
    if (state.kind === "connected") return { status: "connected" };
    if (state.kind === "disabled") return { status: "disabled" };
    if (state.kind === "needs-auth") return { status: "needs_auth" };
    if (state.kind === "failed") return { status: "failed", error: state.error };
    if (state.kind === "needs-registration") {
      return { status: "needs_client_registration", error: state.error };
    }
    const error = "error" in state ? state.error : undefined;
    return { status: "failed", error: error ?? "It is still being connected" };
  }

  /** Connects a server that was never tried; resolves when it is known how that went. */
  start(): Promise<void> {
    if (this.#state.kind === "idle") return this.#connect();
    return this.#state.kind === "connecting" ? this.#state.settled : Promise.resolve();
  }

  /** Connects now, whatever was before; resolves when it is known how that went. */
  async connect(): Promise<void> {
    await this.#end();
    this.#failures = 0;
    await this.#connect();
  }

  /** Ends the connection and stays away until `connect`. */
  async disconnect(): Promise<void> {
    await this.#end();
    this.#log.note("disconnected");
    this.#state = { kind: "disabled" };
    this.#setOffer(NOTHING);
  }

  /** The end: nothing of the server is left when it resolves. */
  async close(): Promise<void> {
    this.#closed.abort(new DOMException(`MCP server ${this.name} is closed`, "AbortError"));
    await this.#end();
    await this.#closing;
    this.#state = { kind: "disabled" };
  }

  /**
   * Asks the server, over a new connection where the old one was lost. Throws AppError unavailable
   * that names the server, or the signal's reason. What may have reached the server is never asked
   * twice.
   */
  async request(
    method: string,
    params: Record<string, unknown>,
    options: RequestOptions,
  ): Promise<Record<string, unknown>> {
    const ask = async () => {
      const client = await this.#connected(options.signal);
      try {
        return await client.request(method, params, options);
      } catch (error) {
        if (error instanceof LoginNeeded) await this.#loseLogin(client, error);
        throw error;
      }
    };
    try {
      return await ask().catch((error: unknown) => {
        if (error instanceof ConnectionLost && error.isUnsent) return ask();
        throw error;
      });
    } catch (error) {
      options.signal.throwIfAborted();
      throw this.#explain(error);
    }
  }

  /** The client of now; waits for one that is being connected, or connects a lost one at once. */
  async #connected(signal: AbortSignal): Promise<McpClient> {
    const state = this.#state;
    if (state.kind === "idle" || (state.kind === "failed" && state.isLost)) void this.#connect();
    if (this.#state.kind === "connecting") await abortable(this.#state.settled, signal);
    if (this.#state.kind === "connected") return this.#state.client;
    if (this.#state.kind === "needs-auth") throw unavailable("a person must log in to it first");
    throw unavailable("error" in this.status ? this.status.error : "it is not connected");
  }

  #connect(): Promise<void> {
    if (this.#state.kind === "connecting") return this.#state.settled;
    if (this.#state.kind === "failed") this.#state.retry?.();
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.#closed.signal]);
    const before = this.#state.kind === "failed" ? this.#state : undefined;
    // One that is remembered may come back as one that was lost.
    const wasLost = this.#isNew ? this.#offer !== NOTHING : before?.isLost === true;
    this.#isNew = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    const reason = before && { error: before.error };
    this.#state = { kind: "connecting", settled: promise, controller, ...reason };
    void this.#attempt(signal, wasLost).finally(resolve);
    return promise;
  }

  async #attempt(signal: AbortSignal, wasLost: boolean): Promise<void> {
    const { clock, tokens, log } = this.#options;
    let client: McpClient | undefined;
    try {
      await this.#closing;
      client = await McpClient.open(
        {
          ...this.#options,
          tokens: tokens(),
          onSaid: (piece) => this.#log.say(piece),
          onLost: (lost, error) => this.#lost(lost, error),
          onListChanged: (changed, list) => void this.#refresh(changed, list),
        },
        signal,
      );
      const offer = await this.#readOffer(client, signal);
      signal.throwIfAborted();
      this.#state = { kind: "connected", client, since: clock.now() };
      this.#setOffer(offer);
      this.#log.note(`connected, ${plural(offer.tools.length, "tool")}`);
      log.info("connected", { server: this.name, tools: offer.tools.length });
    } catch (error) {
      if (client) await this.#closeClient(client);
      if (signal.aborted) return; // whoever ended it has set what comes next
      if (!(error instanceof LoginNeeded)) return this.#fail(error, wasLost);
      const refused = await this.#refused(error);
      if (signal.aborted) return;
      this.#log.note("it wants a person to log in");
      this.#state = refused;
      this.#setOffer(NOTHING);
    }
  }

  async #readOffer(client: McpClient, signal: AbortSignal): Promise<Offer> {
    const [tools, prompts, resources, templates] = await Promise.all([
      client.list("tools", signal),
      // A server may be of use without these.
      this.#orNothing(client.list("prompts", signal)),
      this.#orNothing(client.list("resources", signal)),
      this.#orNothing(client.list("templates", signal)),
    ]);
    const instructions = parseInstructions(client.instructions);
    return {
      tools: parseTools(tools),
      prompts: parsePrompts(prompts),
      resources: parseResources(resources, this.name),
      templates: parseTemplates(templates, this.name),
      ...(instructions !== undefined && { instructions }),
    };
  }

  async #orNothing(entries: Promise<unknown[]>): Promise<unknown[]> {
    try {
      return await entries;
    } catch (error) {
      this.#options.log.warn("a list is missing", {
        server: this.name,
        error: describeFailure(error),
      });
      return [];
    }
  }

  /** Reads a list anew after the server said that it changed, never more than once at a time. */
  async #refresh(client: McpClient, list: ListName): Promise<void> {
    if (this.#refreshing.has(list)) {
      this.#refreshing.set(list, "again");
      return;
    }
    const { clock, log } = this.#options;
    const { signal } = this.#closed;
    this.#refreshing.set(list, "running");
    try {
      // It may have changed after the first look at it.
      if (this.#state.kind === "connecting") await this.#state.settled;
      do {
        this.#refreshing.set(list, "running");
        const entries = await client.list(list, signal);
        if (this.#state.kind !== "connected" || this.#state.client !== client) return;
        this.#setOffer({ ...this.#offer, ...this.#parse(list, entries) });
        await clock.sleep(LIST_PAUSE_MS, signal);
      } while (this.#refreshing.get(list) === "again");
    } catch (error) {
      log.debug("a list could not be read", { server: this.name, error: describeFailure(error) });
    } finally {
      this.#refreshing.delete(list);
    }
  }

  #parse(list: ListName, entries: readonly unknown[]): Partial<Offer> {
    if (list === "tools") return { tools: parseTools(entries) };
    if (list === "prompts") return { prompts: parsePrompts(entries) };
    if (list === "templates") return { templates: parseTemplates(entries, this.name) };
    return { resources: parseResources(entries, this.name) };
  }

  #setOffer(offer: Offer): void {
    // The same offer stays the same object: what is told to models is built from it once.
    if (stableStringify(offer) === stableStringify(this.#offer)) return;
    this.#offer = offer;
    this.#options.onChanged();
  }

  #lost(client: McpClient, error: Error): void {
    const state = this.#state;
    void this.#closeClient(client);
    if (state.kind !== "connected" || state.client !== client) return;
    if (this.#options.clock.now() - state.since >= GOOD_AFTER_MS) this.#failures = 0;
    this.#fail(error, true);
  }

  /** Notes the failure and, where it may pass, plans the next attempt. */
  #fail(error: unknown, isLost: boolean): void {
    const { clock, config, log } = this.#options;
    this.#failures += 1;
    const isFinal = error instanceof AppError && error.data["permanent"] === true;
    const delayMs = isFinal ? undefined : retryDelay(config.type, this.#failures);
    const text = describeFailure(error);
    this.#log.note(`not connected: ${text}`);
    log.warn("not connected", { server: this.name, error: text, retryInMs: delayMs });
    const stays = isLost && delayMs !== undefined;
    const retry = delayMs === undefined ? {} : { retry: clock.timer(delayMs, () => this.#retry()) };
    this.#state = { kind: "failed", error: text, isLost: stays, ...retry };
    // What it offered stays while it may come back, so that models see the same tools throughout.
    if (!stays) this.#setOffer(NOTHING);
  }

  #retry(): void {
    if (this.#state.kind === "failed") void this.#connect();
  }

  /** The server no longer accepts the login it had. */
  async #loseLogin(client: McpClient, error: LoginNeeded): Promise<void> {
    const refused = await this.#refused(error);
    if (this.#state.kind !== "connected" || this.#state.client !== client) return;
    this.#state = refused;
    this.#setOffer(NOTHING);
    await this.#closeClient(client);
  }

  /** What a refusal means: a person must log in, or register us first. */
  async #refused({ challenge }: LoginNeeded): Promise<State> {
    this.#challenge = challenge;
    if (await this.#options.canLogIn(challenge)) return { kind: "needs-auth" };
    const error = `it does not register clients by itself: set mcp.${this.name}.oauth.clientId`;
    return { kind: "needs-registration", error };
  }

  /** Ends what runs; the state is the caller's to set. */
  async #end(): Promise<void> {
    const state = this.#state;
    if (state.kind === "failed") state.retry?.();
    if (state.kind === "connecting") {
      state.controller.abort(new DOMException("the connection was ended", "AbortError"));
      await state.settled;
    }
    if (state.kind === "connected") await this.#closeClient(state.client);
    if (this.#state === state) this.#state = { kind: "idle" };
  }

  #closeClient(client: McpClient): Promise<unknown> {
    return (this.#closing = Promise.all([this.#closing, client.close()]));
  }

  #explain(error: unknown): Error {
    const needsLogin = error instanceof LoginNeeded;
    const reason = needsLogin ? "a person must log in to it first" : describeFailure(error);
    const message = `MCP server ${this.name}: ${reason}`;
    if (error instanceof AppError && error.kind === "invalid") return invalid(message);
    return unavailable(message, {}, error);
  }
}

/** Waits for `promise` as long as `signal` lets it. */
async function abortable(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
