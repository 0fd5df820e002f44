// mcp_resource: what MCP servers offer to be read, listed or read.
import { invalid } from "@/base/error";
import { t, type Static } from "@/base/schema";
import type { McpServers } from "@/mcp/mcp-servers";
import description from "./mcp-resource.txt" with { type: "text" };
import { defineTool, type Tool, type ToolContext, type ToolResult } from "./tool";

const ID = "mcp_resource";

const parameters = t.Object({
  server: t.Optional(t.String()),
  uri: t.Optional(t.String()),
});

export function mcpResourceTool(servers: McpServers): Tool {
  const run = async (
    { server, uri }: Static<typeof parameters>,
    context: ToolContext,
  ): Promise<ToolResult> => {
    if (uri === undefined) return list(servers, server);
    if (server === undefined) throw invalid("Name the server of the uri as well");
    const patterns = [`${server}:${uri}`];
    await context.ask({ permission: ID, patterns, always: [`${server}:*`], metadata: { server } });
    const { text, attachments } = await servers.readResource(server, uri, context.signal);
    return {
      title: uri,
      output: text || (attachments.length > 0 ? "" : "It is empty"),
      metadata: { server, uri },
      ...(attachments.length > 0 && { attachments }),
    };
  };
  return defineTool({ id: ID, description, parameters, run });
}

function list(servers: McpServers, server: string | undefined): ToolResult {
  const templates = servers.resourceTemplates().map((one) => ({ ...one, uri: one.uriTemplate }));
  const found = [...servers.resources(), ...templates].filter(
    ({ client }) => client === (server ?? client),
  );
  const lines = found.map(({ client, uri, name, description: about, mimeType }) => {
    const [summary = ""] = (about ?? "").split("\n", 1);
    return [`${client} ${uri}`, name, ...(mimeType ? [mimeType] : []), summary].join(" | ");
  });
  return {
    title: server ?? "",
    output: lines.join("\n") || "There is nothing to read",
    metadata: { count: found.length },
  };
}
