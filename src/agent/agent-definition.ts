// From the layers that define an agent (built in, markdown, configuration) to the Agent itself.
// Pure. Later layers override earlier ones field by field; options are merged and permission
// rules are added up.
import { asLimits, rulesFromConfig, rulesFromTools } from "@/permission/rules";
import type { Agent } from "@/schema/agent";
import { AgentConfig } from "@/schema/config";
import type { PermissionRule } from "@/schema/permission";
import type { ModelRef } from "@/schema/primitive";
import type { BuiltinAgent } from "./builtin-agents";

export interface AgentLayers {
  name: string;
  builtin: BuiltinAgent | undefined;
  /** What the agent is, lowest first; what they say of permissions is in the other two. */
  layers: readonly AgentConfig[];
  /** What the person's own sources say, and what the project's do, of this agent's permissions. */
  person: readonly AgentConfig[];
  project: readonly AgentConfig[];
}

export interface AgentRules {
  /** Under all others. */
  defaults: readonly PermissionRule[];
  /** What the person sets for all agents. */
  user: readonly PermissionRule[];
  /** What the project sets for all agents. */
  project: readonly PermissionRule[];
  /** Whether the project may allow what nobody has restricted. */
  isTrusted: boolean;
  home: string;
}

/** The agent, or undefined when it is disabled. */
export function defineAgent(definition: AgentLayers, rules: AgentRules): Agent | undefined {
  const { name, builtin, layers } = definition;
  const merged = mergeLayers(layers);
  if (merged.disable === true) return undefined;
  const model = merged.model === undefined ? undefined : parseModel(merged.model);
  return withoutUndefined<Agent>({
    name,
    description: merged.description ?? builtin?.description,
    mode: merged.mode ?? builtin?.mode ?? "all",
    native: builtin === undefined ? undefined : true,
    hidden: merged.hidden ?? builtin?.hidden,
    topP: merged.top_p,
    temperature: merged.temperature ?? builtin?.temperature,
    color: merged.color,
    permission: permissionRules(definition, rules),
    model,
    variant: merged.variant,
    prompt: merged.prompt ?? builtin?.prompt,
    options: Object.assign({}, ...layers.map(optionsOf)),
    steps: merged.steps ?? merged.maxSteps,
    budget: merged.budget,
  });
}

/**
 * A project's rules come before the person's, so that what the person asks for or denies stays so,
 * and only when it is trusted; as limits they count always.
 */
function permissionRules(definition: AgentLayers, rules: AgentRules): PermissionRule[] {
  const { builtin, person, project } = definition;
  const ofLayer = (layer: AgentConfig) => [
    ...rulesFromTools(layer.tools),
    ...rulesFromConfig(layer.permission, rules.home),
  ];
  const ofProject = [...rules.project, ...project.flatMap(ofLayer)];
  return [
    ...rules.defaults,
    ...(builtin?.rules ?? []),
    ...(rules.isTrusted ? ofProject : []),
    ...rules.user,
    ...(builtin?.fence ?? []),
    ...person.flatMap(ofLayer),
    ...asLimits(ofProject),
  ];
}

/** `provider/model`; the model's own name may hold slashes. Undefined when it has no provider. */
export function parseModel(text: string): ModelRef | undefined {
  const slash = text.indexOf("/");
  if (slash < 1 || slash === text.length - 1) return undefined;
  return { providerID: text.slice(0, slash), modelID: text.slice(slash + 1) };
}

function mergeLayers(layers: readonly AgentConfig[]): AgentConfig {
  const merged: AgentConfig = {};
  for (const layer of layers) {
    const { steps, maxSteps } = layer;
    Object.assign(merged, withoutUndefined(layer));
    // Two names of one setting: the later layer decides, whichever name it uses.
    if (steps !== undefined || maxSteps !== undefined) merged.steps = steps ?? maxSteps;
  }
  return merged;
}

/** `options`, and every key that is not known here: both are for the provider. */
function optionsOf(layer: AgentConfig): Record<string, unknown> {
  const unknown = Object.entries(layer).filter(([key]) => !isKnownKey(key));
  return { ...Object.fromEntries(unknown), ...layer.options };
}

function isKnownKey(key: string): boolean {
  // `name` is what other programs write into the front matter; here the file's name counts.
  return key === "name" || Object.hasOwn(AgentConfig.properties, key);
}

function withoutUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries) as T;
}
