import { expect, test } from "bun:test";
import { heldSummary } from "@/config/held-summary";
import type { TrustItem, TrustKind } from "@/schema/trust";

const item = (kind: TrustKind, what: string, origin = "opencode.json"): TrustItem => {
  return { kind, what, origin };
};

test.each<[items: TrustItem[], line: string]>([
  [[], ""],
  [[item("mcp", "mcp.files")], "MCP server files"],
  [[item("mcp", "mcp.a"), item("mcp", "mcp.b")], "2 MCP servers (a, b)"],
  [
    ["a", "b", "c", "d"].map((name) => item("lsp", `lsp.${name}`)),
    "4 language servers (a, b, c, ...)",
  ],
  [[item("shell", "shell")], "shell"],
  [[item("hook", "hooks")], "hooks"],
  [[item("model", "model")], "choice of model"],
  [[item("model", "small_model")], "choice of model (small_model)"],
  [[item("model", "agent.a.model")], "choice of model (agent a)"],
  [
    [item("model", "model"), item("model", "agent.a.model"), item("model", "mode.b.model")],
    "3 choices of models (model, agent a, mode b)",
  ],
  [[item("sharing", "share")], "sharing (share)"],
  [
    [item("sharing", "share"), item("sharing", "enterprise.url")],
    "sharing (share, enterprise.url)",
  ],
  [[item("variable", "username")], "environment variable (username)"],
  [[item("file", "provider.a.name")], "path outside the project (provider.a.name)"],
  [[item("command", "command.a.template")], "command a"],
  [
    [
      item("plugin", ".opencode/plugin/a.ts", ".opencode/plugin/a.ts"),
      item("url", "instructions[0]"),
    ],
    "plugin .opencode/plugin/a.ts; address (instructions[0])",
  ],
])("%j: %s", (items, line) => {
  expect(heldSummary(items)).toBe(line);
});
