import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Worktree } from "@/schema/worktree";
import { Contract } from "@test/support/contract";
import { git } from "@test/support/temp";
import { testApp, until } from "@test/support/test-app";

test("a worktree is made with a branch, prepared, reset and removed", async () => {
  await using t = await testApp({ files: { "a.txt": "one\n" } });
  const contract = await Contract.of(t);
  const { bus, project } = await t.instance();
  await contract.call("project.update", {
    params: { projectID: project.id },
    body: { commands: { start: "echo project > prepared" } },
  });
  expect((await contract.call("worktree.list")).body).toEqual([]);
  const ready = until(bus, ({ type }) => type === "worktree.ready");
  const body = { name: "My Feature!", startCommand: "echo own >> prepared" };
  const made = (await contract.call("worktree.create", { body })).body as Worktree;
  expect(made).toMatchObject({ name: "my-feature", branch: "opencode/my-feature" });
  expect((await ready).properties).toEqual({ name: made.name, branch: "opencode/my-feature" });
  const { directory } = made;
  expect(await Bun.file(join(directory, "prepared")).text()).toBe("project\nown\n");
  expect(await Bun.file(join(directory, "a.txt")).text()).toBe("one\n");
  expect((await contract.call("worktree.list")).body).toEqual([directory]);
  await contract.call("worktree.create", { body, status: 409 });

  const query = { directory };
  const { body: current } = await contract.call("project.current", { query });
  expect(current).toMatchObject({ id: project.id });
  await Bun.write(join(directory, "a.txt"), "two\n");
  await contract.call("worktree.reset", { body: query });
  expect(await Bun.file(join(directory, "a.txt")).text()).toBe("one\n");
  expect(existsSync(join(directory, "prepared"))).toBe(false);

  await contract.call("worktree.remove", { query, body: query, status: 409 });
  const { body: pty } = await contract.call("pty.create", { query, body: { command: "cat" } });
  expect((await contract.call("worktree.remove", { body: query })).body).toBe(true);
  expect(existsSync(directory)).toBe(false);
  expect(() => process.kill((pty as { pid: number }).pid, 0)).toThrow();
  expect((await contract.call("worktree.list")).body).toEqual([]);
  expect(await git(t.directory, "branch", "--list", "opencode/*")).toBe("");
});

test("what a failing command says is told; who gives no name gets one", async () => {
  await using t = await testApp({ files: { "a.txt": "one\n" } });
  const contract = await Contract.of(t);
  const failed = until((await t.instance()).bus, ({ type }) => type === "worktree.failed");
  const body = { startCommand: "echo no luck >&2; exit 3" };
  const made = (await contract.call("worktree.create", { body })).body as Worktree;
  expect(made.name).toMatch(/^[a-z]+-[a-z]+$/);
  const { message } = (await failed).properties as { message: string };
  expect(message).toContain("ended with 3: no luck");
});

test("other directories are left alone, and outside of a repository there are none", async () => {
  await using t = await testApp({ files: { "a.txt": "one\n" } });
  const contract = await Contract.of(t);
  const own = join(t.root, "own");
  await git(t.directory, "worktree", "add", "--quiet", own);
  expect((await contract.call("worktree.list")).body).toEqual([]);
  for (const directory of [own, t.directory, "/", "../own"]) {
    await contract.call("worktree.remove", { body: { directory }, status: 404 });
    await contract.call("worktree.reset", { body: { directory }, status: 404 });
  }
  expect(existsSync(join(own, "a.txt"))).toBe(true);
  await contract.call("worktree.create", { body: { name: "///" }, status: 400 });
  const query = { directory: t.home };
  const refused = await contract.call("worktree.create", { query, body: {}, status: 400 });
  expect(refused.body).toMatchObject({ name: "WorktreeNotGitError" });
  expect((await contract.call("worktree.list", { query })).body).toEqual([]);
});
