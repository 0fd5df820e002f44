// How patterns that are allowed for always are written into a configuration: beside the rules that
// are there, so that none of them loses its meaning. Pure.
import type { PermissionConfig, PermissionRuleConfig } from "@/schema/config";

/** The change of `permission` that allows the patterns, given what it is now. */
export function allowPatterns(
  now: PermissionConfig | undefined,
  permission: string,
  patterns: readonly string[],
): Record<string, PermissionRuleConfig> {
  const allowed = Object.fromEntries(patterns.map((pattern) => [pattern, "allow" as const]));
  // A single word stands for everything: it must go on doing so.
  if (typeof now === "string") return { "*": now, [permission]: { "*": now, ...allowed } };
  const own = now?.[permission];
  if (typeof own === "string") return { [permission]: { "*": own, ...allowed } };
  return { [permission]: allowed };
}
