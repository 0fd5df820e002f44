// The environment: the only place that reads process.env. Everyone else is handed an Env.

export type Env = Readonly<Record<string, string | undefined>>;

/** A snapshot of this process's environment. */
export function readEnv(): Env {
  return { ...process.env };
}

/** True for `1` and `true` (any case); everything else, unset included, is false. */
export function flag(env: Env, name: string): boolean {
  const value = env[name]?.toLowerCase();
  return value === "1" || value === "true";
}
