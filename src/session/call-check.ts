// The check of a call that a model made: is there such a tool, and do the arguments fit it? Pure.
// What is wrong is said in words from which the model can do better.
import { findIssues } from "@/base/schema";
import { didYouMean } from "@/base/text";
import type { Tool } from "@/tool/tool";

export type CheckedCall =
  | { type: "ready"; tool: Tool; input: Record<string, unknown> }
  /** The tool is there, but the arguments do not fit it. */
  | { type: "misfit"; tool: Tool; input: Record<string, unknown>; error: string }
  /** No such tool, or nothing that could be its arguments. */
  | { type: "invalid"; name: string; error: string };

const NAME_SHOWN_CHARACTERS = 100;
const ISSUES_SHOWN = 10;
const CUT = "Not run: the answer ended before the call was complete. Make it again.";
const CUT_AT_LIMIT =
  "Not run: the answer reached the output limit before the call was complete. " +
  "Make it again in smaller pieces.";

export interface WrittenCall {
  name: string;
  /** The arguments as the model wrote them; nothing at all stands for none. */
  raw: string;
  /** The answer ended before the call did. */
  isOpen?: boolean;
  /** The answer ended at the output limit: its last call may be cut though it counts as ended. */
  isCutAtLimit?: boolean;
}

export function checkCall(call: WrittenCall, tools: readonly Tool[]): CheckedCall {
  const name = call.name.slice(0, NAME_SHOWN_CHARACTERS);
  const tool = findTool(call.name, tools);
  if (!tool) return { type: "invalid", name, error: unknownTool(name, tools) };
  const input = parseArguments(call.raw);
  if (call.isOpen || (!input && call.isCutAtLimit)) {
    const error = call.isCutAtLimit ? CUT_AT_LIMIT : CUT;
    return { type: "misfit", tool, input: {}, error };
  }
  if (!input) {
    const error = `The arguments of ${tool.id} are not a JSON object`;
    return { type: "invalid", name, error };
  }
  const issues = findIssues(tool.parameters, input);
  if (issues.length === 0) return { type: "ready", tool, input };
  const list = issues
    .slice(0, ISSUES_SHOWN)
    .map(({ path, message }) => `${path || "input"}: ${message}`);
  const error =
    `The ${tool.id} tool was called with invalid arguments: ${list.join("; ")}. ` +
    "Call it again with arguments that fit its schema.";
  return { type: "misfit", tool, input, error };
}

/** By its name, or by the same name in other letters ("Read"), which some models write. */
function findTool(name: string, tools: readonly Tool[]): Tool | undefined {
  const lower = name.toLowerCase();
  return tools.find((tool) => tool.id === name) ?? tools.find((tool) => tool.id === lower);
}

function unknownTool(name: string, tools: readonly Tool[]): string {
  const names = tools.map((tool) => tool.id);
  const nearest = didYouMean(name, names);
  const hint = nearest ? ` Did you mean ${nearest}?` : "";
  return `There is no tool "${name}".${hint} The tools are: ${names.join(", ")}`;
}

function parseArguments(raw: string): Record<string, unknown> | undefined {
  if (raw.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(raw);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // the caller tells the model
  }
}
