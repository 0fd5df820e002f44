// Lowering: keys of former times are said in today's words, so that nobody else need know them.
// `mode` becomes primary agents, `tools` becomes permissions, `autoshare` becomes `share`.
import type {
  AgentConfig,
  Config,
  PermissionActionConfig,
  PermissionConfig,
} from "@/schema/config";
import { mergeConfig, mergePermission } from "./merge";

/** Tools that ask for one and the same permission. */
const EDIT_TOOLS: readonly string[] = ["write", "edit", "patch", "apply_patch"];

/** The same configuration in today's words; explicit keys count more than the old ones. */
export function lowerConfig(config: Config): Config {
  const { mode, tools, autoshare, ...rest } = config;
  const lowered: Config = { ...rest };
  if (autoshare && lowered.share === undefined) lowered.share = "auto";
  if (tools !== undefined) lowered.permission = toolsToPermission(tools, lowered.permission);
  const agents = mergeConfig({ agent: modesToAgents(mode) }, { agent: config.agent ?? {} }).agent;
  if (agents !== undefined && (mode !== undefined || config.agent !== undefined)) {
    lowered.agent = mapValues(agents, lowerAgent);
  }
  return lowered;
}

function modesToAgents(modes: Config["mode"] = {}): Record<string, AgentConfig> {
  return mapValues(modes, (mode) => ({ ...mode, mode: "primary" as const }));
}

function lowerAgent(agent: AgentConfig): AgentConfig {
  const { tools, maxSteps, ...rest } = agent;
  const lowered: AgentConfig = { ...rest };
  if (tools !== undefined) lowered.permission = toolsToPermission(tools, rest.permission);
  if (maxSteps !== undefined) lowered.steps ??= maxSteps;
  return lowered;
}

function toolsToPermission(
  tools: Record<string, boolean>,
  explicit: PermissionConfig | undefined,
): PermissionConfig {
  const rules: Record<string, PermissionActionConfig> = {};
  for (const [tool, enabled] of Object.entries(tools)) {
    rules[permissionOf(tool)] = enabled ? "allow" : "deny";
  }
  return explicit === undefined ? rules : mergePermission(rules, explicit);
}

/** The permission that a tool asks for. */
export function permissionOf(tool: string): string {
  return EDIT_TOOLS.includes(tool) ? "edit" : tool;
}

function mapValues<T, U>(record: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
