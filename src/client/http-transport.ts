// The transport to a server in another process or on another machine: requests over HTTP, events
// as server-sent events. A connection that is lost is made again, ever more patiently, and events
// go on behind the last one heard. Each request has a connection of its own: one that is kept for
// the next may have died unnoticed, and whoever takes it waits for good.
import type { Clock } from "@/base/clock";
import { AppError, denied, errorMessage, isAbort, unavailable } from "@/base/error";
import { GlobalEvent } from "@/schema/event";
import { isValid } from "@/base/schema";
import { EventFrames } from "./event-frames";
import type { EventListener, Transport } from "./transport";

export interface HTTPTransportOptions {
  url: URL;
  username?: string | undefined;
  password?: string | undefined;
  clock: Clock;
}

const SILENT = "the server does not answer any more";
const DEFAULT_USERNAME = "opencode";
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;
/** The server lets hear of itself every ten seconds; one that is silent for longer is gone. */
const SILENCE_MS = 25_000;
/** It greets whoever listens at once; where that does not come, nothing will. */
const GREETING_MS = 10_000;

export class HTTPTransport implements Transport {
  readonly #options: HTTPTransportOptions;
  readonly #headers: Readonly<Record<string, string>>;
  /** Aborted, and made anew, when the network is found dead: what is under way has no answer. */
  #network = new AbortController();

  constructor(options: HTTPTransportOptions) {
    this.#options = options;
    const { username = DEFAULT_USERNAME, password } = options;
    const credentials = Buffer.from(`${username}:${password ?? ""}`).toString("base64");
    this.#headers = {
      "x-opencode-client": "tui",
      ...(password !== undefined && { authorization: `Basic ${credentials}` }),
    };
  }

  async send(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    for (const [name, value] of Object.entries(this.#headers)) headers.set(name, value);
    const { method, signal } = request;
    const body = request.body === null ? undefined : await request.text();
    return this.#fetch(pathname + search, {
      method,
      headers,
      signal: AbortSignal.any([signal, this.#network.signal]),
      ...(body !== undefined && { body }),
    });
  }

  listen(listener: EventListener): () => void {
    const controller = new AbortController();
    void this.#keepListening(listener, controller.signal);
    return () => controller.abort();
  }

  async #keepListening(listener: EventListener, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let cursor: string | undefined;
    listener.changed({ state: "connecting" });
    for (let attempt = 1; !signal.aborted; attempt++) {
      const hear = (id: string | undefined) => {
        cursor = id ?? cursor;
        attempt = 0;
      };
      const failure = await this.#hearUntilLost(listener, { cursor, hear, signal });
      if (signal.aborted) return;
      const reason = errorMessage(failure);
      if (failure instanceof AppError && failure.kind === "denied") {
        return listener.changed({ state: "failed", reason });
      }
      const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
      const retryAt = clock.now() + waitMs;
      listener.changed({ state: "reconnecting", reason, attempt: attempt + 1, retryAt });
      await clock.sleep(waitMs, signal).catch(() => undefined); // left: the loop ends
    }
  }

  /** Passes on events as long as they come; gives why they ceased. */
  async #hearUntilLost(listener: EventListener, stream: StreamState): Promise<unknown> {
    const silence = new AbortController();
    const signal = AbortSignal.any([stream.signal, silence.signal]);
    let stopWaiting = () => {};
    const wait = (ms: number) => {
      stopWaiting();
      stopWaiting = this.#options.clock.timer(ms, () => {
        silence.abort();
        this.#network.abort(unavailable(SILENT));
        this.#network = new AbortController();
      });
    };
    try {
      wait(GREETING_MS);
      const response = await this.#fetch("/global/event", {
        headers: {
          ...this.#headers,
          accept: "text/event-stream",
          ...(stream.cursor !== undefined && { "last-event-id": stream.cursor }),
        },
        signal,
      });
      if (!response.ok || !response.body) throw refusal(response.status, this.#options.url);
      const frames = new EventFrames();
      for await (const bytes of response.body) {
        wait(SILENCE_MS);
        for (const { id, data } of frames.add(bytes)) {
          stream.hear(id);
          tell(listener, data);
        }
      }
      return unavailable("the connection was closed");
    } catch (error) {
      if (silence.signal.aborted) return unavailable(SILENT);
      return error;
    } finally {
      stopWaiting();
    }
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const { url } = this.#options;
    const base = url.href.replace(/\/$/, "");
    try {
      return await fetch(base + path, { ...init, keepalive: false });
    } catch (error) {
      if (isAbort(error)) throw error;
      throw unavailable(`cannot reach ${url.origin}`, {}, error);
    }
  }
}

interface StreamState {
  /** The id of the last event heard. */
  cursor: string | undefined;
  hear(id: string | undefined): void;
  signal: AbortSignal;
}

function refusal(status: number, url: URL): AppError {
  if (status === 401) {
    return denied("the server wants its password: give it with -p or OPENCODE_SERVER_PASSWORD");
  }
  if (status === 403) return denied(`${url.host} is no address that the server answers to`);
  return unavailable(`${url.origin} answers with status ${status}`);
}

function tell(listener: EventListener, data: string): void {
  const value: unknown = parseJSON(data);
  // Of a server of another version; what is not understood is not for this program.
  if (!isValid(GlobalEvent, value)) return;
  const { directory, project, payload } = value;
  if (payload.type === "server.connected") {
    listener.changed({ state: "connected" });
    return listener.connected(payload.properties.resumed ?? false);
  }
  listener.event({ directory, event: payload, ...(project !== undefined && { project }) });
}

function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no event
  }
}
