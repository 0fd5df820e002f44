// The `config` hook: plugins change the merged configuration before anybody reads it. What they
// leave must still be one; the changes of a plugin that leaves something else are dropped.
import type { Clock } from "@/base/clock";
import { findIssues, formatIssue } from "@/base/schema";
import type { LoadedConfig } from "@/config/load";
import { Config } from "@/schema/config";
import { attempt, type Plugin } from "./plugin";
import { withinTime } from "./within-time";

const LIMIT_MS = 10_000;

/** The same object when nobody changes it. Never rejects. */
export async function amendConfig(
  loaded: LoadedConfig,
  plugins: readonly Plugin[],
  { clock, report }: { clock: Clock; report(problem: string): void },
): Promise<LoadedConfig> {
  let { config } = loaded;
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
      // What a project brings may add to what a person has decided, and take nothing of it back.
      if (plugin.isOfProject) Object.assign(draft, { permission: config.permission });
      const [issue] = findIssues(Config, draft);
      if (issue) onError(`it leaves a configuration that is none: ${formatIssue(issue)}`);
      else config = draft;
    }
  }
  return config === loaded.config ? loaded : { ...loaded, config };
}
