// Requests to authorization servers: short forms over POST, with a time limit, a bound on the
// answer and no redirects, which would carry secrets elsewhere. Refusals come in words for a
// person, cleaned of every secret that was sent.
import { errorMessage, unavailable } from "@/base/error";
import { formatBytes } from "@/base/text";

export interface OAuthRequest {
  url: string;
  form: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal | undefined;
}

/** What tokens an authorization server gave. */
export interface IssuedTokens {
  access: string;
  refresh?: string;
  /** Epoch milliseconds; 0 when it did not say. */
  expires: number;
}

/** The authorization server understood and said no. */
export class OAuthRefusal extends Error {
  /** As RFC 6749 and RFC 8628 name it: `invalid_grant`, `slow_down`... */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "OAuthRefusal";
    this.code = code;
  }
}

/** Of all of it; a lock that is held meanwhile must not look abandoned. */
const REQUEST_TIMEOUT_MS = 15_000;
const ANSWER_MAX_BYTES = 256 * 1024;
const TOKEN_MAX_CHARACTERS = 64 * 1024;
const WORDS_MAX_CHARACTERS = 300;
/** Beyond it a number is no time but a mistake. */
const LIFE_MAX_SECONDS = 10 * 365 * 24 * 3_600;
/** Values that may be told: what everybody knows, and words of the protocol. */
const PUBLIC_FIELDS: readonly string[] = ["grant_type", "client_id", "scope", "redirect_uri"];

const WORDS: Readonly<Record<string, string>> = {
  access_denied: "the login was refused",
  authorization_pending: "the login is not confirmed yet",
  expired_token: "the code has ended before it was confirmed",
  invalid_client: "the client id or secret is not accepted",
  invalid_grant: "the code or the login is not valid any more",
  invalid_request: "the request is not accepted",
  invalid_scope: "a scope is not accepted",
  server_error: "the authorization server failed",
  slow_down: "it was asked too often",
  temporarily_unavailable: "the authorization server is not available now",
  unauthorized_client: "the client may not log people in this way",
  unsupported_grant_type: "this kind of login is not supported there",
};

/**
 * Sends the form and returns the answer. Throws OAuthRefusal when the server says no, AppError
 * unavailable when it does not answer properly; rejects with the signal's reason on abort.
 */
export async function requestOAuth(request: OAuthRequest): Promise<Record<string, unknown>> {
  const { url, signal } = request;
  const host = new URL(url).host;
  // Of real time, as the lock is that may be held meanwhile.
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const signals = [timeout, ...(signal ? [signal] : [])];
  try {
    return await send(request, host, AbortSignal.any(signals));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof OAuthRefusal) throw error;
    const limit = `it did not answer within ${REQUEST_TIMEOUT_MS / 1000} s`;
    const reason = timeout.aborted ? limit : cleanWords(errorMessage(error), request.form);
    throw unavailable(`The authorization server ${host} cannot be used: ${reason}`);
  }
}

async function send(
  { url, form }: OAuthRequest,
  host: string,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) if (value) body.set(name, value);
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { accept: "application/json" },
    redirect: "error",
    signal,
  });
  const answer = parseObject(await readText(response));
  const code = answer?.["error"];
  // Some say so with status 200.
  if (typeof code === "string" && code !== "") {
    throw refusal(code, answer?.["error_description"], form);
  }
  if (!response.ok) throw new Error(`it answered with status ${response.status}`);
  if (answer === undefined) throw new Error("its answer is not JSON");
  signal.throwIfAborted();
  if (host !== new URL(response.url || url).host) throw new Error("it sent us elsewhere");
  return answer;
}

/** A refusal as the answer of a server, or the address of a browser, has it. */
export function refusal(
  code: string,
  description: unknown,
  form: OAuthRequest["form"] = {},
): OAuthRefusal {
  const name = cleanWords(code, form);
  const known = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  const said = typeof description === "string" ? cleanWords(description, form) : "";
  const words = [known ?? name, said].filter((part) => part !== "").join(": ");
  return new OAuthRefusal(code, known === undefined ? words : `${words} (${name})`);
}

/** The tokens of an answer of a token endpoint. AppError unavailable when there are none in it. */
export function readTokens(answer: Record<string, unknown>, now: number): IssuedTokens {
  const { access_token: access, refresh_token: refresh, token_type: type } = answer;
  if (!isToken(access)) throw unavailable("The authorization server gave no usable access token");
  if (typeof type === "string" && type.toLowerCase() !== "bearer") {
    const kind = cleanWords(type, {});
    throw unavailable(`The authorization server gives tokens of type ${kind}: only bearer works`);
  }
  const seconds = Number(answer["expires_in"] ?? Number.NaN);
  const isTime = Number.isFinite(seconds) && seconds <= LIFE_MAX_SECONDS;
  return {
    access,
    expires: isTime ? Math.floor(now + Math.max(0, seconds) * 1_000) : 0,
    ...(isToken(refresh) ? { refresh } : {}),
  };
}

/** What can stand in a header. */
export function isToken(value: unknown): value is string {
  if (typeof value !== "string" || value.length > TOKEN_MAX_CHARACTERS) return false;
  return /^[\x21-\x7e]+$/.test(value);
}

/** One line without control characters and without what was sent in confidence. */
export function cleanWords(text: string, form: OAuthRequest["form"]): string {
  let cleaned = text;
  for (const [name, value] of Object.entries(form)) {
    if (value && !PUBLIC_FIELDS.includes(name)) cleaned = cleaned.replaceAll(value, "[hidden]");
  }
  cleaned = cleaned.replace(/[\p{C}\s]+/gu, " ").trim();
  return cleaned.slice(0, WORDS_MAX_CHARACTERS).toWellFormed();
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > ANSWER_MAX_BYTES) {
      throw new Error(`its answer is larger than ${formatBytes(ANSWER_MAX_BYTES)}`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    // No JSON is no answer, which the caller tells with the status.
    return undefined;
  }
}
