// Permission rules, pure: from configuration to a flat list, and from a list to a verdict.
// A rule is {permission, pattern, action}; the permission's name and the pattern are both
// wildcards (base/wildcard.ts); the last rule that matches decides, and no match means ask. Rules
// with `limit`, a project's, are judged by themselves: they make a verdict stricter, never looser.
// Who asks whom when the verdict is "ask" is permissions.ts.
import { matchWildcard } from "@/base/wildcard";
import type { PermissionConfig } from "@/schema/config";
import type { PermissionRule } from "@/schema/permission";

export type Rules = readonly PermissionRule[];

/**
 * The rules of a `permission` value of configuration, in the order in which its keys are written.
 * A single action stands for everything. `~/` and `$HOME/` at the start of a pattern become `home`.
 */
export function rulesFromConfig(
  config: PermissionConfig | undefined,
  home: string,
): PermissionRule[] {
  if (config === undefined) return [];
  if (typeof config === "string") return [{ permission: "*", pattern: "*", action: config }];
  return Object.entries(config).flatMap(([permission, value]) => {
    if (typeof value === "string") return [{ permission, pattern: "*", action: value }];
    return Object.entries(value).map(([pattern, action]) => ({
      permission,
      pattern: expandHome(pattern, home),
      action,
    }));
  });
}

/** The rules of the superseded `tools` switches: off is denied, on is allowed. */
export function rulesFromTools(tools: Record<string, boolean> | undefined): PermissionRule[] {
  return Object.entries(tools ?? {}).map(([tool, on]) => ({
    permission: toolPermission(tool),
    pattern: "*",
    action: on ? "allow" : "deny",
  }));
}

/** The same rules as limits. */
export function asLimits(rules: Rules): PermissionRule[] {
  return rules.map((rule) => ({ ...rule, limit: true }));
}

/**
 * The rule that decides about one pattern: the last match, or an "ask" for everything; or the last
 * limit that matches, when that is stricter.
 */
export function evaluate(permission: string, pattern: string, rules: Rules): PermissionRule {
  const matches = (rule: PermissionRule) =>
    matchWildcard(rule.permission, permission) && matchWildcard(rule.pattern, pattern);
  const rule = rules.findLast((one) => !one.limit && matches(one)) ?? {
    permission,
    pattern: "*",
    action: "ask",
  };
  const limit = rules.findLast((one) => one.limit && matches(one));
  return limit && STRICTNESS[limit.action] > STRICTNESS[rule.action] ? limit : rule;
}

const STRICTNESS = { allow: 0, ask: 1, deny: 2 } as const;

/**
 * Whether the model is not told of a tool: the last rule about the tool's permission denies
 * everything. A deny of some patterns leaves the tool in the list; its calls are judged one by one.
 */
export function isToolHidden(toolID: string, rules: Rules): boolean {
  const permission = toolPermission(toolID);
  const own = rules.filter((rule) => matchWildcard(rule.permission, permission));
  return [own.findLast((rule) => !rule.limit), own.findLast((rule) => rule.limit)].some(
    (last) => last?.action === "deny" && last.pattern === "*",
  );
}

/** The permission that a tool asks for: those that change files share `edit`. */
export function toolPermission(toolID: string): string {
  switch (toolID) {
    case "edit":
    case "write":
    case "patch":
    case "apply_patch":
      return "edit";
    default:
      return toolID;
  }
}

/** `bash "rm *" deny`, for messages. */
export function formatRule(rule: PermissionRule): string {
  return `${rule.permission} ${JSON.stringify(rule.pattern)} ${rule.action}`;
}

function expandHome(pattern: string, home: string): string {
  for (const name of ["~", "$HOME"]) {
    if (pattern === name) return home;
    if (pattern.startsWith(`${name}/`)) return home + pattern.slice(name.length);
  }
  return pattern;
}
