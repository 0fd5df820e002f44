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
  if (names.length === 1) return first === one ? one : `${one} ${first}`;
  const rest = names.length > NAMES_SHOWN ? ", ..." : "";
  return `${names.length} ${more} (${names.slice(0, NAMES_SHOWN).join(", ")}${rest})`;
}

function nameOf({ what, origin }: TrustItem): string {
  if (what === origin) return what;
  const [key, name] = parseKeyPath(what);
  return NAMED.includes(String(key)) && typeof name === "string" ? name : what;
}
