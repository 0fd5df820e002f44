// A probe: the first question to a remote server, asked once by hand, so that a person sees what
// the server itself answers before anything of ours makes sense of it.
import { errorMessage, unavailable } from "@/base/error";
import type { McpRemoteConfig } from "@/schema/mcp";
import { withoutControls } from "./plain-text";
import { CLIENT_INFO } from "./sdk";

const LIMIT_MS = 15_000;
const PROTOCOL = "2025-06-18";
const HEADER_MAX_LENGTH = 1_000;

export interface McpProbe {
  status: number;
  statusText: string;
  tookMs: number;
  contentType?: string;
  /** The server's WWW-Authenticate. */
  challenge?: string;
  /** Whether a stored token went along. */
  hasToken: boolean;
}

/** Throws AppError unavailable when there is no answer in time, the signal's reason on abort. */
export async function probe(
  { url, headers }: McpRemoteConfig,
  token: string | undefined,
  signal: AbortSignal,
): Promise<McpProbe> {
  const startedAt = performance.now();
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "initialize",
        params: { protocolVersion: PROTOCOL, capabilities: {}, clientInfo: CLIENT_INFO },
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
    });
    await response.body?.cancel();
    const contentType = header(response, "content-type");
    const challenge = header(response, "www-authenticate");
    return {
      status: response.status,
      statusText: withoutControls(response.statusText),
      tookMs: Math.round(performance.now() - startedAt),
      ...(contentType !== undefined && { contentType }),
      ...(challenge !== undefined && { challenge }),
      hasToken: token !== undefined,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw unavailable(`${url} does not answer: ${errorMessage(error)}`, {}, error);
  }
}

function header({ headers }: Response, name: string): string | undefined {
  const value = headers.get(name);
  return value === null ? undefined : withoutControls(value).slice(0, HEADER_MAX_LENGTH);
}
