// The environment of commands: the program's own, with what plugins add for where they run.
import type { Env } from "@/base/env";
import { isValid } from "@/base/schema";
import type { HookInput } from "@/plugin/hook-types";
import type { Hooks } from "@/plugin/hooks";
import { StringMap } from "@/schema/primitive";

export async function commandEnv(
  env: Env,
  input: HookInput<"shell.env">,
  hooks: Hooks,
): Promise<Env> {
  if (!(await hooks.has("shell.env"))) return env;
  const added = await hooks.run(
    "shell.env",
    input,
    { env: {} },
    { check: (output) => (isValid(StringMap, output.env) ? undefined : "variables that are none") },
  );
  return { ...env, ...added.env };
}
