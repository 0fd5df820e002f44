// The ways to a server: a program's streams for a local one; streamable HTTP and, for servers of
// before it, SSE for a remote one.
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Env } from "@/base/env";
import { invalid } from "@/base/error";
import type { Logger } from "@/base/log";
import type { McpRemoteConfig, McpServerConfig } from "@/schema/mcp";
import { settledWithin } from "@/base/process";
import type { OAuthTokens } from "./oauth-tokens";
import { RemoteFetch } from "./remote-fetch";
import { loadRemoteTransports, loadSDK } from "./sdk";
import { StdioTransport } from "./stdio-transport";

export interface WireOptions {
  config: McpServerConfig;
  directory: string;
  env: Env;
  log: Logger;
  /** Told what a local server's program says on stderr, in pieces. */
  onSaid(piece: string): void;
  /** For servers that people log in to. */
  tokens: OAuthTokens | undefined;
}

/** A transport with what the SDK's client does not care for. */
export interface Wire {
  transport: Transport;
  /** Why it does not work, where the wire knows better than who used it. */
  failure(): unknown;
  /** Resolves when nothing of it is left; never rejects. */
  close(): Promise<void>;
}

/** Makes a wire that is not in use yet; `onLost` hears that the server is gone. */
export type OpenWire = (onLost: (error: Error) => void) => Wire;

/** How long a server may take to hear that we leave. */
const GOODBYE_MS = 500;

/** What to try, in this order. Throws AppError invalid for an address that is none. */
export async function wiresTo(options: WireOptions): Promise<OpenWire[]> {
  const { config, directory, env, log, onSaid } = options;
  if (config.type === "remote") return remoteWires(config, options);
  const { parseMessage } = await loadSDK();
  return [
    () => {
      const transport = new StdioTransport({
        ...{ config, directory, env, log, onSaid },
        parseMessage,
      });
      return { transport, failure: () => transport.failure, close: () => transport.close() };
    },
  ];
}

async function remoteWires(config: McpRemoteConfig, { tokens }: WireOptions): Promise<OpenWire[]> {
  const url = checkURL(config.url);
  const sdk = await loadRemoteTransports();
  const remoteFetch = (hasOneStream: boolean, onLost: (error: Error) => void) =>
    new RemoteFetch({ headers: config.headers ?? {}, tokens, hasOneStream, onLost });
  return [
    (onLost) => {
      const remote = remoteFetch(false, onLost);
      const transport = new sdk.StreamableHTTPClientTransport(url, { fetch: remote.fetch });
      const close = async () => {
        // Where there is no session this asks nothing; a server that fails at it has ended it too.
        await settledWithin(
          transport.terminateSession().catch(() => {}),
          GOODBYE_MS,
        );
        await transport.close();
      };
      return { transport, failure: () => remote.failure, close };
    },
    (onLost) => {
      const remote = remoteFetch(true, onLost);
      const transport = new sdk.SSEClientTransport(url, { fetch: remote.fetch });
      return { transport, failure: () => remote.failure, close: () => transport.close() };
    },
  ];
}

/** Whether a server of before streamable HTTP may have refused its first request. */
export async function speaksOlder(error: unknown): Promise<boolean> {
  const { StreamableHTTPError } = await loadRemoteTransports();
  const status = error instanceof StreamableHTTPError ? (error.code ?? 0) : 0;
  return status >= 400 && status < 500 && status !== 401 && status !== 403;
}

function checkURL(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw invalid("its url is not an address: write it as https://host/path", { permanent: true });
  }
  if (url.username === "" && url.password === "") return url;
  throw invalid("its url holds a password: use headers for it", { permanent: true });
}
