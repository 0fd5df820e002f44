// What the connections of an instance offer together, as the rest of the program uses it: tools
// and prompts under names of their own, each of which asks its server.
import { AppError, invalid } from "@/base/error";
import { parsePromptResult, parseToolResult } from "./content";
import type { McpPrompt, McpTool, PromptOffer, ToolOffer } from "./definition";
import type { McpConnection } from "./mcp-connection";
import { nameTools, promptCommand } from "./tool-names";

/** The tools of all; those that are as they were in `before` are the same objects again. */
export function offeredTools(
  connections: readonly McpConnection[],
  reserved: readonly string[],
  before: readonly McpTool[],
): McpTool[] {
  const known = new Map(before.map((tool) => [tool.id, tool]));
  const entries = connections.flatMap((connection) =>
    connection.offer.tools.map((offer) => ({
      server: connection.name,
      name: offer.name,
      offer,
      connection,
    })),
  );
  return nameTools(entries, reserved).map(({ id, entry: { offer, connection } }) => {
    const same = known.get(id);
    const isSame = same?.inputSchema === offer.inputSchema && same.server === connection.name;
    return isSame ? same : toTool(id, offer, connection);
  });
}

export function offeredPrompts(connections: readonly McpConnection[]): McpPrompt[] {
  return connections.flatMap((connection) =>
    connection.offer.prompts.map((offer) => toPrompt(offer, connection)),
  );
}

function toTool(id: string, offer: ToolOffer, connection: McpConnection): McpTool {
  return {
    ...offer,
    id,
    server: connection.name,
    call: async (input, signal, onProgress = () => {}) => {
      const params = { name: offer.name, arguments: input };
      const answer = await connection.request("tools/call", params, { signal, onProgress });
      const { isError, ...content } = parseToolResult(answer);
      if (!isError) return content;
      const message = content.text.trim() || "The tool failed and did not say why";
      throw new AppError("unavailable", "McpToolError", message, { server: connection.name });
    },
  };
}

function toPrompt(offer: PromptOffer, connection: McpConnection): McpPrompt {
  const server = connection.name;
  const command = promptCommand({ server, name: offer.name });
  return {
    ...offer,
    command,
    server,
    expand: async (words, signal) => {
      const params = { name: offer.name, arguments: promptArguments(command, offer, words) };
      return parsePromptResult(await connection.request("prompts/get", params, { signal }));
    },
  };
}

/** Words become arguments in order, the last argument takes all that are left. */
function promptArguments(
  command: string,
  { arguments: known }: PromptOffer,
  words: readonly string[],
): Record<string, string> {
  const given = known.flatMap(({ name }, at): [string, string][] => {
    const word = at === known.length - 1 ? words.slice(at).join(" ") : words[at];
    return word ? [[name, word]] : [];
  });
  const missing = known.slice(given.length).filter(({ required }) => required);
  if (missing.length === 0) return Object.fromEntries(given);
  const usage = known.map(({ name, required }) => (required ? `<${name}>` : `[${name}]`));
  const names = missing.map(({ name }) => name).join(", ");
  throw invalid(`/${command} needs ${names}: /${command} ${usage.join(" ")}`);
}
