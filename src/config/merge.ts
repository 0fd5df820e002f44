// Merging: a higher configuration over a lower one. Objects merge deeply, lists of instructions,
// plugins and hooks are joined without repeats, everything else is replaced. Nothing is changed in
// place.
//
// Permissions are ordered: the last rule that matches decides. So what the higher one says comes
// after what the lower one said, also for a key that both have.
import { matchWildcard } from "@/base/wildcard";
import type {
  Config,
  PermissionConfig,
  PermissionObjectConfig,
  PermissionRuleConfig,
} from "@/schema/config";
import type { TuiConfig } from "@/schema/tui-config";
import { isRecord, type JSONRecord } from "./json";

/** Top-level lists of which every source adds its part. */
const JOINED_LISTS: readonly string[] = ["instructions", "plugin"];
/** Maps of agents, whose `permission` is ordered as the one at the top is. */
const AGENT_MAPS: readonly string[] = ["agent", "mode"];

/** `high` over `low`; both stay as they are. */
export function mergeConfig(low: Config, high: Config): Config {
  return mergeRecords(low, high, []);
}

/** The same, of the terminal UI's. */
export function mergeTuiConfig(low: TuiConfig, high: TuiConfig): TuiConfig {
  return mergeRecords(low, high, []);
}

/** Whether an ordered permission stands at this path. */
export function isPermissionPath(path: readonly string[]): boolean {
  if (path.length === 1) return path[0] === "permission";
  return path.length === 3 && AGENT_MAPS.includes(path[0] ?? "") && path[2] === "permission";
}

function mergeRecords(low: JSONRecord, high: JSONRecord, path: string[]): JSONRecord {
  const merged: JSONRecord = { ...low };
  for (const [key, value] of Object.entries(high)) {
    // Assigning this one would change what the object inherits.
    if (key === "__proto__" || value === undefined) continue;
    const before = Object.hasOwn(low, key) ? low[key] : undefined;
    merged[key] = mergeValues(before, value, [...path, key]);
  }
  return merged;
}

function mergeValues(low: unknown, high: unknown, path: string[]): unknown {
  if (isPermissionPath(path)) {
    return mergePermission(low as PermissionConfig | undefined, high as PermissionConfig);
  }
  // What a name refers to is one thing, not a bit of each.
  if (path.length === 2 && path[0] === "references") return high;
  if (isRecord(high)) return mergeRecords(isRecord(low) ? low : {}, high, path);
  if (isJoined(path) && Array.isArray(high)) {
    return joinLists(Array.isArray(low) ? low : [], high);
  }
  return high;
}

/** Lists of plugins and instructions, and the commands of each hook: none replaces another's. */
function isJoined(path: readonly string[]): boolean {
  const [key = ""] = path;
  return path.length === 1 ? JOINED_LISTS.includes(key) : path.length === 2 && key === "hooks";
}

/** An item that comes again, a plugin with other options say, takes the place of the first. */
function joinLists(low: unknown[], high: unknown[]): unknown[] {
  const joined = new Map<unknown, unknown>();
  for (const item of [...low, ...high]) joined.set(itemName(item), item);
  return [...joined.values()];
}

/** A plugin is a name, or a name with options; commands are the same when they say the same. */
function itemName(item: unknown): unknown {
  if (Array.isArray(item)) return item[0];
  return isRecord(item) ? JSON.stringify(item) : item;
}

/** The rules of `low`, then those of `high`, as one ordered permission. */
export function mergePermission(
  low: PermissionConfig | undefined,
  high: PermissionConfig,
): PermissionConfig {
  // One action for everything leaves nothing of what was said before.
  if (typeof high === "string" || low === undefined) return high;
  const merged = new Map(Object.entries(typeof low === "string" ? { "*": low } : low));
  for (const [permission, rules] of Object.entries(high)) {
    const before = rulesFor(permission, merged);
    merged.delete(permission);
    merged.set(permission, mergeRules(before, rules));
  }
  return Object.fromEntries(merged);
}

/**
 * What is said of one permission from its own key on, those of later wildcard keys included: the
 * key is about to move behind them, and must not bring back what they had overruled.
 */
function rulesFor(
  permission: string,
  all: ReadonlyMap<string, PermissionRuleConfig>,
): PermissionRuleConfig | undefined {
  let rules: PermissionRuleConfig | undefined;
  for (const [key, value] of all) {
    if (key === permission) rules = value;
    else if (rules !== undefined && matchWildcard(key, permission))
      rules = mergeRules(rules, value);
  }
  return rules;
}

function mergeRules(
  low: PermissionRuleConfig | undefined,
  high: PermissionRuleConfig,
): PermissionRuleConfig {
  if (typeof high === "string" || low === undefined) return high;
  const merged = new Map<string, PermissionObjectConfig[string]>(
    Object.entries(typeof low === "string" ? { "*": low } : low),
  );
  for (const [pattern, action] of Object.entries(high)) {
    merged.delete(pattern);
    merged.set(pattern, action);
  }
  return Object.fromEntries(merged);
}
