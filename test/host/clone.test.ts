import { expect, test } from "bun:test";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Logger } from "@/base/log";
import { cloneRepository } from "@/host/clone";
import { FakeClock } from "@test/support/clock";
import { git, GIT_ENV, gitRepository, tempDirectory } from "@test/support/temp";

const DAY_MS = 24 * 60 * 60_000;

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
  const clock = new FakeClock();
  const log = Logger.silent();
  const options = { repository: `file://${origin}`, directory, env, signal, clock, log };
  const change = async (text: string) => {
    await Bun.write(join(origin, "a.txt"), text);
    await git(origin, "commit", "-qam", text);
  };
  const text = () => Bun.file(join(directory, "a.txt")).text();
  return {
    root,
    origin,
    directory,
    options,
    clock,
    change,
    text,
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
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

test("a copy is brought up to date when it is a day old, not before", async () => {
  await using f = await fixture();
  await cloneRepository(f.options);
  await f.change("three");
  f.clock.advance(DAY_MS - 1);
  await cloneRepository(f.options);
  expect(await f.text()).toBe("two");
  f.clock.advance(1);
  await cloneRepository(f.options);
  expect(await f.text()).toBe("three");
  expect(await git(f.directory, "rev-list", "--count", "HEAD")).toBe("1");
  await f.change("four");
  await cloneRepository(f.options);
  expect(await f.text()).toBe("three");
});

test("a branch is brought up to date as itself", async () => {
  await using f = await fixture();
  const options = { ...f.options, branch: "other" };
  await cloneRepository(options);
  await git(f.origin, "checkout", "-q", "other");
  await f.change("other two");
  await git(f.origin, "checkout", "-q", "-");
  f.clock.advance(DAY_MS);
  await cloneRepository(options);
  expect(await f.text()).toBe("other two");
});

test("one that cannot be brought up to date is read as it is, and tried in an hour", async () => {
  await using f = await fixture();
  await cloneRepository(f.options);
  await f.change("three");
  f.clock.advance(DAY_MS);
  await cloneRepository({ ...f.options, repository: "file:///nowhere" });
  await cloneRepository(f.options);
  expect(await f.text()).toBe("two");
  f.clock.advance(DAY_MS / 24);
  await cloneRepository(f.options);
  expect(await f.text()).toBe("three");
});

test("the repository around a copy that is none is left alone", async () => {
  await using f = await fixture();
  await cloneRepository(f.options);
  await rm(join(f.directory, ".git"), { recursive: true });
  await gitRepository(join(f.root.path, "repos"), { "mine.txt": "mine" });
  await Bun.write(join(f.root.path, "repos", "mine.txt"), "not committed");
  f.clock.advance(DAY_MS);
  await cloneRepository(f.options);
  expect(await Bun.file(join(f.root.path, "repos", "mine.txt")).text()).toBe("not committed");
  expect(await f.text()).toBe("two");
});

test("a directory that is there and no copy stays as it is", async () => {
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
