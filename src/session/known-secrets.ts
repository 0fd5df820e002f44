// Known secrets: the values of all credentials that this program holds for a directory, from the
// environment, the stored logins and the configuration. For masking alone: nothing here is told.
import type { Env } from "@/base/env";
import type { Auth } from "@/schema/auth";
import type { Config } from "@/schema/config";
import { isSecretName } from "@/base/secret-names";

/** Nested deeper than this no configuration keeps a secret. */
const DEPTH_MAX = 8;
/** Objects of which every value may be one, whatever its name. */
const SECRET_HOLDERS: readonly string[] = ["headers", "environment", "env", "metadata"];
const SECRET_MIN = 8;

export interface SecretSources {
  env: Env;
  auth: Readonly<Record<string, Auth>>;
  config: Config;
}

/** The values, each once; what is too short to be told from ordinary words is left out. */
export function knownSecrets({ env, auth, config }: SecretSources): string[] {
  const variables = new Set(
    Object.values(config.provider ?? {}).flatMap((provider) => provider.env ?? []),
  );
  const values = [
    ...Object.entries(env).flatMap(([name, value]) => {
      return isSecretName(name) || variables.has(name) ? [value ?? ""] : [];
    }),
    ...Object.values(auth).flatMap(secretsOfLogin),
    ...collect(config, { name: "", isHolder: false, depth: DEPTH_MAX }),
  ];
  return [...new Set(values)].filter((value) => value.length >= SECRET_MIN);
}

function secretsOfLogin(auth: Auth): string[] {
  if (auth.type === "oauth") return [auth.access, auth.refresh];
  if (auth.type === "wellknown") return [auth.token];
  return [auth.key, ...collect(auth.metadata, { name: "", isHolder: false, depth: 1 })];
}

function collect(value: unknown, at: { name: string; isHolder: boolean; depth: number }): string[] {
  if (typeof value === "string") {
    // Of a header the last word is the secret: "Bearer abc".
    return at.isHolder || isSecretName(at.name) ? [value, value.split(/\s+/).at(-1) ?? ""] : [];
  }
  if (typeof value !== "object" || value === null || at.depth === 0) return [];
  const depth = at.depth - 1;
  return Object.entries(value).flatMap(([name, inner]) => {
    return collect(inner, { name, depth, isHolder: SECRET_HOLDERS.includes(at.name) });
  });
}
