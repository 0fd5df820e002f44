// invalid: what a call of an unknown tool, or one whose arguments are no JSON, is turned into, so
// that the model reads what was wrong and the loop goes on. It is never offered to a model.
import { t, type Static } from "@/base/schema";
import description from "./invalid.txt" with { type: "text" };
import { defineTool, type ToolResult } from "./tool";

const parameters = t.Object({ tool: t.String(), error: t.String() });

export const invalidTool = defineTool({ id: "invalid", description, parameters, run });

async function run(input: Static<typeof parameters>): Promise<ToolResult> {
  return {
    title: "Invalid Tool",
    output: `The arguments provided to the tool are invalid: ${input.error}`,
    metadata: { truncated: false },
  };
}
