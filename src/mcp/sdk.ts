// The MCP SDK, loaded when the first server is started: it costs tens of milliseconds that nobody
// without servers pays. What only remote servers need is loaded with the first of those.
import type { Implementation, JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { version } from "@/base/version";

export type { Client } from "@modelcontextprotocol/sdk/client/index.js";

/** How we introduce ourselves to servers. */
export const CLIENT_INFO: Readonly<Implementation> = { name: "opencode", version };

/** What every connection needs. */
export async function loadSDK() {
  const [client, types] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/index.js"),
    import("@modelcontextprotocol/sdk/types.js"),
  ]);
  return {
    Client: client.Client,
    /** Takes any result: what is in it is checked where it is used. */
    ResultSchema: types.ResultSchema,
    toolsChanged: types.ToolListChangedNotificationSchema,
    promptsChanged: types.PromptListChangedNotificationSchema,
    resourcesChanged: types.ResourceListChangedNotificationSchema,
    parseMessage: (line: string): JSONRPCMessage => {
      return types.JSONRPCMessageSchema.parse(JSON.parse(line));
    },
  };
}

/** The transports of remote servers. */
export async function loadRemoteTransports() {
  const [http, sse] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/streamableHttp.js"),
    import("@modelcontextprotocol/sdk/client/sse.js"),
  ]);
  return {
    StreamableHTTPClientTransport: http.StreamableHTTPClientTransport,
    StreamableHTTPError: http.StreamableHTTPError,
    SSEClientTransport: sse.SSEClientTransport,
  };
}

/** Logging in. */
export async function loadOAuth() {
  const [client, errors, resources] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/auth.js"),
    import("@modelcontextprotocol/sdk/server/auth/errors.js"),
    import("@modelcontextprotocol/sdk/shared/auth-utils.js"),
  ]);
  return {
    auth: client.auth,
    discover: client.discoverOAuthServerInfo,
    refresh: client.refreshAuthorization,
    readChallenge: client.extractWWWAuthenticateParams,
    /** Whether a token for `resource` may be asked for by the server at `url`. */
    isResourceOf: (resource: string, url: string): boolean => {
      const requestedResource = resources.resourceUrlFromServerUrl(url);
      return resources.checkResourceAllowed({ requestedResource, configuredResource: resource });
    },
    OAuthError: errors.OAuthError,
    ServerError: errors.ServerError,
    TemporarilyUnavailableError: errors.TemporarilyUnavailableError,
    TooManyRequestsError: errors.TooManyRequestsError,
  };
}
