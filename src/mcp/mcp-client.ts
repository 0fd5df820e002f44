// One connection to one server while it lasts: opened over the first wire that works, asked with
// exact time limits, closed with everything behind it. Whether to connect again is
// mcp-connection.ts's.
import type { Clock } from "@/base/clock";
import { AppError, errorMessage, unavailable } from "@/base/error";
import type { McpProgress } from "./definition";
import { LIST_MAX } from "./offers";
import { isFields, withoutControls } from "./plain-text";
import { LoginNeeded } from "./oauth-tokens";
import { ConnectionLost } from "./remote-fetch";
import { type Client, CLIENT_INFO, loadSDK } from "./sdk";
import { withTimeLimit } from "./time-limit";
import { type OpenWire, speaksOlder, type Wire, type WireOptions, wiresTo } from "./wire";

/** A call that reports progress may go on this long. */
const CALL_TOTAL_MAX_MS = 30 * 60_000;
/** The SDK's own limits are out of the way: ours are exact and on our clock. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;
const PAGES_MAX = 100;
const REASON_MAX_LENGTH = 2_000;

/** The lists of a server: how each is asked for, where it stands, what says that it is there. */
const LISTS = {
  tools: { method: "tools/list", key: "tools", capability: "tools" },
  prompts: { method: "prompts/list", key: "prompts", capability: "prompts" },
  resources: { method: "resources/list", key: "resources", capability: "resources" },
  templates: {
    method: "resources/templates/list",
    key: "resourceTemplates",
    capability: "resources",
  },
} as const;

export type ListName = keyof typeof LISTS;

export interface ClientOptions extends WireOptions {
  /** For connecting, and for each answer. */
  timeoutMs: number;
  clock: Clock;
  /** Told once when the connection has ended without being closed. */
  onLost(client: McpClient, error: Error): void;
  onListChanged(client: McpClient, list: ListName): void;
}

export interface RequestOptions {
  signal: AbortSignal;
  onProgress?: (progress: McpProgress) => void;
}

export class McpClient {
  readonly #options: ClientOptions;
  readonly #client: Client;
  readonly #wire: Wire;
  readonly #sdk: Awaited<ReturnType<typeof loadSDK>>;
  #state: "opening" | "open" | "over" = "opening";

  private constructor(
    options: ClientOptions,
    sdk: Awaited<ReturnType<typeof loadSDK>>,
    openWire: OpenWire,
  ) {
    const { log } = options;
    const changed = (...lists: readonly ListName[]) => {
      return () => lists.forEach((list) => options.onListChanged(this, list));
    };
    this.#options = options;
    this.#sdk = sdk;
    this.#wire = openWire((error) => this.#tellLost(error));
    this.#client = new sdk.Client(CLIENT_INFO, { capabilities: {} });
    this.#client.onclose = () => this.#tellLost(new Error("it hung up"));
    this.#client.onerror = (error) => log.debug("wire", { error: describeFailure(error) });
    this.#client.setNotificationHandler(sdk.toolsChanged, changed("tools"));
    this.#client.setNotificationHandler(sdk.promptsChanged, changed("prompts"));
    this.#client.setNotificationHandler(sdk.resourcesChanged, changed("resources", "templates"));
  }

  /**
   * Connects within the time limit. Throws AppError (unavailable, invalid), ConnectionLost,
   * LoginNeeded, or the signal's reason; nothing is left of a connection that did not come to be.
   */
  static async open(options: ClientOptions, signal: AbortSignal): Promise<McpClient> {
    const { clock, timeoutMs } = options;
    const onTimeout = () => unavailable(`it did not connect within ${seconds(timeoutMs)}`);
    let opening: Promise<McpClient> | undefined;
    try {
      return await withTimeLimit({ clock, timeoutMs, signal, onTimeout }, (limited) => {
        return (opening = McpClient.#open(options, limited));
      });
    } catch (error) {
      await opening?.then(
        (late) => late.close(),
        () => {}, // it has failed too, which is what is told
      );
      throw error;
    }
  }

  static async #open(options: ClientOptions, signal: AbortSignal): Promise<McpClient> {
    const wires = await wiresTo(options);
    const sdk = await loadSDK();
    for (const [at, openWire] of wires.entries()) {
      const client = new McpClient(options, sdk, openWire);
      const failure = await client.#connect(signal);
      if (failure === undefined) return client;
      if (at === wires.length - 1 || !(await speaksOlder(failure))) throw translate(failure);
      options.log.debug("no streamable HTTP: trying SSE", { error: describeFailure(failure) });
    }
    throw unavailable("there is no way to it");
  }

  /** What the server wants models to know. */
  get instructions(): string | undefined {
    return this.#client.getInstructions();
  }

  /**
   * Asks the server. Throws AppError unavailable when it reports an error or does not answer in
   * time (each progress it reports begins the time anew), ConnectionLost when it is gone,
   * LoginNeeded, or the signal's reason, with the server told of the end.
   */
  async request(
    method: string,
    params: Record<string, unknown>,
    { signal, onProgress }: RequestOptions,
  ): Promise<Record<string, unknown>> {
    const { clock, timeoutMs } = this.#options;
    const onTimeout = () => unavailable(`it did not answer within ${seconds(timeoutMs)}`);
    const totalMs = onProgress && CALL_TOTAL_MAX_MS;
    const limit = { clock, timeoutMs, signal, onTimeout, ...(totalMs && { totalMs }) };
    const { ResultSchema } = this.#sdk;
    try {
      return await withTimeLimit(limit, (limited, touch) =>
        this.#client.request({ method, params }, ResultSchema, {
          signal: limited,
          timeout: NO_TIMEOUT_MS,
          ...(onProgress && {
            onprogress: (progress) => {
              touch();
              onProgress(cleanProgress(progress));
            },
          }),
        }),
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw translate(this.#state === "over" ? this.#failure(error) : error);
    }
  }

  /** All entries of a list, as they came; empty where the server has no such list. */
  async list(list: ListName, signal: AbortSignal): Promise<unknown[]> {
    const entries: unknown[] = [];
    const { method, key, capability } = LISTS[list];
    if (this.#client.getServerCapabilities()?.[capability] === undefined) return entries;
    let cursor: string | undefined;
    for (let page = 0; page < PAGES_MAX && entries.length < LIST_MAX; page++) {
      const result = await this.request(method, cursor ? { cursor } : {}, { signal });
      const found = result[key];
      if (Array.isArray(found)) entries.push(...found.slice(0, LIST_MAX));
      const next = result["nextCursor"];
      if (typeof next !== "string" || next === "" || next === cursor) break;
      cursor = next;
    }
    return entries;
  }

  /** Resolves when nothing of the connection is left, a local server included; never rejects. */
  async close(): Promise<void> {
    this.#state = "over";
    try {
      await this.#wire.close();
      await this.#client.close();
    } catch (error) {
      this.#options.log.debug("closing", { error: errorMessage(error) });
    }
  }

  /** Why it could not be connected, with everything closed; undefined when it is. */
  async #connect(signal: AbortSignal): Promise<unknown> {
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      signal.throwIfAborted();
      const connecting = this.#client.connect(this.#wire.transport, {
        signal,
        timeout: NO_TIMEOUT_MS,
      });
      await Promise.race([connecting, aborted.promise]);
      this.#state = "open";
      return undefined;
    } catch (error) {
      await this.close();
      // Only now is it known how a program has ended.
      return signal.aborted ? signal.reason : this.#failure(error);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #failure(error: unknown): unknown {
    return this.#wire.failure() ?? error;
  }

  #tellLost(error: Error): void {
    if (this.#state !== "open") return;
    this.#state = "over";
    this.#options.onLost(this, new Error(describeFailure(this.#failure(error))));
  }
}

/** A failure in words for a person, bounded, without the protocol's own numbers. */
export function describeFailure(error: unknown): string {
  const text = typeof error === "string" ? error : errorMessage(error);
  const plain = withoutControls(text).replace(/^MCP error -?\d+: /, "");
  return plain.slice(0, REASON_MAX_LENGTH) || "unknown failure";
}

function translate(error: unknown): Error {
  if (error instanceof AppError || error instanceof LoginNeeded) return error;
  if (error instanceof ConnectionLost) return error;
  return unavailable(describeFailure(error), {}, error);
}

function cleanProgress(value: unknown): McpProgress {
  const { progress, total, message } = isFields(value) ? value : {};
  return {
    progress: typeof progress === "number" ? progress : 0,
    ...(typeof total === "number" && { total }),
    ...(typeof message === "string" && { message: describeFailure(message) }),
  };
}

function seconds(ms: number): string {
  return `${ms / 1_000} s (its \`timeout\`)`;
}
