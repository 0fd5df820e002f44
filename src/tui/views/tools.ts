// What the row of each tool says. A tool with a view of its own is in block-view.ts.
import type { ToolPart } from "@/schema/part";
import type { ToolRow } from "./tool-row";

/** `server_tool {key: value, …}`: tools of MCP servers, and all that have no row of their own. */
export function describeTool(part: ToolPart): ToolRow {
  const { state } = part;
  const output = state.status === "completed" ? state.output : "";
  return { icon: "⚙", title: `${part.tool} ${argumentsOf(state.input)}`, output };
}

function argumentsOf(input: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(input).map(([key, value]) => {
    return `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  return pairs.length === 0 ? "" : `{${pairs.join(", ")}}`;
}
