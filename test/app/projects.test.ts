// A repository is known by its first commit, wherever it stands; all else is the global project.
import { expect, test } from "bun:test";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { Projects } from "@/app/projects";
import { Logger } from "@/base/log";
import { openDatabase } from "@/storage/open-database";
import { ProjectStore } from "@/storage/project-store";
import { FakeClock } from "@test/support/clock";
import { GIT_ENV, git, gitRepository, tempDirectory } from "@test/support/temp";

async function projects() {
  const temp = await tempDirectory();
  const clock = new FakeClock();
  const database = await openDatabase(":memory:", { clock, log: Logger.silent() });
  const env = { PATH: process.env["PATH"], ...GIT_ENV };
  const told: { name: string; seq: number }[] = [];
  return {
    root: temp.path,
    clock,
    told,
    projects: new Projects(new ProjectStore(database), clock, env, ({ name, id }, seq) => {
      told.push({ name: name ?? id, seq });
    }),
    async [Symbol.asyncDispose]() {
      database.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

test("outside of git it is the global project", async () => {
  await using t = await projects();
  const { project, repository } = await t.projects.locate(t.root);
  expect(project).toMatchObject({ id: "global", worktree: "/", sandboxes: [] });
  expect(repository).toBeUndefined();
});

test("a repository is known by its first commit, from each of its directories", async () => {
  await using t = await projects();
  const directory = join(t.root, "repo");
  await gitRepository(directory, { "sub/a.txt": "a" });
  const first = await git(directory, "rev-parse", "HEAD");
  const { project, repository } = await t.projects.locate(join(directory, "sub"));
  expect(project).toMatchObject({ id: first, worktree: directory, vcs: "git", sandboxes: [] });
  expect(repository?.worktree).toBe(directory);
  await git(directory, "commit", "--quiet", "--allow-empty", "--message", "second");
  expect((await t.projects.locate(directory)).project).toEqual(project);
});

test("a moved repository stays the same project", async () => {
  await using t = await projects();
  const [before, after] = [join(t.root, "before"), join(t.root, "after")];
  await gitRepository(before, { "a.txt": "a" });
  const { project } = await t.projects.locate(before);
  t.projects.update(project.id, { name: "Mine" });
  await rename(before, after);
  const moved = await t.projects.locate(after);
  expect(moved.project).toMatchObject({ id: project.id, worktree: after, name: "Mine" });
  expect(moved.project.time.created).toBe(project.time.created);
});

test("a further worktree and a clone stand beside the first place", async () => {
  await using t = await projects();
  const [main, linked, clone] = ["main", "linked", "clone"].map((name) => join(t.root, name));
  if (!main || !linked || !clone) throw new Error("unreachable");
  await gitRepository(main, { "a.txt": "a" });
  await t.projects.locate(main);
  await git(main, "worktree", "add", "--quiet", linked);
  await git(t.root, "clone", "--quiet", main, clone);
  const there = await t.projects.locate(linked);
  expect(there.repository?.worktree).toBe(linked);
  await t.projects.locate(clone);
  for (const directory of [main, linked, clone]) {
    const { project } = await t.projects.locate(directory);
    expect(project).toMatchObject({ worktree: main, sandboxes: [linked, clone] });
  }
});

test("without a commit there is nothing to know a repository by", async () => {
  await using t = await projects();
  const directory = join(t.root, "new");
  await mkdir(directory);
  await git(directory, "init", "--quiet");
  const { project, repository } = await t.projects.locate(directory);
  expect([project.id, repository?.worktree]).toEqual(["global", directory]);
});

test("an unknown project cannot be changed", async () => {
  await using t = await projects();
  expect(() => t.projects.update("x", { name: "y" })).toThrow(/Project not found: x/);
});

test("what is stored of a project is told, with rising numbers", async () => {
  await using t = await projects();
  const { project } = await t.projects.locate(t.root);
  t.projects.update(project.id, { name: "renamed" });
  expect(t.told.map(({ name }) => name)).toEqual(["global", "renamed"]);
  expect(t.told[1]?.seq).toBeGreaterThan(t.told[0]?.seq ?? Infinity);
});
