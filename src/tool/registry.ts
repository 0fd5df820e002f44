// The tools that come with the program, and which of them a model is offered. Custom tools, those
// of MCP servers, and hiding by permission are the session's.
import { applyPatchTool } from "./apply-patch";
import { bashTool } from "./bash";
import { editTool } from "./edit";
import { globTool } from "./glob";
import { grepTool } from "./grep";
import { invalidTool } from "./invalid";
import { jobTool } from "./job";
import { questionTool } from "./question";
import { readTool } from "./read";
import { skillTool } from "./skill";
import { taskTool } from "./task";
import { todowriteTool } from "./todowrite";
import type { Tool } from "./tool";
import { webfetchTool } from "./webfetch";
import { writeTool } from "./write";

/** Every built-in tool, sorted by id, `invalid` (which no model is offered) included. */
export function builtinTools(): Tool[] {
  return [
    applyPatchTool,
    bashTool,
    editTool,
    globTool,
    grepTool,
    invalidTool,
    jobTool,
    questionTool,
    readTool,
    skillTool,
    taskTool,
    todowriteTool,
    webfetchTool,
    writeTool,
  ];
}

/** A subagent as the description of `task` names it. */
export interface SubagentOffer {
  name: string;
  description?: string;
}

/**
 * The built-in tools for a model, sorted by id: models trained on patches get `apply_patch` in
 * place of `edit` and `write`. The description of `task` lists the subagents, in their order.
 */
export function toolsFor(model: { id: string }, subagents: readonly SubagentOffer[] = []): Tool[] {
  const left = usesPatches(model.id) ? ["edit", "write"] : ["apply_patch"];
  const tools = builtinTools().filter(({ id }) => id !== "invalid" && !left.includes(id));
  return tools.map((tool) => (tool.id === "task" ? listSubagents(tool, subagents) : tool));
}

function usesPatches(modelID: string): boolean {
  const id = modelID.toLowerCase();
  return id.includes("gpt-") && !id.includes("gpt-4") && !id.includes("oss");
}

function listSubagents(tool: Tool, subagents: readonly SubagentOffer[]): Tool {
  if (subagents.length === 0) return tool;
  const lines = subagents.map(({ name, description }) => {
    return description ? `- ${name}: ${description}` : `- ${name}`;
  });
  return {
    ...tool,
    description: `${tool.description}\nsubagent_type is one of:\n${lines.join("\n")}`,
  };
}
