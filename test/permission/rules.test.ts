// The grammar of permission rules, as a table of behaviour.
import { describe, expect, test } from "bun:test";
import {
  evaluate,
  formatRule,
  isToolHidden,
  rulesFromConfig,
  rulesFromTools,
  toolPermission,
} from "@/permission/rules";
import type { PermissionConfig } from "@/schema/config";

const HOME = "/h/ann";

const git = { bash: { "*": "ask", "git *": "allow", "git push *": "deny" } } as const;
const secrets = {
  read: { "*": "allow", "*.env": "ask", "*.env.*": "ask", "*.env.example": "allow" },
} as const;
const careful = { "*": "allow", "mymcp_*": "ask", mymcp_delete: "deny" } as const;
const paths = {
  external_directory: { "*": "ask", "~/notes/*": "allow", "$HOME/keys/*": "deny", "~": "allow" },
  edit: { "*": "deny", "docs/*": "allow", "docs/?.md": "ask" },
} as const;

// Configuration, permission, what is to be done, verdict.
const TABLE: readonly [PermissionConfig | undefined, string, string, string][] = [
  // Nothing said: ask.
  [undefined, "bash", "ls", "ask"],
  [{}, "edit", "a.ts", "ask"],
  [{ edit: "allow" }, "bash", "ls", "ask"],
  // One action for everything.
  ["allow", "bash", "rm -rf /", "allow"],
  ["deny", "read", "a.ts", "deny"],
  ["ask", "webfetch", "https://example.com", "ask"],
  // An action for a permission.
  [{ bash: "allow" }, "bash", "anything at all", "allow"],
  [{ bash: "deny" }, "bash", "", "deny"],
  [{ webfetch: "deny" }, "websearch", "x", "ask"],
  // Patterns, of which the last that matches decides.
  [git, "bash", "ls", "ask"],
  [git, "bash", "git status", "allow"],
  [git, "bash", "git", "allow"],
  [git, "bash", "gitk", "ask"],
  [git, "bash", "git push", "deny"],
  [git, "bash", "git push --force origin main", "deny"],
  [git, "bash", "git pushy", "allow"],
  [git, "bash", " git status", "ask"],
  [git, "bash", "GIT status", "ask"],
  [{ bash: { "git push *": "deny", "git *": "allow" } }, "bash", "git push", "allow"],
  [{ bash: { "rm *": "deny", "*": "allow" } }, "bash", "rm x", "allow"],
  [{ bash: { "*": "allow", "rm *": "deny" } }, "bash", "rm x", "deny"],
  [{ bash: { "*": "allow", rm: "deny" } }, "bash", "rm x", "allow"],
  [{ bash: { "*": "allow", rm: "deny" } }, "bash", "rm", "deny"],
  [{ bash: { "*": "allow", "* --force*": "deny" } }, "bash", "git push --force", "deny"],
  [{ bash: { "*": "allow", "* --force*": "deny" } }, "bash", "git push -f", "allow"],
  [{ bash: { "yarn test": "allow" } }, "bash", "yarn", "ask"],
  [{ bash: { "yarn test": "allow" } }, "bash", "yarn test", "allow"],
  [{ bash: { "yarn test": "allow" } }, "bash", "yarn test --watch", "ask"],
  [{ bash: { "yarn test *": "allow" } }, "bash", "yarn test --watch", "allow"],
  [{ bash: { "yarn test *": "allow" } }, "bash", "yarn test", "allow"],
  [{ bash: { "yarn test *": "allow" } }, "bash", "yarn tests", "ask"],
  // Regular expression characters are characters.
  [{ bash: { "a.b": "allow" } }, "bash", "axb", "ask"],
  [{ bash: { "a.b": "allow" } }, "bash", "a.b", "allow"],
  [{ bash: { "(a|b)+": "allow" } }, "bash", "(a|b)+", "allow"],
  [{ bash: { "[ -f x ]": "allow" } }, "bash", "[ -f x ]", "allow"],
  [{ bash: { "echo $HOME": "allow" } }, "bash", "echo $HOME", "allow"],
  // A line break is a character as any other.
  [{ bash: { "echo *": "allow" } }, "bash", "echo a\nrm b", "allow"],
  [{ bash: { "echo a": "allow" } }, "bash", "echo a\nrm b", "ask"],
  // `?` is exactly one character, "*" crosses directories.
  [paths, "edit", "docs/a.md", "ask"],
  [paths, "edit", "docs/ab.md", "allow"],
  [paths, "edit", "docs/deep/er/x.md", "allow"],
  [paths, "edit", "docs", "deny"],
  [paths, "edit", "src/docs/a.md", "deny"],
  [{ edit: { "*.ts": "allow" } }, "edit", "src/deep/a.ts", "allow"],
  [{ edit: { "*.ts": "allow" } }, "edit", "src/a.tsx", "ask"],
  [{ edit: { "**/*.ts": "allow" } }, "edit", "src/a.ts", "allow"],
  // Home.
  [paths, "external_directory", "/h/ann/notes/*", "allow"],
  [paths, "external_directory", "/h/ann/keys/*", "deny"],
  [paths, "external_directory", "/h/ann", "allow"],
  [paths, "external_directory", "/h/bob/notes/*", "ask"],
  [paths, "external_directory", "~/notes/*", "ask"],
  [{ edit: { "$HOMEWORK/*": "allow" } }, "edit", "$HOMEWORK/a", "allow"],
  [{ edit: { "~bob/*": "allow" } }, "edit", "~bob/a", "allow"],
  [{ edit: { "a/~/b": "allow" } }, "edit", "a/~/b", "allow"],
  // Files that hold secrets.
  [secrets, "read", "src/a.ts", "allow"],
  [secrets, "read", ".env", "ask"],
  [secrets, "read", "deploy/prod.env", "ask"],
  [secrets, "read", ".env.local", "ask"],
  [secrets, "read", ".env.example", "allow"],
  [secrets, "read", "environment.ts", "allow"],
  [secrets, "read", ".envrc", "allow"],
  // The permission's name is a pattern too.
  [careful, "bash", "ls", "allow"],
  [careful, "mymcp_read", "*", "ask"],
  [careful, "mymcp_delete", "*", "deny"],
  [careful, "mymcp", "*", "allow"],
  [{ "mcp?_x": "allow" }, "mcp1_x", "y", "allow"],
  [{ "mcp?_x": "allow" }, "mcp12_x", "y", "ask"],
  [{ bash: "allow", "*": "deny" }, "bash", "ls", "deny"],
  [{ "*": "deny", bash: "allow" }, "bash", "ls", "allow"],
  [{ "*": { "*.lock": "deny" } }, "edit", "bun.lock", "deny"],
  [{ "*": { "*.lock": "deny" } }, "edit", "bun.ts", "ask"],
  // Names that objects have by themselves are names like others.
  [{ constructor: "deny" } as never, "constructor", "x", "deny"],
  [{}, "toString", "x", "ask"],
];

describe("evaluate", () => {
  for (const [config, permission, pattern, expected] of TABLE) {
    const title = `${JSON.stringify(config)}: ${permission} ${JSON.stringify(pattern)}`;
    test(`${title} -> ${expected}`, () => {
      const rules = rulesFromConfig(config, HOME);
      expect<string>(evaluate(permission, pattern, rules).action).toBe(expected);
    });
  }

  test("gives the rule that decided", () => {
    const rules = rulesFromConfig(git, HOME);
    const decided = evaluate("bash", "git push", rules);
    expect(decided).toEqual({ permission: "bash", pattern: "git push *", action: "deny" });
    expect(formatRule(decided)).toBe('bash "git push *" deny');
  });

  test("a long hostile pattern takes no time", () => {
    const rules = rulesFromConfig({ bash: { [`${"*a".repeat(500)}b`]: "allow" } }, HOME);
    expect(evaluate("bash", "a".repeat(20_000), rules).action).toBe("ask");
  });
});

describe("rulesFromConfig", () => {
  test("keeps the order of the keys and expands only patterns", () => {
    const config = { "~/x": "deny", edit: { "~/b": "ask", "~/a": "allow" }, "*": "ask" } as const;
    expect(rulesFromConfig(config, HOME)).toEqual([
      { permission: "~/x", pattern: "*", action: "deny" },
      { permission: "edit", pattern: "/h/ann/b", action: "ask" },
      { permission: "edit", pattern: "/h/ann/a", action: "allow" },
      { permission: "*", pattern: "*", action: "ask" },
    ]);
  });

  test("no configuration, no rules", () => {
    expect(rulesFromConfig(undefined, HOME)).toEqual([]);
  });
});

describe("tools", () => {
  const hidden: readonly [PermissionConfig, string, boolean][] = [
    [{ edit: "deny" }, "edit", true],
    [{ edit: "deny" }, "write", true],
    [{ edit: "deny" }, "apply_patch", true],
    [{ edit: "deny" }, "read", false],
    [{ write: "deny" }, "write", false],
    [{ bash: { "*": "deny" } }, "bash", true],
    [{ bash: { "*": "deny", "git *": "allow" } }, "bash", false],
    [{ bash: { "rm *": "deny" } }, "bash", false],
    [{ bash: "ask" }, "bash", false],
    [{ "*": "deny" }, "todowrite", true],
    [{ "*": "deny", todowrite: "allow" }, "todowrite", false],
    [{ todowrite: "allow", "*": "deny" }, "todowrite", true],
    [{ "mymcp_*": "deny" }, "mymcp_search", true],
    [{ "mymcp_*": "deny" }, "other_search", false],
    ["deny", "anything", true],
    [{}, "anything", false],
  ];
  for (const [config, tool, expected] of hidden) {
    test(`${JSON.stringify(config)} ${expected ? "hides" : "shows"} ${tool}`, () => {
      expect(isToolHidden(tool, rulesFromConfig(config, HOME))).toBe(expected);
    });
  }

  test("those that change files ask for edit, others for themselves", () => {
    const named = ["edit", "write", "patch", "apply_patch", "todowrite", "read", "mymcp_x"];
    expect(named.map(toolPermission)).toEqual([
      ...["edit", "edit", "edit", "edit"],
      ...["todowrite", "read", "mymcp_x"],
    ]);
  });

  test("switches become rules", () => {
    expect(rulesFromTools({ write: false, bash: true })).toEqual([
      { permission: "edit", pattern: "*", action: "deny" },
      { permission: "bash", pattern: "*", action: "allow" },
    ]);
    expect(rulesFromTools(undefined)).toEqual([]);
  });
});
