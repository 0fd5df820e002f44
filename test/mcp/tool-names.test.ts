import { expect, test } from "bun:test";
import { nameTools, promptCommand } from "@/mcp/tool-names";

const ids = (...entries: [string, string][]) =>
  nameTools(entries.map(([server, name]) => ({ server, name }))).map(({ id }) => id);

test("a tool is named after its server, in the characters that providers take", () => {
  expect(ids(["git hub", "issues/list"])).toEqual(["git_hub_issues_list"]);
  expect(ids(["a", "naïve-tool"])).toEqual(["a_na_ve-tool"]);
});

test("names are sorted by server and tool, whatever order they come in", () => {
  const forward = ids(["a", "y"], ["b", "x"], ["a", "x"]);
  expect(forward).toEqual(["a_x", "a_y", "b_x"]);
  expect(ids(["b", "x"], ["a", "x"], ["a", "y"])).toEqual(forward);
});

test("names that would be the same are told apart, the same way each time", () => {
  const named = ids(["a.b", "x"], ["a_b", "x"], ["a", "b_x"]);
  expect(new Set(named).size).toBe(3);
  expect(named[0]).toBe("a_b_x");
  expect(named[1]).toMatch(/^a_b_x_[0-9a-f]{8}$/);
  expect(ids(["a", "b_x"], ["a_b", "x"], ["a.b", "x"])).toEqual(named);
});

test("long names are cut to what providers take and stay apart", () => {
  const long = "t".repeat(80);
  const named = ids(["server", `${long}1`], ["server", `${long}2`]);
  expect(named.map((name) => name.length)).toEqual([64, 64]);
  expect(named[0]).not.toBe(named[1]);
});

test("a server cannot take the name of a tool of ours", () => {
  const [named] = nameTools([{ server: "apply", name: "patch" }], ["apply_patch"]);
  expect(named?.id).toMatch(/^apply_patch_[0-9a-f]{8}$/);
});

test("a prompt's command is one word", () => {
  expect(promptCommand({ server: "my server", name: "do it" })).toBe("my_server:do_it");
});
