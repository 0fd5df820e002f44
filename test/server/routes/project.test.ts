import { expect, test } from "bun:test";
import type { Project } from "@/schema/project";
import { Contract } from "@test/support/contract";
import { EventReader } from "@test/support/event-reader";
import { testApp } from "@test/support/test-app";

test("the current project is the directory's repository, and is listed", async () => {
  await using t = await testApp({ files: { "below/a.txt": "a" } });
  const contract = await Contract.of(t);
  const { body } = await contract.call("project.current");
  expect(body).toMatchObject({ worktree: t.directory, vcs: "git" });
  const query = { directory: "below" };
  expect((await contract.call("project.current", { query })).body).toEqual(body);
  expect((await contract.call("project.list")).body).toContainEqual(body);
});

test("a project outside of git is the global one", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("project.current", { query: { directory: t.home } });
  expect(body).toMatchObject({ id: "global", worktree: "/" });
});

test("a project is renamed, which is told", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await using events = await EventReader.open(new URL("/global/event", t.server.url));
  await events.untilType("server.connected");
  const { id: projectID } = (await contract.call("project.current")).body as Project;
  const body = { name: "renamed", icon: { color: "pink" } };
  const updated = await contract.call("project.update", { params: { projectID }, body });
  expect(updated.body).toMatchObject({ id: projectID, ...body });
  expect((await contract.call("project.current")).body).toEqual(updated.body);
  const told = await events.untilType("project.updated");
  expect(told.data["directory"]).toBe("global");
  await contract.call("project.update", { params: { projectID: "nope" }, body, status: 404 });
  await contract.call("project.update", { params: { projectID }, body: { name: 1 }, status: 400 });
});

test("a directory is made a repository, once", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const query = { directory: t.home };
  const before = await t.instance(t.home);
  expect(before.git).toBeUndefined();
  const made = await contract.call("project.initGit", { query });
  expect(made.body).toMatchObject({ id: "global" });
  const { git } = await t.instance(t.home);
  expect(git?.worktree).toBe(t.home);
  expect((await contract.call("vcs.get", { query })).body).toHaveProperty("branch");
  const after = await t.instance(t.home);
  await contract.call("project.initGit", { query });
  expect(await t.instance(t.home)).toBe(after);
});

test("a project's directories are listed", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { id: projectID } = (await contract.call("project.current")).body as Project;
  const params = { projectID };
  const { body } = await contract.call("project.directories", { params });
  expect(body).toEqual([{ directory: t.directory }]);
  await contract.call("project.directories", { params: { projectID: "nope" }, status: 404 });
});
