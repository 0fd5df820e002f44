import { expect, test } from "bun:test";
import { rulesFromConfig } from "@/permission/rules";
import type { PermissionConfig } from "@/schema/config";
import { allowPatterns } from "@/tui/asks/config-rules";

test.each<[PermissionConfig | undefined, unknown]>([
  [undefined, { bash: { "git log *": "allow" } }],
  [{ edit: "ask" }, { bash: { "git log *": "allow" } }],
  [{ bash: { "rm *": "deny" } }, { bash: { "git log *": "allow" } }],
  [{ bash: "ask" }, { bash: { "*": "ask", "git log *": "allow" } }],
  ["ask", { "*": "ask", bash: { "*": "ask", "git log *": "allow" } }],
])("beside %p", (now, change) => {
  expect<unknown>(allowPatterns(now, "bash", ["git log *"])).toEqual(change);
});

test("what was asked for before still is", () => {
  const rules = rulesFromConfig(allowPatterns("ask", "bash", ["git log *"]), "/home/user");
  expect(rules.map(({ permission, pattern, action }) => [permission, pattern, action])).toEqual([
    ["*", "*", "ask"],
    ["bash", "*", "ask"],
    ["bash", "git log *", "allow"],
  ]);
});
