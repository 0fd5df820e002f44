// Files are private and replaced as a whole; what lies inside a directory is judged by real paths.
import { expect, test } from "bun:test";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import {
  ensureDirectory,
  isInside,
  nearestRealpath,
  readTextIfExists,
  realpathInside,
  writeFileAtomic,
} from "@/base/file";
import { tempDirectory } from "@test/support/temp";

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

test("new files are 0600 and new directories 0700", async () => {
  await using temp = await tempDirectory();
  const directory = join(temp.path, "a/b");
  await ensureDirectory(directory);
  await writeFileAtomic(join(directory, "f"), "x");
  expect([await modeOf(directory), await modeOf(join(directory, "f"))]).toEqual([0o700, 0o600]);
  expect(await readdir(directory)).toEqual(["f"]);
});

test("a link stays a link, a mode that is asked for is set", async () => {
  await using temp = await tempDirectory();
  const [target, link] = [join(temp.path, "target"), join(temp.path, "link")];
  await writeFile(target, "old");
  await chmod(target, 0o755);
  await symlink(target, link);
  await writeFileAtomic(link, "new", { mode: 0o755 });
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect([await readFile(target, "utf8"), await modeOf(target)]).toEqual(["new", 0o755]);
});

test("a link to a file that is not there yet is followed, however it leads there", async () => {
  await using temp = await tempDirectory();
  const path = (name: string) => join(temp.path, name);
  await mkdir(path("real"));
  await symlink("real", path("way"));
  await symlink("../first", path("real/second"));
  await symlink("new", path("first"));
  expect(await nearestRealpath(path("way/second"))).toBe(path("new"));
  await writeFileAtomic(path("way/second"), "text");
  expect(await readFile(path("new"), "utf8")).toBe("text");
  expect((await lstat(path("real/second"))).isSymbolicLink()).toBe(true);
});

test.skipIf(process.getuid?.() !== 0)("the owner of a file stays its owner", async () => {
  await using temp = await tempDirectory();
  const path = join(temp.path, "file");
  await writeFile(path, "old");
  await chown(path, 1_234, 2_345);
  await writeFileAtomic(path, "new", { mode: 0o640 });
  const { gid, mode, uid } = await stat(path);
  expect([uid, gid, mode & 0o777]).toEqual([1_234, 2_345, 0o640]);
});

test.skipIf(!Bun.which("mount"))("a file that is a mount point is overwritten", async () => {
  await using temp = await tempDirectory();
  const [source, path] = [join(temp.path, "source"), join(temp.path, "mounted")];
  await writeFile(source, "old");
  await writeFile(path, "");
  // Whoever may not mount cannot see this.
  if (Bun.spawnSync(["mount", "--bind", source, path]).exitCode !== 0) return;
  try {
    await writeFileAtomic(path, "new");
    expect(await readFile(source, "utf8")).toBe("new");
    expect((await readdir(temp.path)).toSorted()).toEqual(["mounted", "source"]);
  } finally {
    Bun.spawnSync(["umount", path]);
  }
});

test("a write that cannot be done names the path and leaves nothing behind", async () => {
  await using temp = await tempDirectory();
  await mkdir(join(temp.path, "taken"));
  const path = join(temp.path, "taken");
  expect(writeFileAtomic(path, "x")).rejects.toThrow(path);
  await writeFileAtomic(path, "x").catch(() => undefined);
  expect(await readdir(temp.path)).toEqual(["taken"]);
});

test("a file that is not there has no text, one that cannot be read is an error", async () => {
  await using temp = await tempDirectory();
  await writeFile(join(temp.path, "file"), "x");
  expect(await readTextIfExists(join(temp.path, "none"))).toBeUndefined();
  expect(await readTextIfExists(join(temp.path, "file/below"))).toBeUndefined();
  await symlink("loop", join(temp.path, "loop"));
  expect(readTextIfExists(join(temp.path, "loop"))).rejects.toThrow("loop");
});

test("inside is a matter of whole names", () => {
  expect(isInside("/a/b", "/a/b")).toBe(true);
  expect(isInside("/a/b", "/a/b/..c/d")).toBe(true);
  expect(isInside("/a/b", "/a/bc")).toBe(false);
  expect(isInside("/a/b", "/a")).toBe(false);
});

test("symbolic links are followed, for a path yet to be made too", async () => {
  await using temp = await tempDirectory();
  const [root, outside] = [join(temp.path, "root"), join(temp.path, "outside")];
  await mkdir(root);
  await mkdir(outside);
  await symlink(outside, join(root, "way-out"));
  expect(await realpathInside(root, join(root, "new/file"))).toBe(true);
  expect(await realpathInside(root, join(root, "way-out"))).toBe(false);
  expect(await realpathInside(root, join(root, "way-out/new/file"))).toBe(false);
});
