// Shapes of configurations written for another generation of this program: `agents`, `commands`,
// `reference`, `mcp.servers`, models as objects or with `#variant`, and some keys of agents. They
// are put into the shapes that are known here, as written and before anything else looks at them;
// what cannot be said here is a warning.
import { isRecord, type JSONRecord } from "./json";

type Warn = (message: string) => void;

/** The same configuration in the shapes of schema/config.ts. What it does not know stays. */
export function lowerShapes(value: JSONRecord, warn: Warn): JSONRecord {
  const { agents, commands, reference, mcp, model, small_model: small, ...rest } = value;
  const lowered: JSONRecord = { ...rest };
  for (const [key, one] of [
    ["model", model],
    ["small_model", small],
  ] as const) {
    if (one !== undefined) lowered[key] = topModel(key, one, warn);
  }
  if (mcp !== undefined) Object.assign(lowered, lowerServers(mcp, rest["experimental"], warn));
  mergeMap(lowered, "agent", agents);
  mergeMap(lowered, "command", commands);
  mergeMap(lowered, "references", reference);
  for (const key of ["agent", "mode", "command"] as const) {
    const map = lowered[key];
    if (!isRecord(map)) continue;
    const lower = key === "command" ? withModel : lowerAgentShape;
    const entries = Object.entries(map).map(([name, one]) => {
      const told = (message: string) => warn(`${key}.${name}: ${message}`);
      return [name, isRecord(one) ? lower(one, told) : one];
    });
    lowered[key] = Object.fromEntries(entries);
  }
  return lowered;
}

/** An agent with `system`, `disabled` or `request` in today's keys. */
export function lowerAgentShape(agent: JSONRecord, warn: Warn): JSONRecord {
  const { system, disabled, request, ...rest } = withModel(agent);
  const lowered: JSONRecord = { ...rest };
  if (typeof system === "string") lowered["prompt"] ??= system;
  else if (system !== undefined) lowered["system"] = system;
  if (typeof disabled === "boolean") lowered["disable"] ??= disabled;
  else if (disabled !== undefined) lowered["disabled"] = disabled;
  if (!isRecord(request)) return request === undefined ? lowered : { ...lowered, request };
  const { body, ...others } = request;
  if (isRecord(body)) lowered["options"] = { ...body, ...Object(lowered["options"]) };
  for (const key of Object.keys(others)) warn(`request.${key} cannot be said here and is ignored`);
  return lowered;
}

/** Something that has a model, with the model's variant beside it. */
function withModel(owner: JSONRecord): JSONRecord {
  const { model, variant } = readModel(owner["model"]);
  if (model === owner["model"]) return owner;
  return {
    ...owner,
    model,
    ...(variant !== undefined && { variant: owner["variant"] ?? variant }),
  };
}

function topModel(key: string, written: unknown, warn: Warn): unknown {
  const { model, variant } = readModel(written);
  if (variant !== undefined) {
    warn(`${key}: the variant "${variant}" is ignored here; set it as agent.<name>.variant`);
  }
  return model;
}

/** `provider/model`, from an object or from `provider/model#variant`; anything else as it is. */
function readModel(written: unknown): { model: unknown; variant?: string } {
  if (typeof written === "string") {
    const [model = "", variant] = written.split("#");
    return variant ? { model, variant } : { model: written };
  }
  if (!isRecord(written)) return { model: written };
  const provider = written["providerID"] ?? written["provider"];
  const id = written["modelID"] ?? written["model"] ?? written["id"];
  if (typeof provider !== "string" || typeof id !== "string") return { model: written };
  const { variant } = written;
  return { model: `${provider}/${id}`, ...(typeof variant === "string" && { variant }) };
}

/** `mcp.servers` and `mcp.timeout`, unless those are servers of these names. */
function lowerServers(mcp: unknown, experimental: unknown, warn: Warn): JSONRecord {
  if (!isRecord(mcp)) return { mcp };
  const { servers, timeout, ...rest } = mcp;
  const hasServers = isRecord(servers) && !isServer(servers);
  const lowered: JSONRecord = {
    ...rest,
    ...(hasServers ? servers : servers === undefined ? {} : { servers }),
  };
  if (timeout === undefined || isServer(timeout)) {
    return { mcp: timeout === undefined ? lowered : { ...lowered, timeout } };
  }
  const limits = isRecord(timeout) ? Object.values(timeout) : [timeout];
  const numbers = limits.filter((limit) => typeof limit === "number");
  if (numbers.length === 0) return { mcp: { ...lowered, timeout } };
  const longest = Math.max(...numbers);
  if (new Set(numbers).size > 1) {
    warn(`mcp.timeout: servers have one time limit here; the longest counts, ${longest} ms`);
  }
  return { mcp: lowered, experimental: { mcp_timeout: longest, ...Object(experimental) } };
}

function isServer(value: unknown): boolean {
  return isRecord(value) && ("type" in value || typeof value["enabled"] === "boolean");
}

/** What stands under the other name comes under what stands under ours. */
function mergeMap(lowered: JSONRecord, key: string, other: unknown): void {
  if (other === undefined) return;
  const own = lowered[key];
  lowered[key] = isRecord(other) && isRecord(own) ? { ...other, ...own } : (own ?? other);
}
