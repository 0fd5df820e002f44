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

/** As `flag` for what is not settled yet: unset, it is as OPENCODE_EXPERIMENTAL says for all. */
export function experimentalFlag(env: Env, name: string): boolean {
  return flag(env, env[name] ? name : "OPENCODE_EXPERIMENTAL");
}

/** A whole number from 1 on; undefined for everything else, unset included. */
export function positiveCount(env: Env, name: string): number | undefined {
  const text = env[name]?.trim() ?? "";
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/**
 * Keeps connections of this process to this machine out of proxies: the runtime would send even
 * those through one. What programs that we start see of the environment is not changed by it.
 */
export function keepLoopbackDirect(): void {
  // The runtime reads one of them alone: whichever was set, both say all of it.
  const names = ["NO_PROXY", "no_proxy"];
  const present = new Set(names.map((name) => process.env[name]?.trim()).filter(Boolean));
  if (present.has("*")) return;
  for (const name of names) process.env[name] = [...present, "localhost,127.0.0.1,::1"].join(",");
}

/**
 * Makes the terminal library count the columns of a sign of several characters as one sign, where
 * the terminal does not say how it counts. It reads the environment of the process.
 */
export function countWholeClusters(): void {
  process.env["OPENTUI_FORCE_UNICODE"] = "1";
}
