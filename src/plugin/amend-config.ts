// The `config` hook: plugins change the merged configuration before anybody reads it. What they
// leave must still be one; the changes of a plugin that leaves something else are dropped.
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "@/base/clock";
import { findIssues, formatIssue } from "@/base/schema";
import type { LoadedConfig } from "@/config/load";
import { mergeConfig } from "@/config/merge";
import { Config, type PermissionConfig } from "@/schema/config";
import { attempt, type Plugin } from "./plugin";
import { withinTime } from "./within-time";

const LIMIT_MS = 10_000;

/** The same object when nobody changes it. Never rejects. */
export async function amendConfig(
  loaded: LoadedConfig,
  plugins: readonly Plugin[],
  { clock, report }: { clock: Clock; report(problem: string): void },
): Promise<LoadedConfig> {
  let { config, person, project } = loaded;
  for (const plugin of plugins) {
    for (const change of plugin.onConfig) {
      const draft = structuredClone(config);
      const onError = (reason: string) =>
        report(`${plugin.name}: the hook config failed: ${reason}`);
      const work = async () => {
        await change(draft);
        return true;
      };
      const isDone = await attempt(() => withinTime(work(), LIMIT_MS, clock), onError);
      if (isDone !== true) continue;
      const [issue] = findIssues(Config, draft);
      if (issue) {
        onError(`it leaves a configuration that is none: ${formatIssue(issue)}`);
        continue;
      }
      // Permissions count for the side that sets them: a project's take nothing back.
      if (plugin.isOfProject) project = withPermissions(project, config, draft);
      else person = withPermissions(person, config, draft);
      config = draft;
    }
  }
  return config === loaded.config ? loaded : { ...loaded, config, person, project };
}

/** `side` with what a hook has changed of permissions between `before` and `after`. */
function withPermissions(side: Config, before: Config, after: Config): Config {
  const agents = Object.entries(after.agent ?? {}).flatMap(([name, agent]) => {
    const permission = changedRules(before.agent?.[name]?.permission, agent.permission);
    return permission === undefined ? [] : [[name, { permission }] as const];
  });
  const permission = changedRules(before.permission, after.permission);
  return mergeConfig(side, {
    ...(permission === undefined ? {} : { permission }),
    ...(agents.length === 0 ? {} : { agent: Object.fromEntries(agents) }),
  });
}

function changedRules(
  before: PermissionConfig | undefined,
  after: PermissionConfig | undefined,
): PermissionConfig | undefined {
  if (after === undefined || isDeepStrictEqual(before, after)) return undefined;
  if (typeof after === "string" || typeof before !== "object") return after;
  const changed = Object.entries(after).filter(
    ([key, rules]) => !isDeepStrictEqual(before[key], rules),
  );
  return Object.fromEntries(changed);
}
