import { expect, test } from "bun:test";
import { keepRestrictions } from "@/config/restrictions";
import type { Config } from "@/schema/config";

/** What of `project` counts over `person`, when it is nearer. */
const keep = (person: Config, project: Config) =>
  keepRestrictions({ ...person, ...project }, person, project);

const policy = (effect: "allow" | "deny", resource: string) => {
  return { action: "provider.use", effect, resource } as const;
};

test.each<[what: string, person: Config, project: Config, expected: Config]>([
  ["sharing stays off", { share: "disabled" }, { share: "auto" }, { share: "disabled" }],
  ["sharing is switched off", { share: "auto" }, { share: "disabled" }, { share: "disabled" }],
  ["updates stay off", { autoupdate: false }, { autoupdate: true }, { autoupdate: false }],
  ["updates are the person's", {}, { autoupdate: true }, {}],
  ["updates are switched off", { autoupdate: true }, { autoupdate: false }, { autoupdate: false }],
  [
    "providers stay off",
    { disabled_providers: ["a"] },
    { disabled_providers: ["b"] },
    { disabled_providers: ["a", "b"] },
  ],
  [
    "only those that both allow",
    { enabled_providers: ["a", "b"] },
    { enabled_providers: ["b", "c"] },
    { enabled_providers: ["b"] },
  ],
  [
    "policies: what the person denies stays, and the project may deny more",
    { experimental: { policies: [policy("deny", "a")] } },
    { experimental: { policies: [policy("allow", "a"), policy("deny", "b")] } },
    { experimental: { policies: [policy("deny", "a"), policy("deny", "b")] } },
  ],
  [
    "tools of primary agents stay theirs",
    { experimental: { primary_tools: ["a"] } },
    { experimental: { primary_tools: ["b"] } },
    { experimental: { primary_tools: ["a", "b"] } },
  ],
  [
    "a refusal ends the turn, where the person says so",
    { experimental: { continue_loop_on_deny: false } },
    { experimental: { continue_loop_on_deny: true } },
    { experimental: { continue_loop_on_deny: false } },
  ],
  [
    "the smaller budget",
    { budget: { cost: 1, tokens: 500 } },
    { budget: { cost: 9, tokens: 100 } },
    { budget: { cost: 1, tokens: 100 } },
  ],
  ["a budget of the project alone", {}, { budget: { cost: 9 } }, { budget: { cost: 9 } }],
])("%s", (_, person, project, expected) => {
  expect(keep(person, project)).toEqual(expected);
});
