// The prompts of MCP servers as slash commands.
import type { CommandNeed, RunnableCommand } from "@/agent/commands";
import { splitWords } from "@/agent/template";
import type { McpServers } from "@/mcp/mcp-servers";

/** Who runs a command wants its server, however slow it is. */
const RUN_MAX_MS = 10_000;

/** Starts servers that are not running yet; waits for them a moment, or longer for who runs one. */
export async function mcpCommands(
  servers: McpServers,
  need: CommandNeed,
): Promise<RunnableCommand[]> {
  await (need === "run" ? servers.ready(undefined, RUN_MAX_MS) : servers.look());
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
