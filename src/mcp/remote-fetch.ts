// The requests of a remote connection: configured headers and the login's token on each, a bound on
// what comes back, an end for requests whose call was given up, and a word when the server is gone
// or has forgotten the session.
import { errorCode, errorMessage } from "@/base/error";
import { boundBody } from "./bounded-body";
import { isFields } from "./plain-text";
import { type Challenge, LoginNeeded, type OAuthTokens } from "./oauth-tokens";
import { loadOAuth } from "./sdk";

const ANSWER_MAX_BYTES = 32 * 1024 * 1024;
const SESSION_HEADER = "mcp-session-id";
/** Errors of a connection that never came to be: nothing was sent. */
const UNSENT: readonly string[] = ["ConnectionRefused", "ECONNREFUSED", "FailedToOpenSocket"];

/** Thrown when the server is gone or has forgotten us; what was asked is `unsent` or unknown. */
export class ConnectionLost extends Error {
  readonly isUnsent: boolean;

  constructor(reason: string, isUnsent: boolean) {
    super(reason);
    this.isUnsent = isUnsent;
  }
}

export interface RemoteFetchOptions {
  headers: Readonly<Record<string, string>>;
  /** Undefined where nobody logs in. */
  tokens: OAuthTokens | undefined;
  /** The stream of events is the connection: it ends with it, and there is no second one. */
  hasOneStream: boolean;
  onLost(error: Error): void;
}

export class RemoteFetch {
  readonly #options: RemoteFetchOptions;
  /** The requests that run, by the id of the message that they carry. */
  readonly #running = new Map<unknown, AbortController>();
  #streams = 0;
  #failure: Error | undefined;

  constructor(options: RemoteFetchOptions) {
    this.#options = options;
  }

  /** Why the connection does not work any more: some transports lose what is thrown. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** What the transport uses as its fetch. */
  readonly fetch = async (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    const message = readMessage(init.body);
    this.#endCancelled(message);
    const isStream = init.method !== "POST" && init.method !== "DELETE";
    if (isStream) this.#countStream();
    const controller = new AbortController();
    const id = message?.["id"];
    if (id !== undefined) this.#running.set(id, controller);
    const onEnd = () => {
      if (id !== undefined) this.#running.delete(id);
      if (isStream && this.#options.hasOneStream) this.#lost("it ended the stream", false);
    };
    try {
      const signals = [controller.signal, init.signal].filter((one) => one != null);
      const response = await this.#authorized(input, { ...init, signal: AbortSignal.any(signals) });
      return boundBody(await this.#checkSession(response, init), {
        maxBytes: ANSWER_MAX_BYTES,
        onEnd,
      });
    } catch (error) {
      onEnd();
      throw error;
    }
  };

  /** With the token; with another one when that is refused. */
  async #authorized(input: string | URL, init: RequestInit): Promise<Response> {
    const { tokens } = this.#options;
    const token = await tokens?.current();
    const response = await this.#send(input, init, token);
    if (response.status !== 401 || !tokens) return response;
    const challenge = await readChallenge(response);
    await response.body?.cancel();
    const other = token === undefined ? undefined : await tokens.renew(token);
    if (other !== undefined) {
      const second = await this.#send(input, init, other);
      if (second.status !== 401) return second;
      await second.body?.cancel();
    }
    throw (this.#failure = new LoginNeeded(challenge));
  }

  async #send(
    input: string | URL,
    init: RequestInit,
    token: string | undefined,
  ): Promise<Response> {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    for (const [name, value] of Object.entries(this.#options.headers)) headers.set(name, value);
    // `timeout: false` is Bun's: without it the runtime itself gives up on a quiet connection.
    const options: BunFetchRequestInit = { ...init, headers, timeout: false };
    try {
      return await fetch(input, options);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      const code = errorCode(error) ?? "";
      throw this.#lost(`cannot be reached: ${errorMessage(error)}`, UNSENT.includes(code));
    }
  }

  /** Servers that forgot a session say 404, as they should, or 400 with some words about it. */
  async #checkSession(response: Response, init: RequestInit): Promise<Response> {
    const { status, statusText, headers } = response;
    if (!new Headers(init.headers).has(SESSION_HEADER)) return response;
    if (status === 404) {
      await response.body?.cancel();
      throw this.#lost("it has forgotten the session", true);
    }
    if (status !== 400) return response;
    const text = await boundBody(response, { maxBytes: ANSWER_MAX_BYTES }).text();
    if (/session/i.test(text)) throw this.#lost("it has forgotten the session", true);
    return new Response(text, { status, statusText, headers });
  }

  /** A call that was given up keeps no request open. */
  #endCancelled(message: Record<string, unknown> | undefined): void {
    const params = message?.["params"];
    if (message?.["method"] !== "notifications/cancelled" || !isFields(params)) return;
    this.#running.get(params["requestId"])?.abort();
  }

  #countStream(): void {
    this.#streams += 1;
    if (this.#options.hasOneStream && this.#streams > 1)
      throw this.#lost("it ended the stream", false);
  }

  #lost(reason: string, isUnsent: boolean): ConnectionLost {
    const error = new ConnectionLost(reason, isUnsent);
    this.#failure = error;
    this.#options.onLost(error);
    return error;
  }
}

function readMessage(body: RequestInit["body"]): Record<string, unknown> | undefined {
  if (typeof body !== "string") return undefined;
  const message: unknown = JSON.parse(body);
  return isFields(message) ? message : undefined;
}

async function readChallenge(response: Response): Promise<Challenge> {
  const { resourceMetadataUrl, scope } = (await loadOAuth()).readChallenge(response);
  return {
    ...(resourceMetadataUrl && { resourceMetadataURL: resourceMetadataUrl.href }),
    ...(scope !== undefined && { scope }),
  };
}
