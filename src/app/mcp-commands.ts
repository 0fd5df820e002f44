// The prompts of MCP servers as slash commands.
import type { RunnableCommand } from "@/agent/commands";
import { splitWords } from "@/agent/template";
import type { McpServers } from "@/mcp/mcp-servers";

/**
 * Starts servers that are not running yet; waits for the one that a command of this name would be
 * of, too: who runs it wants it, however slow its server is.
 */
export async function mcpCommands(servers: McpServers, name?: string): Promise<RunnableCommand[]> {
  await servers.ready();
  const isThere = name !== undefined && servers.prompts().some(({ command }) => command === name);
  if (name !== undefined && !isThere) await servers.readyFor(name);
  return servers.prompts().map(({ command, description, arguments: known, expand }) => ({
    name: command,
    ...(description !== undefined && { description }),
    source: "mcp",
    acts: "never",
    template: "",
    hints: known.map((_, at) => `$${at + 1}`),
    expand: (text, signal) => expand(splitWords(text), signal),
  }));
}
