import { expect, test } from "bun:test";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("paths are those of the directory and of the home", async () => {
  await using t = await testApp({ files: { "below/a.txt": "a" } });
  const contract = await Contract.of(t);
  const { home, config, state } = t.app.services.paths;
  const expected = { home, config, state, worktree: t.directory, directory: t.directory };
  expect((await contract.call("path.get")).body).toEqual(expected);
  const below = await contract.call("path.get", { query: { directory: "below" } });
  expect(below.body).toEqual({ ...expected, directory: `${t.directory}/below` });
  const outside = await contract.call("path.get", { query: { directory: t.home } });
  expect(outside.body).toMatchObject({ worktree: "/" });
});
