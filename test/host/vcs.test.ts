import { expect, test } from "bun:test";
import { join } from "node:path";
import { findRepository, Git } from "@/host/git";
import { initRepository, Vcs } from "@/host/vcs";
import { gitRepository, GIT_ENV, readTree, tempDirectory } from "@test/support/temp";

const env = { PATH: process.env["PATH"], ...GIT_ENV };

async function vcsOf(directory: string): Promise<Vcs> {
  const repository = await findRepository(directory);
  return new Vcs(repository && new Git(repository, env));
}

test("outside of a repository there is nothing, until it is made one", async () => {
  await using temp = await tempDirectory();
  const vcs = await vcsOf(temp.path);
  expect(await vcs.info()).toEqual({});
  expect(await vcs.status()).toEqual([]);
  expect(await vcs.diff({ mode: "git" })).toEqual([]);
  expect(await vcs.rawDiff()).toBe("");
  await expect(vcs.apply("x")).rejects.toMatchObject({ kind: "conflict" });
  await initRepository(temp.path, env);
  expect((await (await vcsOf(temp.path)).info()).branch).toBeString();
  const missing = initRepository(join(temp.path, "none"), env);
  await expect(missing).rejects.toMatchObject({ kind: "unavailable" });
});

test("a patch that was taken can be applied elsewhere, whole or not at all", async () => {
  await using temp = await tempDirectory();
  const [from, to] = [join(temp.path, "from"), join(temp.path, "to")];
  for (const directory of [from, to]) await gitRepository(directory, { "a.txt": "1\n2\n3\n" });
  await Bun.write(join(from, "a.txt"), "1\ntwo\n3\n");
  const patch = await (await vcsOf(from)).rawDiff();
  const vcs = await vcsOf(to);
  await vcs.apply(patch);
  expect(await readTree(to, "a.txt")).toBe("1\ntwo\n3\n");
  await expect(vcs.apply(patch)).rejects.toMatchObject({ kind: "invalid" });
  await expect(vcs.apply("no patch")).rejects.toMatchObject({ kind: "invalid" });
  const outside = patch.replaceAll("a.txt", "../outside.txt");
  await expect(vcs.apply(outside)).rejects.toMatchObject({ kind: "invalid" });
  expect(await readTree(to, "a.txt")).toBe("1\ntwo\n3\n");
});
