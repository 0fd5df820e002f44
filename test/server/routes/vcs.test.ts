import { expect, test } from "bun:test";
import { join } from "node:path";
import { Contract } from "@test/support/contract";
import { git } from "@test/support/temp";
import { testApp } from "@test/support/test-app";

test("the branch is that of the repository, and nothing outside of one", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  expect((await contract.call("vcs.get")).body).toEqual({ branch: "main", default_branch: "main" });
  await git(t.directory, "switch", "--quiet", "--create", "topic");
  expect((await contract.call("vcs.get")).body).toMatchObject({ branch: "topic" });
  expect((await contract.call("vcs.get", { query: { directory: t.home } })).body).toEqual({});
});

test("what differs is listed, with patches, and as one patch", async () => {
  await using t = await testApp({ files: { "a.txt": "one\ntwo\n" } });
  const contract = await Contract.of(t);
  await Bun.write(join(t.directory, "a.txt"), "one\n2\n");
  await Bun.write(join(t.directory, "b.txt"), "new\n");
  const a = { file: "a.txt", additions: 1, deletions: 1, status: "modified" };
  const b = { file: "b.txt", additions: 1, deletions: 0, status: "added" };
  expect((await contract.call("vcs.status")).body).toEqual([a, b]);
  const diff = await contract.call("vcs.diff", { query: { mode: "git", context: "0" } });
  expect(diff.body).toMatchObject([
    { ...a, patch: expect.stringContaining("-two\n+2\n") },
    { ...b, patch: expect.stringContaining("+new") },
  ]);
  await contract.call("vcs.diff", { query: { mode: "branch" } });
  await contract.call("vcs.diff", { query: { mode: "other" }, status: 400 });
  await contract.call("vcs.diff", { status: 400 });
  const raw = await contract.call("vcs.diff.raw");
  expect(raw.headers.get("content-type")).toBe("text/x-diff; charset=utf-8");
  const patch = String(raw.body);
  expect(patch).toContain("+++ b/a.txt");
  await git(t.directory, "checkout", "--quiet", "a.txt");
  expect((await contract.call("vcs.apply", { body: { patch } })).body).toEqual({ applied: true });
  expect(await Bun.file(join(t.directory, "a.txt")).text()).toBe("one\n2\n");
  await contract.call("vcs.apply", { body: { patch }, status: 400 });
});

test("outside of a repository nothing differs and nothing can be applied", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const query = { directory: t.home };
  expect((await contract.call("vcs.status", { query })).body).toEqual([]);
  const diff = await contract.call("vcs.diff", { query: { ...query, mode: "git" } });
  expect(diff.body).toEqual([]);
  await contract.call("vcs.apply", { query, body: { patch: "x" }, status: 409 });
});
