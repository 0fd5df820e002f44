// What a configuration file may say, and how its faults are named.

import { expect, test } from "bun:test";
import { findIssues, formatIssue } from "@/base/schema";
import { Config } from "@/schema/config";

function explain(value: unknown): string[] {
  return findIssues(Config, value).map(formatIssue);
}

test("accepts a configuration that uses every kind of value", () => {
  const config = {
    $schema: "https://example.com/config.json",
    model: "anthropic/claude",
    autoupdate: "notify",
    share: "disabled",
    plugin: ["a", ["b", { c: 1 }]],
    permission: { "*": "ask", bash: { "git *": "allow", "*": "deny" } },
    agent: { review: { mode: "subagent", color: "#ff0000", reasoningEffort: "high", steps: 3 } },
    mcp: {
      docs: { type: "remote", url: "http://127.0.0.1:1", oauth: false },
      files: { type: "local", command: ["files"], timeout: 1000 },
      other: { enabled: false },
    },
    formatter: { prettier: { disabled: true } },
    lsp: { gopls: { disabled: true }, own: { command: ["own"], extensions: [".x"] } },
    provider: {
      local: {
        npm: "@ai-sdk/openai-compatible",
        options: { baseURL: "http://127.0.0.1:1", timeout: false, chunkTimeout: 5, any: [1] },
        models: {
          m: {
            limit: { context: 1, output: 1 },
            cost: { input: 0, output: 0 },
            interleaved: { field: "reasoning" },
            variants: { high: { disabled: true, effort: "high" } },
          },
        },
      },
    },
    tool_output: { max_lines: 10 },
    a_key_of_the_future: { x: 1 },
  };
  expect(explain(config)).toEqual([]);
  expect(explain({ permission: "allow", lsp: true, formatter: false })).toEqual([]);
});

test("names the path of what is wrong", () => {
  expect(
    explain({
      share: "never",
      subagent_depth: -1,
      tool_output: { max_lines: 0 },
      provider: { "my.host": { options: { chunkTimeout: "5s" } } },
      mcp: {
        a: { type: "remote" },
        b: { type: "http", url: "u" },
        c: { type: "local", command: "x" },
      },
      agent: { x: { mode: "main", color: "redd" } },
      permission: { bash: { "git *": "yes" }, edit: "maybe" },
      lsp: { x: {} },
    }).toSorted(),
  ).toEqual([
    'agent.x.color: expected one of text matching ^#[0-9a-fA-F]{6}$, "primary", "secondary", ' +
      '"accent", "success", "warning", "error", "info", got "redd"',
    'agent.x.mode: expected one of "subagent", "primary", "all", got "main"',
    "lsp.x.command: is required",
    "mcp.a.url: is required",
    'mcp.b.type: expected one of "local", "remote", got "http"',
    "mcp.c.command: expected array, got string",
    'permission.bash["git *"]: expected one of "ask", "allow", "deny", got "yes"',
    'permission.edit: expected one of "ask", "allow", "deny", object, got "maybe"',
    'provider["my.host"].options.chunkTimeout: expected one of integer, false, got "5s"',
    'share: expected one of "manual", "auto", "disabled", got "never"',
    "subagent_depth: must be at least 0, got -1",
    "tool_output.max_lines: must be greater than 0, got 0",
  ]);
});
