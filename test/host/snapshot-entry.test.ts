// Files as undo reads and replaces them.
import { expect, test } from "bun:test";
import { chown, readdir, readlink, stat, symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import {
  ENTRY_MAX_BYTES,
  fromTreeMode,
  isSameMode,
  readEntry,
  removeTemporary,
  withExecutable,
  writeEntry,
} from "@/host/snapshot-entry";
import { readTree, tempTree } from "@test/support/temp";

test("a file, a link and nothing are read as they are", async () => {
  await using directory = await tempTree({ "a.txt": "a", "d/": "", big: "" });
  const path = (name: string) => join(directory.path, name);
  await symlink("a.txt", path("link"));
  await truncate(path("big"), ENTRY_MAX_BYTES + 1);
  expect(await readEntry(path("a.txt"))).toMatchObject({ bytes: Buffer.from("a") });
  expect(await readEntry(path("link"))).toMatchObject({ bytes: Buffer.from("a.txt") });
  expect(await readEntry(path("d"))).toBeUndefined();
  expect(await readEntry(path("none"))).toBeUndefined();
  expect(await readEntry(path("a.txt/below"))).toBeUndefined();
  expect(await readEntry(path("big"))).toBe("other");
});

test.skipIf(process.getuid?.() !== 0)("a file that is put back stays its owner's", async () => {
  await using directory = await tempTree({ "a.txt": "a" });
  const path = join(directory.path, "a.txt");
  await chown(path, 1_234, 2_345);
  const entry = { bytes: Buffer.from("b"), mode: 0o100644 };
  await writeEntry(path, entry, { root: directory.path, mark: "m" });
  const { gid, uid } = await stat(path);
  expect([await readTree(directory.path, "a.txt"), uid, gid]).toEqual(["b", 1_234, 2_345]);
});

test("nothing is read or written through a directory that is a link", async () => {
  await using directory = await tempTree({ "real/a.txt": "a" });
  await symlink("real", join(directory.path, "link"));
  const path = join(directory.path, "link/a.txt");
  expect(await readEntry(path)).toBe("other");
  const place = { root: directory.path, mark: "m" };
  const entry = { bytes: Buffer.from("b"), mode: 0o100644 };
  expect(String(await writeEntry(path, entry, place).catch((e) => e))).toContain("symbolic link");
  expect(String(await writeEntry(path, undefined, place).catch((e) => e))).toContain("symbolic");
  expect(await readTree(directory.path, "real/a.txt")).toBe("a");
});

test("writing makes directories, keeps the mode, and replaces a link itself", async () => {
  await using directory = await tempTree({ "a.txt": "a", target: "t" });
  const path = (name: string) => join(directory.path, name);
  const place = { root: directory.path, mark: "m" };
  await symlink("target", path("link"));
  const entry = { bytes: Buffer.from("x"), mode: 0o100750 };
  for (const name of ["a.txt", "link", "x/y/z"]) await writeEntry(path(name), entry, place);
  expect((await stat(path("x/y/z"))).mode & 0o777).toBe(0o750);
  expect(await readTree(directory.path, "target")).toBe("t");
  expect(await readTree(directory.path, "link")).toBe("x");
  await writeEntry(path("a.txt"), { bytes: Buffer.from("to"), mode: 0o120777 }, place);
  expect(await readlink(path("a.txt"))).toBe("to");
});

test("a directory in the way gives way when it is empty, and only then", async () => {
  await using directory = await tempTree({ "d/": "", "e/x": "x" });
  const place = { root: directory.path, mark: "m" };
  const entry = { bytes: Buffer.from("x"), mode: 0o100644 };
  await writeEntry(join(directory.path, "d"), entry, place);
  expect(await readTree(directory.path, "d")).toBe("x");
  const refused = writeEntry(join(directory.path, "e"), entry, place).catch((error) => error.kind);
  expect(await refused).toBe("unavailable");
  expect((await readdir(directory.path)).sort()).toEqual(["d", "e"]);
});

test("removing takes the directories it empties, up to the root", async () => {
  await using directory = await tempTree({ "root/a/b/c.txt": "c", "root/a/other": "o" });
  const root = join(directory.path, "root");
  await writeEntry(join(root, "a/b/c.txt"), undefined, { root, mark: "m" });
  expect(await readdir(join(root, "a"))).toEqual(["other"]);
  await writeEntry(join(root, "a/other"), undefined, { root, mark: "m" });
  expect(await readdir(directory.path)).toEqual(["root"]);
  await writeEntry(join(root, "gone"), undefined, { root, mark: "m" });
});

test("a temporary file that was left is found by its mark", async () => {
  await using directory = await tempTree({ ".a.txt.m.tmp": "x", ".a.txt.n.tmp": "x" });
  await removeTemporary(join(directory.path, "a.txt"), "m");
  expect(await readdir(directory.path)).toEqual([".a.txt.n.tmp"]);
});

test("of modes the type and the permission to execute count", () => {
  expect(isSameMode(0o100644, 0o100600)).toBe(true);
  expect(isSameMode(0o100644, 0o100755)).toBe(false);
  expect(isSameMode(0o120777, 0o100777)).toBe(false);
  expect(withExecutable(0o100640, 0o100755)).toBe(0o100750);
  expect(withExecutable(0o100755, 0o100644)).toBe(0o100644);
  expect(withExecutable(0o100600, 0o100644)).toBe(0o100600);
  expect(fromTreeMode("160000")).toBeUndefined();
});
