import { expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "@/schema/config";
import type { Project } from "@/schema/project";
import type { TrustState } from "@/schema/trust";
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

test("what a directory would do is held back, trusted as it was seen, and withdrawn", async () => {
  const mcp: Config["mcp"] = { lurker: { type: "local", command: ["true"] } };
  await using t = await testApp({ trust: false, config: { mcp, share: "manual" } });
  const contract = await Contract.of(t);
  const config = async () => (await contract.call("config.get")).body as Config;
  const { body: held } = await contract.call("project.trust.get");
  expect(held).toMatchObject({
    directory: t.directory,
    trusted: false,
    held: [{ kind: "mcp", what: "mcp.lurker", origin: "opencode.json" }],
    summary: "MCP server lurker",
  });
  expect(await config()).toMatchObject({ share: "manual" });
  expect((await config()).mcp).toEqual({});

  await using events = await EventReader.open(new URL("/event", t.server.url));
  await events.untilType("server.connected");
  const stale = { body: { content: "0".repeat(64) }, status: 409 };
  await contract.call("project.trust.grant", stale);
  const { content } = held as TrustState;
  const granted = await contract.call("project.trust.grant", { body: { content } });
  expect(granted.body).toMatchObject({ trusted: true, held: [], summary: "", content });
  expect(await config()).toMatchObject({ mcp });
  const told = await events.untilType("trust.updated");
  expect(told.data["properties"]).toMatchObject({ trusted: true });

  const revoked = await contract.call("project.trust.revoke");
  expect(revoked.body).toMatchObject({ trusted: false, summary: "MCP server lurker" });
  expect((await config()).mcp).toEqual({});
  const file = join(t.home, ".local/state/opencode/trust.json");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
