// MCP servers: how they are configured, how they are doing, and what they offer.

import { t, type Static } from "@/base/schema";
import { PositiveCount, StringMap } from "./primitive";

/** A program that is started and spoken to over its standard streams. `timeout` in ms. */
export const McpLocalConfig = t.Object(
  {
    type: t.Literal("local"),
    command: t.Array(t.String()),
    cwd: t.Optional(t.String()),
    environment: t.Optional(StringMap),
    enabled: t.Optional(t.Boolean()),
    timeout: t.Optional(PositiveCount),
  },
  { $id: "McpLocalConfig" },
);
export type McpLocalConfig = Static<typeof McpLocalConfig>;

export const McpOAuthConfig = t.Object(
  {
    clientId: t.Optional(t.String()),
    clientSecret: t.Optional(t.String()),
    scope: t.Optional(t.String()),
    callbackPort: t.Optional(t.Integer({ minimum: 1, maximum: 65535 })),
    redirectUri: t.Optional(t.String()),
  },
  { $id: "McpOAuthConfig" },
);
export type McpOAuthConfig = Static<typeof McpOAuthConfig>;

/** A server reached over HTTP; `oauth: false` means never to log in. `timeout` in ms. */
export const McpRemoteConfig = t.Object(
  {
    type: t.Literal("remote"),
    url: t.String(),
    enabled: t.Optional(t.Boolean()),
    headers: t.Optional(StringMap),
    oauth: t.Optional(t.Union([McpOAuthConfig, t.Literal(false)])),
    timeout: t.Optional(PositiveCount),
  },
  { $id: "McpRemoteConfig" },
);
export type McpRemoteConfig = Static<typeof McpRemoteConfig>;

/** A whole server, told apart by `type`. */
export const McpServerConfig = t.Union([McpLocalConfig, McpRemoteConfig]);
export type McpServerConfig = Static<typeof McpServerConfig>;

export const MCPStatusConnected = t.Object(
  { status: t.Literal("connected") },
  { $id: "MCPStatusConnected" },
);
export type MCPStatusConnected = Static<typeof MCPStatusConnected>;

export const MCPStatusDisabled = t.Object(
  { status: t.Literal("disabled") },
  { $id: "MCPStatusDisabled" },
);
export type MCPStatusDisabled = Static<typeof MCPStatusDisabled>;

export const MCPStatusFailed = t.Object(
  { status: t.Literal("failed"), error: t.String() },
  { $id: "MCPStatusFailed" },
);
export type MCPStatusFailed = Static<typeof MCPStatusFailed>;

export const MCPStatusNeedsAuth = t.Object(
  { status: t.Literal("needs_auth") },
  { $id: "MCPStatusNeedsAuth" },
);
export type MCPStatusNeedsAuth = Static<typeof MCPStatusNeedsAuth>;

export const MCPStatusNeedsClientRegistration = t.Object(
  { status: t.Literal("needs_client_registration"), error: t.String() },
  { $id: "MCPStatusNeedsClientRegistration" },
);
export type MCPStatusNeedsClientRegistration = Static<typeof MCPStatusNeedsClientRegistration>;

/** How one server is doing, told apart by `status`. */
export const MCPStatus = t.Union(
  [
    MCPStatusConnected,
    MCPStatusDisabled,
    MCPStatusFailed,
    MCPStatusNeedsAuth,
    MCPStatusNeedsClientRegistration,
  ],
  { $id: "MCPStatus" },
);
export type MCPStatus = Static<typeof MCPStatus>;

/** A line of what became of a server, or of what its program said; `time` in ms since 1970. */
export const McpLogLine = t.Object({ time: t.Number(), text: t.String() }, { $id: "McpLogLine" });
export type McpLogLine = Static<typeof McpLogLine>;

/** `client` is the name of the server that offers it. */
export const McpResource = t.Object(
  {
    name: t.String(),
    uri: t.String(),
    description: t.Optional(t.String()),
    mimeType: t.Optional(t.String()),
    client: t.String(),
  },
  { $id: "McpResource" },
);
export type McpResource = Static<typeof McpResource>;

/** Resources of one kind: with values in the place of what stands in braces it is an address. */
export const McpResourceTemplate = t.Object(
  {
    name: t.String(),
    uriTemplate: t.String({ description: "As RFC 6570 writes them" }),
    description: t.Optional(t.String()),
    mimeType: t.Optional(t.String()),
    client: t.String(),
  },
  { $id: "McpResourceTemplate" },
);
export type McpResourceTemplate = Static<typeof McpResourceTemplate>;

export const McpAddInput = t.Object(
  { name: t.String(), config: McpServerConfig },
  { $id: "McpAddInput" },
);
export type McpAddInput = Static<typeof McpAddInput>;

export const McpAuthCallbackInput = t.Object({ code: t.String() }, { $id: "McpAuthCallbackInput" });
export type McpAuthCallbackInput = Static<typeof McpAuthCallbackInput>;

/** Where to send the person to log in at a server. */
export const McpAuthorization = t.Object(
  { authorizationUrl: t.String(), oauthState: t.String() },
  { $id: "McpAuthorization" },
);
export type McpAuthorization = Static<typeof McpAuthorization>;
