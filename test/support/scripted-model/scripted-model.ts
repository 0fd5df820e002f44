// A model that says what a test wrote down, over real HTTP in the real formats of the APIs.
//
// It answers each request with the next turn of its script, records what was asked, and checks on
// every request that tool calls and results pair up: a request that breaks a rule of its wire is
// refused with 400 and kept in `violations`. It listens on loopback only and has no timers.
// node:http rather than Bun.serve, because it can drop a connection at a chosen byte without noise.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { sendJSON, sendTurn } from "./answer";
import { anthropic } from "./anthropic";
import { bedrock } from "./bedrock";
import { google } from "./google";
import { mistral } from "./mistral";
import { objectOf } from "./json";
import { openai } from "./openai";
import { openaiCompatible } from "./openai-compatible";
import { checkPairing } from "./pairing";
import { checkStrict } from "./strict";
import type { NeutralRequest, ScriptedTurn, Turn, WireName } from "./turn";
import type { Wire } from "./wire";

export const WIRES: Record<WireName, Wire> = {
  "openai-compatible": openaiCompatible,
  anthropic,
  openai,
  google,
  mistral,
  bedrock,
};

export const WIRE_NAMES: readonly WireName[] = [
  "openai-compatible",
  "anthropic",
  "openai",
  "google",
];

export interface ScriptedModelOptions {
  wire?: WireName;
  turns?: readonly ScriptedTurn[];
  /**
   * "queue": each request takes the next turn. "conversation": a request that holds n assistant
   * messages gets the nth turn, so that many conversations may run over one script at once; after
   * the last turn it starts again.
   */
  order?: "queue" | "conversation";
  /**
   * Answers requests beside the conversation, which take no turn; undefined is "not beside it".
   * The default answers each request without tools with a title; false takes them all as turns.
   */
  side?: ((request: NeutralRequest) => Turn | undefined) | false;
  /** What `GET /models` lists, and what config() declares, all alike. The first is the main one. */
  models?: readonly string[];
  limit?: { context: number; output: number };
  /** Added to each model of config(). */
  modelOptions?: Record<string, unknown>;
  /** Added to the provider's options in config(), for time limits and the like. */
  providerOptions?: Record<string, unknown>;
  port?: number;
}

export interface RecordedRequest {
  request: NeutralRequest;
  /** As received. */
  body: string;
  byteLength: number;
  headers: Record<string, string>;
  path: string;
  /** Whether it was answered beside the script. */
  isSide: boolean;
  /** What was wrong with it; empty when it was answered by the script. */
  violations: string[];
  /** Resolves when the exchange is over: true when the client left before the answer's end. */
  ended: Promise<{ aborted: boolean }>;
}

/** The key that config() gives and every request must carry. */
export const SCRIPTED_KEY = "scripted-key";

const TITLE: Turn = { text: "A short title" };

export class ScriptedModel implements AsyncDisposable {
  /** Those that took a turn or were refused, in order of arrival. */
  readonly requests: RecordedRequest[] = [];
  readonly sideRequests: RecordedRequest[] = [];
  /** One sentence for each broken rule, of all requests. */
  readonly violations: string[] = [];

  readonly #wire: Wire;
  readonly #options: ScriptedModelOptions;
  readonly #server: Server;
  readonly #turns: ScriptedTurn[];
  #waiters: { index: number; resolve: (request: RecordedRequest) => void }[] = [];
  #serial = 0;

  constructor(options: ScriptedModelOptions = {}) {
    this.#options = options;
    this.#wire = WIRES[options.wire ?? "openai-compatible"];
    this.#turns = [...(options.turns ?? [])];
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        this.violations.push(`the scripted model itself failed: ${String(error)}`);
        response.destroy();
      });
    });
    this.#server.listen(options.port ?? 0, "127.0.0.1");
  }

  get wire(): WireName {
    return this.#wire.name;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return `http://127.0.0.1:${address.port}`;
  }

  get baseURL(): string {
    return this.url + this.#wire.basePath;
  }

  /** How many turns of a queue are still to be taken. */
  get turnsLeft(): number {
    return this.#turns.length;
  }

  /** Adds turns at the end of the script. */
  push(...turns: ScriptedTurn[]): void {
    this.#turns.push(...turns);
  }

  /** The nth request that takes a turn, counted from 0, as soon as it has arrived. */
  waitForRequest(index: number): Promise<RecordedRequest> {
    const request = this.requests[index];
    if (request) return Promise.resolve(request);
    return new Promise((resolve) => this.#waiters.push({ index, resolve }));
  }

  /** The part of opencode.json which makes this server the provider "scripted". */
  config(): { model: string; small_model: string; provider: Record<string, unknown> } {
    const main = this.#modelIDs[0] ?? "main";
    return {
      model: `scripted/${main}`,
      small_model: `scripted/${main}`,
      provider: {
        scripted: {
          name: "Scripted",
          npm: this.#wire.npm,
          options: {
            baseURL: this.baseURL,
            apiKey: SCRIPTED_KEY,
            ...this.#wire.options,
            ...this.#options.providerOptions,
          },
          models: Object.fromEntries(this.#modelIDs.map((id) => [id, this.#modelConfig(id)])),
        },
      },
    };
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #modelIDs(): readonly string[] {
    return this.#options.models ?? ["main"];
  }

  #modelConfig(id: string): Record<string, unknown> {
    return {
      name: `Scripted ${id}`,
      tool_call: true,
      temperature: true,
      limit: this.#options.limit ?? { context: 200_000, output: 8_000 },
      cost: { input: 1, output: 2, cache_read: 0.1, cache_write: 1.25 },
      ...this.#options.modelOptions,
    };
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    if (request.method === "GET" && pathname.endsWith("/models")) {
      return sendJSON(response, 200, this.#modelList());
    }
    if (request.method !== "POST" || !this.#wire.matches(pathname)) {
      this.violations.push(`${request.method} ${pathname} is not of wire ${this.#wire.name}`);
      return sendJSON(response, 404, this.#wire.errorBody(404, `no route ${pathname}`));
    }
    // Watched from the start, so that a client which leaves while the turn is prepared is seen.
    const ended = new Promise<{ aborted: boolean }>((resolve) => {
      response.on("close", () => resolve({ aborted: !response.writableFinished }));
    });
    const body = await readBody(request);
    const recorded = this.#record(body, request, pathname, ended);
    await this.#answer(recorded, response);
  }

  #record(
    body: string,
    message: IncomingMessage,
    path: string,
    ended: Promise<{ aborted: boolean }>,
  ): RecordedRequest {
    const request = this.#wire.parse(parseBody(body), path);
    const violations = [
      ...this.#wire.check(request),
      ...checkPairing(request),
      ...checkStrict(request, body),
      ...checkKey(message.headers),
    ];
    const recorded: RecordedRequest = {
      request,
      body,
      byteLength: Buffer.byteLength(body),
      headers: flatHeaders(message.headers),
      path,
      isSide: this.#sideTurn(request) !== undefined,
      violations,
      ended,
    };
    this.violations.push(...violations);
    if (recorded.isSide) this.sideRequests.push(recorded);
    else this.#announce(recorded);
    return recorded;
  }

  #announce(recorded: RecordedRequest): void {
    this.requests.push(recorded);
    const arrived = this.#waiters.filter((waiter) => waiter.index < this.requests.length);
    this.#waiters = this.#waiters.filter((waiter) => waiter.index >= this.requests.length);
    for (const waiter of arrived) waiter.resolve(recorded);
  }

  async #answer(recorded: RecordedRequest, response: ServerResponse): Promise<void> {
    if (recorded.violations.length > 0) {
      const problems = recorded.violations.join("; ");
      return sendJSON(response, 400, this.#wire.errorBody(400, problems));
    }
    const scripted = this.#sideTurn(recorded.request) ?? this.#takeTurn(recorded.request);
    if (!scripted) {
      this.violations.push("a request came after the last turn of the script");
      return sendJSON(response, 400, this.#wire.errorBody(400, "the script has no turn left"));
    }
    const turn = typeof scripted === "function" ? await scripted(recorded.request) : scripted;
    await turn.gate;
    await sendTurn(response, turn, this.#wire, this.#serial++);
  }

  #sideTurn(request: NeutralRequest): Turn | undefined {
    const { side } = this.#options;
    if (side === false) return undefined;
    if (side) return side(request);
    return request.tools.length === 0 ? TITLE : undefined;
  }

  #takeTurn(request: NeutralRequest): ScriptedTurn | undefined {
    if (this.#options.order !== "conversation") return this.#turns.shift();
    const step = request.messages.filter((message) => message.role === "assistant").length;
    return this.#turns[step % Math.max(1, this.#turns.length)];
  }

  /** In the shape of each wire at once: their clients read different keys of it. */
  #modelList(): Record<string, unknown> {
    return {
      object: "list",
      data: this.#modelIDs.map((id) => ({ id, object: "model", owned_by: "scripted" })),
      models: this.#modelIDs.map((id) => ({ name: `models/${id}`, displayName: id })),
    };
  }
}

/** `await using model = scriptedModel({ wire: "anthropic", turns: [{ text: "Hello" }] });` */
export function scriptedModel(options: ScriptedModelOptions = {}): ScriptedModel {
  return new ScriptedModel(options);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function parseBody(body: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(body));
  } catch {
    // An empty request then fails the wire's checks, which is how it is told.
    return {};
  }
}

function flatHeaders(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]),
  );
}

function checkKey(headers: IncomingMessage["headers"]): string[] {
  const sent = [headers["x-api-key"], headers["x-goog-api-key"], headers.authorization].flat();
  return sent.some((value) => value?.includes(SCRIPTED_KEY)) ? [] : ["the key is missing"];
}
