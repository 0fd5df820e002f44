// Projects and the rules kept for them.

import { expect, test } from "bun:test";
import type { PermissionRule } from "@/schema/permission";
import { ProjectStore } from "@/storage/project-store";
import { SessionStore } from "@/storage/session-store";
import { project, testDatabase } from "./fixtures";

const rule = (pattern: string, action: PermissionRule["action"] = "allow"): PermissionRule => ({
  permission: "bash",
  pattern,
  action,
});

test("projects are put, replaced, found and listed, and a change is told", async () => {
  await using fixture = await testDatabase();
  const store = new ProjectStore(fixture.database);
  const sessions = new SessionStore(fixture.database);
  const before = sessions.lastSeq();
  expect(store.findProject("a")).toBeUndefined();
  store.putProject(project("b"));
  store.putProject(project("a"));
  const renamed = { ...project("b"), name: "Beta" };
  const seq = store.putProject(renamed);
  expect(store.findProject("b")).toEqual(renamed);
  expect(store.listProjects()).toEqual([project("a"), renamed]);
  expect([...sessions.changesSince(before)].at(-1)).toEqual({
    kind: "project",
    project: renamed,
    seq,
    cursor: seq,
    directory: "/b",
  });
});

test("rules are kept per project, in order, also after a restart", async () => {
  await using fixture = await testDatabase();
  const store = new ProjectStore(fixture.database);
  store.addSavedRules("a", [rule("git *"), rule("ls *")]);
  store.addSavedRules("b", [rule("*", "deny")]);
  const reopened = new ProjectStore(await fixture.reopen());
  expect(reopened.listSavedRules("a")).toEqual([rule("git *"), rule("ls *")]);
  expect(reopened.listSavedRules("b")).toEqual([rule("*", "deny")]);
  expect(reopened.listSavedRules("c")).toEqual([]);
});

test("a rule for the same again replaces the earlier one and becomes the last", async () => {
  await using fixture = await testDatabase();
  const store = new ProjectStore(fixture.database);
  store.addSavedRules("a", [rule("git *"), rule("ls *")]);
  store.addSavedRules("a", [rule("git *", "deny")]);
  store.addSavedRules("a", [rule("git *", "deny")]);
  expect(store.listSavedRules("a")).toEqual([rule("ls *"), rule("git *", "deny")]);
});

test("at most a thousand are kept for a project: the oldest go, others' stay", async () => {
  await using fixture = await testDatabase();
  const store = new ProjectStore(fixture.database);
  store.addSavedRules("b", [rule("kept")]);
  store.addSavedRules(
    "a",
    Array.from({ length: 1_003 }, (_, index) => rule(`${index}`)),
  );
  const rules = store.listSavedRules("a");
  expect(rules).toHaveLength(1_000);
  expect(rules[0]).toEqual(rule("3"));
  expect(store.listSavedRules("b")).toEqual([rule("kept")]);
});

test("a rule with an action nobody knows is left out", async () => {
  await using fixture = await testDatabase();
  const store = new ProjectStore(fixture.database);
  store.addSavedRules("a", [rule("one"), rule("two")]);
  fixture.database.orm.run("UPDATE permission SET action = 'maybe' WHERE pattern = 'one'");
  expect(store.listSavedRules("a")).toEqual([rule("two")]);
});
