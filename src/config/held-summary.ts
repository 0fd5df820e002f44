// What is held back, in one line for people.
import type { TrustItem, TrustKind } from "@/schema/trust";
import { parseKeyPath } from "./key-path";

const NAMES: Record<TrustKind, [one: string, more: string]> = {
  command: ["command", "commands"],
  file: ["path outside the project", "paths outside the project"],
  formatter: ["formatter", "formatters"],
  hook: ["hook", "hooks"],
  lsp: ["language server", "language servers"],
  mcp: ["MCP server", "MCP servers"],
  model: ["choice of model", "choices of models"],
  plugin: ["plugin", "plugins"],
  program: ["program", "programs"],
  provider: ["provider", "providers"],
  shell: ["shell", "shells"],
  sharing: ["sharing", "sharing"],
  telemetry: ["telemetry", "telemetry"],
  tool: ["tool", "tools"],
  url: ["address", "addresses"],
  variable: ["environment variable", "environment variables"],
};
/** Kinds whose things have no name of their own: the place in the configuration tells them. */
const NAMELESS: readonly TrustKind[] = [
  "file",
  "model",
  "sharing",
  "shell",
  "telemetry",
  "url",
  "variable",
];
const NAMES_SHOWN = 3;
/** Keys of which each entry is one thing with a name. */
const NAMED: readonly string[] = [
  "agent",
  "command",
  "formatter",
  "lsp",
  "mcp",
  "mode",
  "provider",
];

/** `MCP server x; 2 plugins (a, b)`; empty when nothing is held back. */
export function heldSummary(held: readonly TrustItem[]): string {
  const byKind = Map.groupBy(held, ({ kind }) => kind);
  return [...byKind].map(([kind, items]) => ofKind(kind, items)).join("; ");
}

function ofKind(kind: TrustKind, items: readonly TrustItem[]): string {
  const names = [...new Set(items.map(nameOf))];
  const [one, more] = NAMES[kind];
  const [first = ""] = names;
  const rest = names.length > NAMES_SHOWN ? ", ..." : "";
  const shown = `(${names.slice(0, NAMES_SHOWN).join(", ")}${rest})`;
  if (names.length > 1)
    return one === more ? `${one} ${shown}` : `${names.length} ${more} ${shown}`;
  if ([one, more].includes(first)) return first;
  if (one.endsWith(` ${first}`)) return one;
  return `${one} ${NAMELESS.includes(kind) ? shown : first}`;
}

function nameOf({ kind, what, origin }: TrustItem): string {
  if (what === origin) return what;
  const [key, name] = parseKeyPath(what);
  if (!NAMED.includes(String(key)) || typeof name !== "string") return what;
  if (kind === "model") return `${String(key)} ${name}`;
  return NAMELESS.includes(kind) ? what : name;
}
