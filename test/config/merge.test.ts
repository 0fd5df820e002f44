import { expect, test } from "bun:test";
import type { PermissionConfig } from "@/schema/config";
import { mergeConfig, mergePermission } from "@/config/merge";

test("objects merge deeply, other values are replaced, nothing is changed in place", () => {
  const low = { provider: { x: { name: "X", options: { baseURL: "a", timeout: 1 } } } };
  const high = { provider: { x: { options: { timeout: 2 } }, y: {} } };
  expect(mergeConfig(low, high)).toEqual({
    provider: { x: { name: "X", options: { baseURL: "a", timeout: 2 } }, y: {} },
  });
  expect(low.provider.x.options.timeout).toBe(1);
});

test("instructions and plugins are joined without repeats, other lists replaced", () => {
  const low = { instructions: ["a", "b"], plugin: ["p", "q"], disabled_providers: ["x"] };
  const high = {
    instructions: ["b", "c", "c"],
    plugin: [["p", { on: true }] as [string, Record<string, unknown>]],
    disabled_providers: ["y"],
  };
  expect(mergeConfig(low, high)).toEqual({
    instructions: ["a", "b", "c"],
    plugin: [["p", { on: true }], "q"],
    disabled_providers: ["y"],
  });
});

test("a __proto__ key changes no object", () => {
  const high = JSON.parse('{"__proto__":{"model":"x/y"},"agent":{"__proto__":{"mode":"all"}}}');
  const merged = mergeConfig({}, high);
  expect(merged.model).toBeUndefined();
  expect(Object.getPrototypeOf(merged.agent)).toBe(Object.prototype);
});

const keys = (value: PermissionConfig | undefined) => JSON.stringify(value);

test("what is said later comes last", () => {
  const merged = mergePermission({ bash: "ask", edit: "allow" }, { bash: "deny", read: "allow" });
  expect(keys(merged)).toBe('{"edit":"allow","bash":"deny","read":"allow"}');
});

test("patterns keep their order, and one said again moves behind the others", () => {
  const merged = mergePermission(
    { bash: { "git *": "allow", "*": "ask" } },
    { bash: { "git *": "deny", ls: "allow" } },
  );
  expect(keys(merged)).toBe('{"bash":{"*":"ask","git *":"deny","ls":"allow"}}');
});

test("an action alone stands for all patterns", () => {
  expect(keys(mergePermission({ bash: "ask" }, { bash: { ls: "allow" } }))).toBe(
    '{"bash":{"*":"ask","ls":"allow"}}',
  );
  expect(keys(mergePermission({ bash: { ls: "allow" } }, { bash: "deny" }))).toBe(
    '{"bash":"deny"}',
  );
  expect(keys(mergePermission("ask", { bash: "allow" }))).toBe('{"*":"ask","bash":"allow"}');
  expect(keys(mergePermission({ bash: "ask" }, "deny"))).toBe('"deny"');
});

test("moving a key behind a wildcard does not bring back what the wildcard had overruled", () => {
  const low: PermissionConfig = { bash: { "git *": "allow" }, "*": "deny" };
  expect(keys(mergePermission(low, { bash: { ls: "allow" } }))).toBe(
    '{"*":"deny","bash":{"*":"deny","ls":"allow"}}',
  );
});

test("an agent's permission is ordered like the one at the top", () => {
  const merged = mergeConfig(
    { agent: { build: { permission: { bash: "ask", edit: "ask" } } } },
    { agent: { build: { permission: { bash: "deny" } } } },
  );
  expect(keys(merged.agent?.["build"]?.permission)).toBe('{"edit":"ask","bash":"deny"}');
});
