// One plugin at work: its module's functions have been called with their input, and what they gave
// is taken apart here. Everything of it is code of somebody else.
import { isRecord, type JSONRecord } from "@/config/json";
import { errorMessage } from "@/base/error";
import { isToolSource, type ToolSource } from "./custom-tool";
import type { HookHandler, HookSource } from "./hooks";

/** A login that a plugin offers for a provider, as published; read with care. */
export interface PluginAuth {
  provider: string;
  loader?: (auth: () => Promise<unknown>, provider: unknown) => Promise<unknown>;
  methods: readonly JSONRecord[];
}

/** Models that a plugin adds to a provider. */
interface PluginProvider {
  id: string;
  models: (provider: unknown, context: unknown) => Promise<unknown>;
}

export interface Plugin extends HookSource {
  tools: Readonly<Record<string, ToolSource>>;
  auth: readonly PluginAuth[];
  providers: readonly PluginProvider[];
  onEvent: readonly ((input: { event: unknown }) => unknown)[];
  onConfig: readonly ((config: unknown) => unknown)[];
  dispose: readonly (() => unknown)[];
}

type Start = (input: unknown, options: unknown) => unknown;

/** The functions that a module's exports are, or have as `server`; each once. */
export function startsOf(exports: Readonly<Record<string, unknown>>): Start[] {
  const starts = Object.values(exports).flatMap((value): Start[] => {
    if (typeof value === "function") return [value as Start];
    const server = isRecord(value) ? value["server"] : undefined;
    return typeof server === "function" ? [server as Start] : [];
  });
  return [...new Set(starts)];
}

/** The plugin of what its functions gave; what is not known is left alone. */
export function toPlugin(name: string, isOfProject: boolean, given: readonly unknown[]): Plugin {
  const parts = given.filter(isRecord);
  return {
    name,
    isOfProject,
    handlers: mergeHandlers(parts),
    tools: Object.assign({}, ...parts.map(({ tool }) => toolsOf(tool))) as Plugin["tools"],
    auth: parts.flatMap(({ auth }) => (isAuth(auth) ? [auth] : [])),
    providers: parts.flatMap(({ provider }) => (isProvider(provider) ? [provider] : [])),
    onEvent: parts.flatMap((part) => functionsOf<Plugin["onEvent"][number]>(part, "event")),
    onConfig: parts.flatMap((part) => functionsOf<Plugin["onConfig"][number]>(part, "config")),
    dispose: parts.flatMap((part) => functionsOf<Plugin["dispose"][number]>(part, "dispose")),
  };
}

/** Bound to its part, as methods expect it; absent when there is none. */
function functionsOf<F>(part: JSONRecord, name: string): F[] {
  const value = part[name];
  return typeof value === "function" ? [value.bind(part) as F] : [];
}

/** Of two parts of one plugin both are called, in their order. */
function mergeHandlers(parts: readonly JSONRecord[]): HookSource["handlers"] {
  const names = [...new Set(parts.flatMap((part) => Object.keys(part)))];
  const entries = names
    .filter((name) => name.includes("."))
    .map((name): [string, HookHandler[]] => [
      name,
      parts.flatMap((part) => functionsOf<HookHandler>(part, name)),
    ])
    .filter(([, handlers]) => handlers.length > 0)
    .map(([name, handlers]): [string, HookHandler] => [
      name,
      async (input, output) => {
        for (const handler of handlers) await handler(input, output);
      },
    ]);
  return Object.fromEntries(entries);
}

function toolsOf(value: unknown): Record<string, ToolSource> {
  if (!isRecord(value)) return {};
  const entries = Object.entries(value).flatMap(([id, tool]): [string, ToolSource][] =>
    isToolSource(tool) ? [[id, tool]] : [],
  );
  return Object.fromEntries(entries);
}

function isAuth(value: unknown): value is PluginAuth {
  if (!isRecord(value) || typeof value["provider"] !== "string") return false;
  const { loader, methods } = value;
  const hasMethods = Array.isArray(methods) && methods.every(isRecord);
  return hasMethods && (loader === undefined || typeof loader === "function");
}

function isProvider(value: unknown): value is PluginProvider {
  return (
    isRecord(value) && typeof value["id"] === "string" && typeof value["models"] === "function"
  );
}

/** What a plugin does that fails costs nothing but itself. */
export async function attempt(work: () => unknown, onError: (reason: string) => void) {
  try {
    return await work();
  } catch (error) {
    onError(errorMessage(error));
    return undefined;
  }
}
