import { expect, test } from "bun:test";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { cloneRepository } from "@/host/clone";
import { git, GIT_ENV, gitRepository, tempDirectory } from "@test/support/temp";

async function fixture() {
  const root = await tempDirectory();
  const origin = join(root.path, "origin");
  await gitRepository(origin, { "a.txt": "one" });
  await git(origin, "branch", "other");
  await Bun.write(join(origin, "a.txt"), "two");
  await git(origin, "commit", "-qam", "two");
  const directory = join(root.path, "repos", "copy");
  const { PATH } = process.env;
  const env = { PATH, ...GIT_ENV };
  const { signal } = new AbortController();
  const options = { repository: `file://${origin}`, directory, env, signal };
  return { root, directory, options, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

test("a copy is there as a whole, without history", async () => {
  await using f = await fixture();
  await Promise.all([cloneRepository(f.options), cloneRepository(f.options)]);
  expect(await Bun.file(join(f.directory, "a.txt")).text()).toBe("two");
  expect(await git(f.directory, "rev-list", "--count", "HEAD")).toBe("1");
  expect(await readdir(join(f.root.path, "repos"))).toEqual(["copy"]);
});

test("a branch is what was asked for", async () => {
  await using f = await fixture();
  await cloneRepository({ ...f.options, branch: "other" });
  expect(await Bun.file(join(f.directory, "a.txt")).text()).toBe("one");
});

test("a copy that is there stays as it is", async () => {
  await using f = await fixture();
  await mkdir(f.directory, { recursive: true });
  await cloneRepository({ ...f.options, repository: "file:///nowhere" });
  expect(await readdir(f.directory)).toEqual([]);
});

test("what git says is told without passwords, and nothing is left", async () => {
  await using f = await fixture();
  const repository = `file://me:secret@${f.root.path}/none`;
  const error = await cloneRepository({ ...f.options, repository }).catch((e: unknown) => e);
  expect(error).toMatchObject({ kind: "unavailable" });
  expect(String(error)).toContain("could not be cloned");
  expect(String(error)).not.toContain("secret");
  expect(await readdir(join(f.root.path, "repos"))).toEqual([]);
});

test("an abort ends it", async () => {
  await using f = await fixture();
  const signal = AbortSignal.abort(new Error("enough"));
  expect(await cloneRepository({ ...f.options, signal }).catch(String)).toContain("enough");
  expect(await readdir(join(f.root.path, "repos"))).toEqual([]);
});
