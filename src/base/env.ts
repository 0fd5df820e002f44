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

/**
 * Keeps connections of this process to this machine out of proxies: the runtime would send even
 * those through one. What programs that we start see of the environment is not changed by it.
 */
export function keepLoopbackDirect(): void {
  for (const name of ["NO_PROXY", "no_proxy"]) {
    const present = process.env[name]?.trim();
    if (present === "*") continue;
    process.env[name] = [present, "localhost,127.0.0.1,::1"].filter(Boolean).join(",");
  }
}
