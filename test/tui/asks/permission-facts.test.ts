import { describe, expect, test } from "bun:test";
import type { PermissionRequest } from "@/schema/permission";
import { permissionFacts } from "@/tui/asks/permission-facts";

function facts(permission: string, more: Partial<PermissionRequest> = {}) {
  return permissionFacts({
    id: "per_1",
    sessionID: "ses_1",
    permission,
    patterns: [],
    always: [],
    metadata: {},
    ...more,
  });
}

describe("what is asked for", () => {
  test.each<[string, Partial<PermissionRequest>, string]>([
    ["read", { patterns: [".env"] }, "→ Read .env"],
    ["glob", { metadata: { pattern: "**/*.ts", path: "src" } }, '✱ Glob "**/*.ts" in src'],
    ["grep", { metadata: { pattern: "clock" } }, '✱ Grep "clock"'],
    ["webfetch", { metadata: { url: "https://a" } }, "% WebFetch https://a"],
    [
      "task",
      { metadata: { subagent_type: "general", description: "Survey" } },
      "⇣ general — Survey",
    ],
    ["skill", { metadata: { name: "pdf" } }, "✦ Skill pdf"],
    [
      "external_directory",
      { patterns: ["/srv/*"], metadata: { parentDir: "/srv", filepath: "/srv/a" } },
      "△ Outside the project: /srv",
    ],
    ["github_issue", { metadata: { number: 7 } }, "⚙ github_issue"],
  ])("%p", (permission, more, title) => {
    expect(facts(permission, more).title).toBe(title);
  });

  test("a command that could not be read says so instead of naming patterns", () => {
    const more = { patterns: ["eval $x"], metadata: { command: "eval $x", unparsable: true } };
    const { body, patterns } = facts("bash", more);
    expect(body).toEqual({ type: "command", text: "eval $x" });
    expect(patterns).toEqual(["(what it runs could not be read)"]);
  });

  test("metadata of another shape than expected breaks nothing", () => {
    for (const permission of ["bash", "edit", "read", "task", "external_directory", "other"]) {
      const metadata = { command: 7, diff: {}, description: [], filepath: null, parentDir: 1 };
      expect(facts(permission, { metadata }).title).not.toContain("[object");
    }
  });
});
