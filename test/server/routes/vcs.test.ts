import { expect, test } from "bun:test";
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
