// What MCP servers offer, in neutral terms: tools, prompts and resources as the rest of the program
// knows them. All texts come from servers that nobody vouches for: they are data, already bounded
// and without control characters, and never instructions of ours.
import type { McpResource, McpResourceTemplate, McpServerConfig, MCPStatus } from "@/schema/mcp";

/** What is said of a call that runs; `total` is unknown when it is absent. */
export interface McpProgress {
  progress: number;
  total?: number;
  message?: string;
}

interface McpAttachment {
  mime: string;
  /** A data URL. */
  url: string;
  filename?: string;
}

/** What a call, a prompt or a resource gives: text for the model, and what is no text. */
export interface McpContent {
  text: string;
  /** The result as a value, where a tool gives one. */
  structured?: Record<string, unknown>;
  attachments: McpAttachment[];
  /** Some of it was left out because it was too large. */
  truncated: boolean;
}

/** How a tool is told of in the list of its server. */
export interface ToolOffer {
  /** As the server knows it. */
  name: string;
  description: string;
  /** A JSON schema of type object. */
  inputSchema: Record<string, unknown>;
}

export interface PromptArgument {
  name: string;
  description?: string;
  required: boolean;
}

export interface PromptOffer {
  /** As the server knows it. */
  name: string;
  description?: string;
  arguments: PromptArgument[];
}

/** All that one server offers, each list sorted by name or address. */
export interface Offer {
  tools: readonly ToolOffer[];
  prompts: readonly PromptOffer[];
  resources: readonly McpResource[];
  templates: readonly McpResourceTemplate[];
  /** What the server wants models to know of it. */
  instructions?: string;
}

/** A tool of a server under the name that models know it by. */
export interface McpTool extends ToolOffer {
  /** `<server>_<tool>`: letters, digits, "_" and "-", at most 64; also the permission's key. */
  id: string;
  server: string;
  /**
   * Runs it. Throws AppError unavailable with the server's own words when it reports an error, and
   * when the server does not answer in time or is gone; the signal's reason on abort, with the
   * server told. `onProgress` hears what the server reports meanwhile.
   */
  call(
    input: Record<string, unknown>,
    signal: AbortSignal,
    onProgress?: (progress: McpProgress) => void,
  ): Promise<McpContent>;
}

/** A prompt of a server as a command. */
export interface McpPrompt extends PromptOffer {
  /** `<server>:<prompt>`, without blanks. */
  command: string;
  server: string;
  /**
   * What the prompt becomes with the words behind the command: one for each argument in order, the
   * last takes the rest. AppError invalid names arguments that are missing.
   */
  expand(words: readonly string[], signal: AbortSignal): Promise<McpContent>;
}

/** What is known of a login; never the tokens themselves. */
export interface LoginSummary {
  /** "none": nobody logs in there, for the `reason`. */
  kind: "none" | "needed" | "stored";
  reason?: string;
  clientID?: string;
  /** Of the token, in epoch ms. */
  expiresAt?: number;
  canRenew: boolean;
}

/** A server for people who look after it. */
export interface McpSummary {
  name: string;
  config: McpServerConfig;
  status: MCPStatus;
  counts: { tools: number; prompts: number; resources: number; templates: number };
  login: LoginSummary;
}
