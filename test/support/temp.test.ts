import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  git,
  gitRepository,
  readTree,
  tempDirectory,
  tempTree,
  writeTree,
} from "@test/support/temp";

test("a temporary directory is gone with what was written there", async () => {
  let path = "";
  {
    await using directory = await tempDirectory("opencode-prefix-");
    path = directory.path;
    expect(path).toContain("opencode-prefix-");
    await writeTree(path, { "a/b.txt": "text", "c/": "" });
    expect(await readTree(path, "a/b.txt")).toBe("text");
    expect(existsSync(join(path, "c"))).toBe(true);
  }
  expect(existsSync(path)).toBe(false);
});

test("a repository has one commit, the same wherever it is made", async () => {
  await using one = await tempTree({});
  await using two = await tempTree({});
  const files = { "a.txt": "a\n", "src/b.ts": "export {};\n" };
  await Promise.all([gitRepository(one.path, files), gitRepository(two.path, files)]);
  expect(await git(one.path, "status", "--porcelain")).toBe("");
  expect(await git(one.path, "branch", "--show-current")).toBe("main");
  const commit = await git(one.path, "rev-parse", "HEAD");
  expect(await git(two.path, "rev-parse", "HEAD")).toBe(commit);
});

test("a git command that fails says what git said", async () => {
  await using directory = await tempDirectory();
  expect(git(directory.path, "rev-parse", "HEAD")).rejects.toThrow("not a git repository");
});
