// Faults below HTTP: a connection that was refused, dropped, could not be named or not be trusted,
// and what came over it and was no HTTP.

import { errorCode } from "@/base/error";

export interface NetworkFault {
  message: string;
  /** Whether it may be gone in a moment. */
  isTransient: boolean;
  /** Scheme, host and port, where known. */
  url: string | undefined;
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS/;

const REASONS: Readonly<Record<string, string>> = {
  ConnectionRefused: "the connection was refused",
  ECONNREFUSED: "the connection was refused",
  ConnectionClosed: "the connection was dropped",
  ECONNRESET: "the connection was dropped",
  EPIPE: "the connection was dropped",
  UND_ERR_SOCKET: "the connection was dropped",
  FailedToOpenSocket: "the connection could not be opened",
  ENOTFOUND: "its name could not be resolved",
  EAI_AGAIN: "its name could not be resolved",
  ETIMEDOUT: "the connection timed out",
  ConnectionTimeout: "the connection timed out",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
};

/** What is there answers, but not as a provider would: trying again does not change that. */
const NONSENSE: Readonly<Record<string, string>> = {
  Malformed_HTTP_Response: "what answers there does not speak HTTP",
  InvalidHTTPResponse: "what answers there does not speak HTTP",
  InvalidContentLength: "what answers there does not speak HTTP",
  ZlibError: "its answer is not compressed as it says",
  TooManyRedirects: "it redirects without end",
};

/** How deep a cause may lie below the error of a package. */
const CAUSE_DEPTH = 5;

/** The network fault in the error or its causes, if there is one. */
export function findNetworkFault(error: unknown, providerName: string): NetworkFault | undefined {
  const code = causeCode(error, CAUSE_DEPTH);
  if (code === undefined) return undefined;
  const url = addressOf(error);
  const where = url ? `${providerName} at ${url}` : providerName;
  const reason = REASONS[code];
  if (reason) return { message: `Cannot reach ${where}: ${reason}.`, isTransient: true, url };
  const nonsense = NONSENSE[code];
  if (nonsense) {
    const key = "is the provider's baseURL right?";
    return { message: `Cannot talk to ${where}: ${nonsense} (${key})`, isTransient: false, url };
  }
  const message =
    `Cannot trust the certificate of ${where} (${code}). If it is signed by your own ` +
    `authority, name that authority's file in NODE_EXTRA_CA_CERTS.`;
  return { message, isTransient: false, url };
}

function causeCode(error: unknown, depth: number): string | undefined {
  const code = errorCode(error);
  if (code !== undefined && isKnown(code)) return code;
  if (!(error instanceof Error) || depth === 0) return undefined;
  return causeCode(error.cause, depth - 1);
}

function isKnown(code: string): boolean {
  return Object.hasOwn(REASONS, code) || Object.hasOwn(NONSENSE, code) || CERTIFICATE.test(code);
}

/** A package names the address as `url`, the runtime's own fetch as `path`. */
function addressOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const url = "url" in error ? error.url : "path" in error ? error.path : undefined;
  if (typeof url === "string" && URL.canParse(url)) return new URL(url).origin;
  return error instanceof Error ? addressOf(error.cause) : undefined;
}
