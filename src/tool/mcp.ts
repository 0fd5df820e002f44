// The tools of MCP servers as tools of ours: each asks for the permission of its own id, runs at
// its server, and gives what that answers. And one tool that reads what servers offer to be read.
import { t } from "@/base/schema";
import type { McpContent, McpProgress, McpTool } from "@/mcp/definition";
import type { McpServers } from "@/mcp/mcp-servers";
import { mcpResourceTool } from "./mcp-resource";
import type { Tool, ToolContext, ToolResult } from "./tool";

export class McpTools {
  readonly #servers: McpServers;
  readonly #resourceTool: Tool;
  /** So that the same tool is the same object, and what models are told of it is made once. */
  readonly #known = new WeakMap<McpTool, Tool>();

  constructor(servers: McpServers) {
    this.#servers = servers;
    this.#resourceTool = mcpResourceTool(servers);
  }

  /**
   * The tools of all servers, in a stable order. Starts servers that are not running yet and waits
   * for those that are not known: a moment, and only the first time; for the servers of tools that
   * were `called`, longer. Rejects with the signal's reason.
   */
  async list(signal?: AbortSignal, called: readonly string[] = []): Promise<Tool[]> {
    await this.#servers.ready(signal);
    const known = this.#servers.tools().map(({ id }) => id);
    const missing = called.filter((id) => !known.includes(id));
    await Promise.all(missing.map((id) => this.#servers.readyFor(id, signal)));
    const tools = this.#servers.tools().map((tool) => this.#toTool(tool));
    const readable = [...this.#servers.resources(), ...this.#servers.resourceTemplates()];
    return readable.length > 0 ? [...tools, this.#resourceTool] : tools;
  }

  #toTool(tool: McpTool): Tool {
    const known = this.#known.get(tool) ?? toTool(tool);
    this.#known.set(tool, known);
    return known;
  }
}

/** What a tool may answer with, as a result of ours. */
function toResult(title: string, content: McpContent, metadata: object): ToolResult {
  const { text, structured, attachments } = content;
  return {
    title,
    output: text,
    metadata: { ...metadata, ...(structured && { structured }) },
    ...(attachments.length > 0 && { attachments }),
  };
}

function toTool(tool: McpTool): Tool {
  return {
    id: tool.id,
    description: tool.description,
    parameters: t.Unsafe(tool.inputSchema),
    run: async (input, context) => {
      await context.ask({ permission: tool.id, patterns: ["*"], always: ["*"], metadata: {} });
      // Arguments were checked to be an object.
      const fields = input as Record<string, unknown>;
      const content = await tool.call(fields, context.signal, reporter(context));
      return toResult("", content, { server: tool.server });
    },
  };
}

/** Shows progress in the running call. */
function reporter(context: ToolContext): (progress: McpProgress) => void {
  return ({ progress, total, message }) => {
    const amount = total === undefined ? `${progress}` : `${progress}/${total}`;
    context.report({ title: message ? `${amount} ${message}` : amount });
  };
}
