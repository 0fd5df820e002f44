// Hooks around a tool call: what may refuse it or change its arguments before, and its result
// after. Arguments that were changed must fit the tool as those of the model did.
import { invalid } from "@/base/error";
import { findIssues, formatIssue } from "@/base/schema";
import type { Hooks } from "@/plugin/hooks";
import type { ToolPart } from "@/schema/part";
import type { Tool, ToolContext, ToolResult } from "@/tool/tool";

type Arguments = Record<string, unknown>;

interface HookedCall {
  part: ToolPart;
  tool: Tool;
  input: Arguments;
}

/**
 * The arguments to run with. Throws the refusal of a hook, or of a person whom it has asked, and
 * AppError invalid for a misfit.
 */
export async function beforeCall(
  { part, tool, input }: HookedCall,
  hooks: Hooks,
  { ask, signal }: Pick<ToolContext, "ask" | "signal">,
): Promise<Arguments> {
  if (!(await hooks.has("tool.execute.before"))) return input;
  const call = { tool: tool.id, sessionID: part.sessionID, callID: part.callID };
  const left = await hooks.run("tool.execute.before", call, { args: input }, { signal });
  const { args, ask: reason } = left;
  const [issue] = findIssues(tool.parameters, args);
  if (issue) throw invalid(`A hook left arguments that do not fit: ${formatIssue(issue)}`);
  if (reason !== undefined) await askForHook(tool.id, { reason: String(reason), args }, ask);
  return args as Arguments; // it fits the tool, whose arguments are an object
}

async function askForHook(id: string, metadata: Arguments, ask: ToolContext["ask"]): Promise<void> {
  await ask({ permission: "hook", patterns: [id], always: [id], metadata });
}

/** The result that the model reads. */
export async function afterCall(
  { part, tool, input }: HookedCall,
  result: ToolResult,
  hooks: Hooks,
  signal: AbortSignal,
): Promise<ToolResult> {
  if (!(await hooks.has("tool.execute.after"))) return result;
  const { sessionID, callID } = part;
  const call = { tool: tool.id, sessionID, callID, args: input };
  const { title, output, metadata } = result;
  const left = await hooks.run(
    "tool.execute.after",
    call,
    { title, output, metadata },
    {
      signal,
      check: ({ title, output, metadata }) => {
        const isWhole = typeof title === "string" && typeof output === "string";
        return isWhole && isObject(metadata) ? undefined : "a result that is none";
      },
    },
  );
  const changed = { ...result, ...left };
  if (changed.output.length <= output.length) return changed;
  // It is longer than the tool has limited it to.
  const { truncated: _, ...rest } = left.metadata;
  return { ...changed, metadata: rest };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
