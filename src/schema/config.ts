// What a configuration file may say. Everything is optional and keys that are not known are no
// fault. Sizes are in bytes, times in milliseconds, models are written `provider/model`.

import { stringEnum, t, type Static } from "@/base/schema";
import { AgentMode } from "./agent";
import { McpLocalConfig, McpRemoteConfig } from "./mcp";
import { Budget, Count, JSONObject, PositiveCount, StringMap, ToolSwitches } from "./primitive";
import { InterleavedField, ModelStatus } from "./provider";

const Texts = t.Array(t.String());

export const LogLevel = stringEnum(["DEBUG", "INFO", "WARN", "ERROR"], { $id: "LogLevel" });
export type LogLevel = Static<typeof LogLevel>;

export const LayoutConfig = stringEnum(["auto", "stretch"], { $id: "LayoutConfig" });
export type LayoutConfig = Static<typeof LayoutConfig>;

export const ServerConfig = t.Object(
  {
    port: t.Optional(PositiveCount),
    hostname: t.Optional(t.String()),
    mdns: t.Optional(t.Boolean()),
    mdnsDomain: t.Optional(t.String()),
    cors: t.Optional(Texts),
  },
  { $id: "ServerConfig" },
);
export type ServerConfig = Static<typeof ServerConfig>;

export const PermissionActionConfig = stringEnum(["ask", "allow", "deny"], {
  $id: "PermissionActionConfig",
});
export type PermissionActionConfig = Static<typeof PermissionActionConfig>;

/** Patterns, in their order: the last that matches decides. */
export const PermissionObjectConfig = t.Record(t.String(), PermissionActionConfig, {
  $id: "PermissionObjectConfig",
});
export type PermissionObjectConfig = Static<typeof PermissionObjectConfig>;

export const PermissionRuleConfig = t.Union([PermissionActionConfig, PermissionObjectConfig], {
  $id: "PermissionRuleConfig",
});
export type PermissionRuleConfig = Static<typeof PermissionRuleConfig>;

/** One action for everything, or one or more for each permission, by its name or a pattern. */
export const PermissionConfig = t.Union(
  [PermissionActionConfig, t.Record(t.String(), PermissionRuleConfig)],
  { $id: "PermissionConfig" },
);
export type PermissionConfig = Static<typeof PermissionConfig>;

const AgentColor = t.Union([
  t.String({ pattern: "^#[0-9a-fA-F]{6}$" }),
  stringEnum(["primary", "secondary", "accent", "success", "warning", "error", "info"]),
]);

/** Keys that are not known go to the provider as options. */
export const AgentConfig = t.Object(
  {
    model: t.Optional(t.String()),
    variant: t.Optional(t.String()),
    temperature: t.Optional(t.Number()),
    top_p: t.Optional(t.Number()),
    prompt: t.Optional(t.String()),
    /** Superseded by `permission`. */
    tools: t.Optional(ToolSwitches),
    disable: t.Optional(t.Boolean()),
    description: t.Optional(t.String()),
    mode: t.Optional(AgentMode),
    hidden: t.Optional(t.Boolean()),
    options: t.Optional(JSONObject),
    color: t.Optional(AgentColor),
    steps: t.Optional(PositiveCount),
    /** Superseded by `steps`. */
    maxSteps: t.Optional(PositiveCount),
    budget: t.Optional(Budget),
    permission: t.Optional(PermissionConfig),
  },
  { $id: "AgentConfig", additionalProperties: true },
);
export type AgentConfig = Static<typeof AgentConfig>;

const Price = t.Object({
  input: t.Number(),
  output: t.Number(),
  cache_read: t.Optional(t.Number()),
  cache_write: t.Optional(t.Number()),
});

const Modality = stringEnum(["text", "audio", "image", "video", "pdf"]);

/** A model of a provider: what differs from the catalog, or all of it. */
export const ModelConfig = t.Object(
  {
    id: t.Optional(t.String()),
    name: t.Optional(t.String()),
    family: t.Optional(t.String()),
    release_date: t.Optional(t.String()),
    attachment: t.Optional(t.Boolean()),
    reasoning: t.Optional(t.Boolean()),
    temperature: t.Optional(t.Boolean()),
    tool_call: t.Optional(t.Boolean()),
    interleaved: t.Optional(t.Union([t.Boolean(), t.String(), InterleavedField])),
    /** US dollars per million tokens. */
    cost: t.Optional(t.Object({ ...Price.properties, context_over_200k: t.Optional(Price) })),
    /** Tokens. */
    limit: t.Optional(
      t.Object({ context: t.Number(), input: t.Optional(t.Number()), output: t.Number() }),
    ),
    modalities: t.Optional(
      t.Object({ input: t.Optional(t.Array(Modality)), output: t.Optional(t.Array(Modality)) }),
    ),
    experimental: t.Optional(t.Boolean()),
    status: t.Optional(ModelStatus),
    provider: t.Optional(t.Object({ npm: t.Optional(t.String()), api: t.Optional(t.String()) })),
    options: t.Optional(JSONObject),
    headers: t.Optional(StringMap),
    variants: t.Optional(
      t.Record(
        t.String(),
        t.Object({ disabled: t.Optional(t.Boolean()) }, { additionalProperties: true }),
      ),
    ),
  },
  { $id: "ModelConfig" },
);
export type ModelConfig = Static<typeof ModelConfig>;

/** `false` means no limit. */
const TimeLimit = t.Union([PositiveCount, t.Literal(false)]);

/**
 * How a person logs in to a provider: by the authorization code flow with PKCE, or by the device
 * flow. Stands in one file as a whole: what two of them say together is refused. Addresses are
 * `https:`, or `http:` of this machine.
 */
export const ProviderOAuthConfig = t.Object(
  {
    /** Without it each flow whose address is given is offered. */
    type: t.Optional(stringEnum(["code", "device"])),
    /** Where a browser is sent. */
    authorizationURL: t.Optional(t.String()),
    /** Where codes are exchanged for tokens, and tokens renewed. */
    tokenURL: t.Optional(t.String()),
    /** Where a code for another device is asked for. */
    deviceAuthorizationURL: t.Optional(t.String()),
    clientID: t.Optional(t.String()),
    clientSecret: t.Optional(t.String()),
    scopes: t.Optional(Texts),
    /** On 127.0.0.1, for authorization servers that want it registered; else any free port. */
    redirectPort: t.Optional(t.Integer({ minimum: 1, maximum: 65_535 })),
    /** What people choose it by. */
    label: t.Optional(t.String()),
  },
  { $id: "ProviderOAuthConfig" },
);
export type ProviderOAuthConfig = Static<typeof ProviderOAuthConfig>;

/** Keys that are not known go to the provider's SDK. */
const ProviderOptions = t.Object(
  {
    apiKey: t.Optional(t.String()),
    oauth: t.Optional(ProviderOAuthConfig),
    baseURL: t.Optional(t.String()),
    enterpriseUrl: t.Optional(t.String()),
    setCacheKey: t.Optional(t.Boolean()),
    /** For a whole request. */
    timeout: t.Optional(TimeLimit),
    /** Until the answer's headers. */
    headerTimeout: t.Optional(TimeLimit),
    /** Between two pieces of the answer. */
    chunkTimeout: t.Optional(TimeLimit),
  },
  { additionalProperties: true },
);

export const ProviderConfig = t.Object(
  {
    api: t.Optional(t.String()),
    name: t.Optional(t.String()),
    env: t.Optional(Texts),
    id: t.Optional(t.String()),
    npm: t.Optional(t.String()),
    whitelist: t.Optional(Texts),
    blacklist: t.Optional(Texts),
    options: t.Optional(ProviderOptions),
    models: t.Optional(t.Record(t.String(), ModelConfig)),
  },
  { $id: "ProviderConfig" },
);
export type ProviderConfig = Static<typeof ProviderConfig>;

export const ImageAttachmentConfig = t.Object(
  {
    auto_resize: t.Optional(t.Boolean()),
    max_width: t.Optional(PositiveCount),
    max_height: t.Optional(PositiveCount),
    max_base64_bytes: t.Optional(PositiveCount),
  },
  { $id: "ImageAttachmentConfig" },
);
export type ImageAttachmentConfig = Static<typeof ImageAttachmentConfig>;

export const AttachmentConfig = t.Object(
  { image: t.Optional(ImageAttachmentConfig) },
  { $id: "AttachmentConfig" },
);
export type AttachmentConfig = Static<typeof AttachmentConfig>;

export const CommandConfig = t.Object({
  template: t.String(),
  description: t.Optional(t.String()),
  agent: t.Optional(t.String()),
  model: t.Optional(t.String()),
  variant: t.Optional(t.String()),
  subtask: t.Optional(t.Boolean()),
});
export type CommandConfig = Static<typeof CommandConfig>;

/** `$FILE` in the command stands for the file's path; extensions begin with a dot. */
export const FormatterConfig = t.Object({
  disabled: t.Optional(t.Boolean()),
  command: t.Optional(Texts),
  environment: t.Optional(StringMap),
  extensions: t.Optional(Texts),
});
export type FormatterConfig = Static<typeof FormatterConfig>;

/** A language server, or the end of a built-in one. */
export const LSPConfig = t.Union([
  t.Object({
    command: Texts,
    extensions: t.Optional(Texts),
    disabled: t.Optional(t.Boolean()),
    env: t.Optional(StringMap),
    initialization: t.Optional(JSONObject),
  }),
  t.Object({ disabled: t.Literal(true) }),
]);
export type LSPConfig = Static<typeof LSPConfig>;

/** A server, or the switch of one that another file configures. */
export const McpConfig = t.Union([
  McpLocalConfig,
  McpRemoteConfig,
  t.Object({ enabled: t.Boolean() }),
]);
export type McpConfig = Static<typeof McpConfig>;

/** A command line of the shell. `timeout` is in seconds, as in the hooks of other agents. */
export const HookCommand = t.Object({
  type: t.Optional(t.Literal("command")),
  command: t.String(),
  timeout: t.Optional(t.Number({ exclusiveMinimum: 0 })),
});
export type HookCommand = Static<typeof HookCommand>;

/** `matcher` is a regular expression of whole names: of tools, or of how a session starts. */
const HookCommands = t.Array(
  t.Object({ matcher: t.Optional(t.String()), hooks: t.Array(HookCommand) }),
);

/** Commands by the event at which they run. */
export const HooksConfig = t.Object(
  {
    PreToolUse: t.Optional(HookCommands),
    PostToolUse: t.Optional(HookCommands),
    UserPromptSubmit: t.Optional(HookCommands),
    Stop: t.Optional(HookCommands),
    SessionStart: t.Optional(HookCommands),
  },
  { $id: "HooksConfig" },
);
export type HooksConfig = Static<typeof HooksConfig>;

/** When and how a session is summarised. Numbers are tokens, but `tail_turns`. */
const CompactionConfig = t.Object({
  auto: t.Optional(t.Boolean()),
  prune: t.Optional(t.Boolean()),
  tail_turns: t.Optional(Count),
  preserve_recent_tokens: t.Optional(Count),
  reserved: t.Optional(Count),
});

/** A provider's id or `provider/model`, with wildcards; the last that matches decides. */
export const PolicyConfig = t.Object(
  {
    action: t.Literal("provider.use"),
    effect: stringEnum(["allow", "deny"]),
    resource: t.String(),
  },
  { $id: "PolicyConfig" },
);
export type PolicyConfig = Static<typeof PolicyConfig>;

const ExperimentalConfig = t.Object({
  disable_paste_summary: t.Optional(t.Boolean()),
  batch_tool: t.Optional(t.Boolean()),
  openTelemetry: t.Optional(t.Boolean()),
  primary_tools: t.Optional(Texts),
  continue_loop_on_deny: t.Optional(t.Boolean()),
  mcp_timeout: t.Optional(PositiveCount),
  policies: t.Optional(t.Array(PolicyConfig)),
});

const ReferenceText = { description: t.Optional(t.String()), hidden: t.Optional(t.Boolean()) };

/**
 * A directory outside the project, or a repository: `owner/name` of GitHub or an address. As a text
 * it is one of them. Models are told of those that have a description and are not hidden.
 */
export const ReferenceConfig = t.Union(
  [
    t.String(),
    t.Object({ path: t.String(), ...ReferenceText }),
    t.Object({ repository: t.String(), branch: t.Optional(t.String()), ...ReferenceText }),
  ],
  { $id: "ReferenceConfig" },
);
export type ReferenceConfig = Static<typeof ReferenceConfig>;

/** A whole configuration, of one file or of all of them merged. */
export const Config = t.Object(
  {
    $schema: t.Optional(t.String()),
    shell: t.Optional(t.String()),
    logLevel: t.Optional(LogLevel),
    server: t.Optional(ServerConfig),
    command: t.Optional(t.Record(t.String(), CommandConfig)),
    skills: t.Optional(t.Object({ paths: t.Optional(Texts), urls: t.Optional(Texts) })),
    references: t.Optional(t.Record(t.String(), ReferenceConfig)),
    watcher: t.Optional(t.Object({ ignore: t.Optional(Texts) })),
    snapshot: t.Optional(t.Boolean()),
    hooks: t.Optional(HooksConfig),
    plugin: t.Optional(t.Array(t.Union([t.String(), t.Tuple([t.String(), JSONObject])]))),
    share: t.Optional(stringEnum(["manual", "auto", "disabled"])),
    /** Superseded by `share`. */
    autoshare: t.Optional(t.Boolean()),
    autoupdate: t.Optional(t.Union([t.Boolean(), t.Literal("notify")])),
    disabled_providers: t.Optional(Texts),
    enabled_providers: t.Optional(Texts),
    model: t.Optional(t.String()),
    small_model: t.Optional(t.String()),
    default_agent: t.Optional(t.String()),
    subagent_depth: t.Optional(Count),
    /** For agents that have none of their own. */
    budget: t.Optional(Budget),
    username: t.Optional(t.String()),
    /** Superseded by `agent`. */
    mode: t.Optional(t.Record(t.String(), AgentConfig)),
    agent: t.Optional(t.Record(t.String(), AgentConfig)),
    provider: t.Optional(t.Record(t.String(), ProviderConfig)),
    mcp: t.Optional(t.Record(t.String(), McpConfig)),
    formatter: t.Optional(t.Union([t.Boolean(), t.Record(t.String(), FormatterConfig)])),
    lsp: t.Optional(t.Union([t.Boolean(), t.Record(t.String(), LSPConfig)])),
    instructions: t.Optional(Texts),
    layout: t.Optional(LayoutConfig),
    permission: t.Optional(PermissionConfig),
    /** Superseded by `permission`. */
    tools: t.Optional(ToolSwitches),
    attachment: t.Optional(AttachmentConfig),
    enterprise: t.Optional(t.Object({ url: t.Optional(t.String()) })),
    tool_output: t.Optional(
      t.Object({ max_lines: t.Optional(PositiveCount), max_bytes: t.Optional(PositiveCount) }),
    ),
    compaction: t.Optional(CompactionConfig),
    experimental: t.Optional(ExperimentalConfig),
  },
  { $id: "Config" },
);
export type Config = Static<typeof Config>;
