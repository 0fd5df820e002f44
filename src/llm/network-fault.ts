// Faults below HTTP: a connection that was refused, dropped, could not be named or not be trusted.

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
  const message =
    `Cannot trust the certificate of ${where} (${code}). If it is signed by your own ` +
    `authority, name that authority's file in NODE_EXTRA_CA_CERTS.`;
  return { message, isTransient: false, url };
}

function causeCode(error: unknown, depth: number): string | undefined {
  const code = errorCode(error);
  if (code !== undefined && (code in REASONS || CERTIFICATE.test(code))) return code;
  if (!(error instanceof Error) || depth === 0) return undefined;
  return causeCode(error.cause, depth - 1);
}

function addressOf(error: unknown): string | undefined {
  const url = typeof error === "object" && error !== null && "url" in error ? error.url : undefined;
  return typeof url === "string" && URL.canParse(url) ? new URL(url).origin : undefined;
}
