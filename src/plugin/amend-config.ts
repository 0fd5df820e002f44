// The `config` hook: plugins change the merged configuration before anybody reads it. What they
// leave must still be one; the changes of a plugin that leaves something else are dropped. Rules
// that a plugin sets count as those of whom it belongs to, the person or the project.
import type { Clock } from "@/base/clock";
import { findIssues, formatIssue } from "@/base/schema";
import { isEqual } from "@/config/json";
import type { LoadedConfig } from "@/config/load";
import { mergePermission } from "@/config/merge";
import { type AgentConfig, Config, type PermissionConfig } from "@/schema/config";
import { attempt, type Plugin } from "./plugin";
import { callWithin } from "@/base/within-time";

const LIMIT_MS = 10_000;

/** The same object when nobody changes it. Never rejects. */
export async function amendConfig(
  loaded: LoadedConfig,
  plugins: readonly Plugin[],
  { clock, report }: { clock: Clock; report(problem: string): void },
): Promise<LoadedConfig> {
  let amended = loaded;
  for (const plugin of plugins) {
    for (const change of plugin.onConfig) {
      const draft = structuredClone(amended.config);
      const onError = (reason: string) =>
        report(`${plugin.name}: the hook config failed: ${reason}`);
      const work = async () => {
        await change(draft);
        return true;
      };
      const isDone = await attempt(() => callWithin(work, { limitMs: LIMIT_MS, clock }), onError);
      if (isDone !== true) continue;
      const [issue] = findIssues(Config, draft);
      if (issue) onError(`it leaves a configuration that is none: ${formatIssue(issue)}`);
      else amended = withChange(amended, draft, plugin.isOfProject ? "project" : "person");
    }
  }
  return amended;
}

function withChange(
  loaded: LoadedConfig,
  config: Config,
  side: "person" | "project",
): LoadedConfig {
  const rules = withRules(loaded[side], loaded.config, config);
  const { agent = {}, command } = changedEntries(loaded.config, config);
  const agents = Object.entries(agent).map(([name, { permission: _, tools: __, ...rest }]) => {
    // The merged one has rules of both sides.
    const { permission, tools } = rules.agent?.[name] ?? {};
    return [name, { ...rest, ...(permission && { permission }), ...(tools && { tools }) }];
  });
  const layer = {
    config: { agent: Object.fromEntries(agents), command: command ?? {} },
    isProject: side === "project",
  };
  return { ...loaded, config, [side]: rules, layers: [...loaded.layers, layer] };
}

/** The agents and commands that differ. */
function changedEntries(before: Config, after: Config): Config {
  const changed = <T>(old: Record<string, T> = {}, present: Record<string, T> = {}) =>
    Object.fromEntries(
      Object.entries(present).filter(([name, entry]) => !isEqual(old[name], entry)),
    );
  return {
    agent: changed(before.agent, after.agent),
    command: changed(before.command, after.command),
  };
}

/** What one side says, with the rules that differ between the two configurations. */
function withRules(side: Config, before: Config, after: Config): Config {
  const names = Object.keys(after.agent ?? {}).filter(
    (name) => !isEqual(before.agent?.[name], after.agent?.[name]),
  );
  const agents = names.map((name): [string, AgentConfig] => {
    const old = before.agent?.[name];
    const { permission, tools } = after.agent?.[name] ?? {};
    const own = side.agent?.[name];
    return [
      name,
      {
        ...own,
        ...(tools === undefined || isEqual(old?.tools, tools) ? {} : { tools }),
        ...joined(own?.permission, changedRules(old?.permission, permission)),
      },
    ];
  });
  return {
    ...side,
    ...joined(side.permission, changedRules(before.permission, after.permission)),
    ...(agents.length > 0 ? { agent: { ...side.agent, ...Object.fromEntries(agents) } } : {}),
  };
}

function changedRules(
  before: PermissionConfig | undefined,
  after: PermissionConfig | undefined,
): PermissionConfig | undefined {
  if (after === undefined || isEqual(before, after)) return undefined;
  if (typeof after === "string") return after;
  const old = typeof before === "object" ? before : {};
  return Object.fromEntries(
    Object.entries(after).filter(([name, rules]) => !isEqual(old[name], rules)),
  );
}

function joined(own: PermissionConfig | undefined, changed: PermissionConfig | undefined) {
  return changed === undefined ? {} : { permission: mergePermission(own, changed) };
}
