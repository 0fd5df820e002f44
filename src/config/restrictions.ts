// Restrictions: what a project's files cannot take back, whether they are trusted or not. The
// person has forbidden it; the project may only forbid more.
import type { Config } from "@/schema/config";
import type { Budget } from "@/schema/primitive";

/** `merged` with what the person has restricted put back where `project` loosened it. */
export function keepRestrictions(merged: Config, person: Config, project: Config): Config {
  const kept: Config = { ...merged };
  if (person.share === "disabled") kept.share = "disabled";
  if (project.autoupdate !== false) setOrRemove(kept, "autoupdate", person.autoupdate);
  const disabled = [...(person.disabled_providers ?? []), ...(project.disabled_providers ?? [])];
  if (disabled.length > 0) kept.disabled_providers = [...new Set(disabled)];
  const { enabled_providers: enabled } = person;
  if (enabled !== undefined && project.enabled_providers !== undefined) {
    kept.enabled_providers = project.enabled_providers.filter((id) => enabled.includes(id));
  }
  if (merged.experimental !== undefined) {
    kept.experimental = keepExperimental(merged, person.experimental, project.experimental);
  }
  if (person.budget !== undefined && merged.budget !== undefined) {
    kept.budget = smaller(person.budget, merged.budget);
  }
  return kept;
}

type Experimental = NonNullable<Config["experimental"]>;

function keepExperimental(
  { experimental }: Config,
  person: Experimental = {},
  project: Experimental = {},
): Experimental {
  const kept: Experimental = { ...experimental };
  const denials = project.policies?.filter(({ effect }) => effect === "deny");
  if (denials !== undefined) kept.policies = [...(person.policies ?? []), ...denials];
  const tools = [...(person.primary_tools ?? []), ...(project.primary_tools ?? [])];
  if (tools.length > 0) kept.primary_tools = [...new Set(tools)];
  // What becomes of a person's refusal is theirs to say.
  if (person.continue_loop_on_deny === false) kept.continue_loop_on_deny = false;
  return kept;
}

/** Of each limit the stricter one. */
function smaller(a: Budget, b: Budget): Budget {
  const limits = (["cost", "tokens"] as const).flatMap((key) => {
    const given = [a[key], b[key]].filter((limit) => limit !== undefined);
    return given.length === 0 ? [] : [[key, Math.min(...given)]];
  });
  return Object.fromEntries(limits);
}

function setOrRemove<Key extends keyof Config>(config: Config, key: Key, value: Config[Key]): void {
  if (value === undefined) delete config[key];
  else config[key] = value;
}
