// Contents kept under their hash, as git keeps them.
import { expect, test } from "bun:test";
import { mkdir, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SnapshotObjects } from "@/host/snapshot-objects";
import { git, gitRepository, tempDirectory } from "@test/support/temp";

test("contents come back byte for byte, and git reads them", async () => {
  await using directory = await tempDirectory();
  await gitRepository(directory.path);
  const objects = new SnapshotObjects(join(directory.path, ".git/objects"), "sha1");
  const bytes = Buffer.from([0, 255, 10, 13, 10, 128]);
  const hash = await objects.put(bytes, { durable: true });
  expect(await objects.get(hash)).toEqual(bytes);
  await writeFile(join(directory.path, "same"), bytes);
  expect(await git(directory.path, "hash-object", "same")).toBe(hash);
  expect(await git(directory.path, "cat-file", "-s", hash)).toBe("6");
  const empty = await objects.put(new Uint8Array());
  expect((await objects.get(empty))?.length).toBe(0);
  expect((await stat(objectPath(directory.path, hash))).mode & 0o777).toBe(0o400);
});

test("what is unknown or damaged is not there", async () => {
  await using directory = await tempDirectory();
  const objects = new SnapshotObjects(join(directory.path, ".git/objects"), "sha256");
  expect(await objects.get("0".repeat(64))).toBeUndefined();
  const hash = await objects.put(Buffer.from("text"));
  expect(hash).toHaveLength(64);
  await Bun.file(objectPath(directory.path, hash)).delete();
  await writeFile(objectPath(directory.path, hash), "x");
  expect(await objects.get(hash)).toBeUndefined();
});

test("sweeping removes what killed writers left, and nothing else", async () => {
  await using directory = await tempDirectory();
  const root = join(directory.path, ".git/objects");
  const objects = new SnapshotObjects(root, "sha1");
  await objects.sweep();
  const hash = await objects.put(Buffer.from("kept"));
  await mkdir(join(root, "pack"));
  await writeFile(join(root, "pack/tmp_pack_1"), "x");
  const dead = `tmp_${2 ** 22 + 1}_0123456789ab`;
  const living = `tmp_${process.pid}_0123456789ab`;
  for (const name of ["tmp_obj_2", dead, living]) {
    await writeFile(join(root, hash.slice(0, 2), name), "x");
  }
  await objects.sweep();
  expect(await readdir(join(root, "pack"))).toEqual([]);
  expect((await readdir(join(root, hash.slice(0, 2)))).sort()).toEqual([hash.slice(2), living]);
});

test("pruning removes the old, then the oldest beyond the size; putting again renews", async () => {
  await using directory = await tempDirectory();
  const objects = new SnapshotObjects(join(directory.path, ".git/objects"), "sha1");
  const hashes: string[] = [];
  for (let age = 5; age >= 1; age--) {
    const hash = await objects.put(Buffer.from(`content ${age}`));
    const time = new Date(1_000_000 - age * 1000);
    await utimes(objectPath(directory.path, hash), time, time);
    hashes.push(hash);
  }
  await objects.put(Buffer.from("content 5"));
  expect(await objects.prune({ before: 1_000_000 - 3_500, maxBytes: 1e9 })).toBe(true);
  expect(await present(objects, hashes)).toEqual([true, false, true, true, true]);
  const { blocks } = await stat(objectPath(directory.path, hashes[2] ?? ""));
  expect(await objects.prune({ before: 0, maxBytes: blocks * 512 * 3 })).toBe(true);
  expect(await present(objects, hashes)).toEqual([true, false, false, false, true]);
  expect(await objects.prune({ before: 0, maxBytes: 1e9 })).toBe(false);
});

function objectPath(root: string, hash: string): string {
  return join(root, ".git/objects", hash.slice(0, 2), hash.slice(2));
}

async function present(objects: SnapshotObjects, hashes: readonly string[]): Promise<boolean[]> {
  return Promise.all(hashes.map(async (hash) => (await objects.get(hash)) !== undefined));
}
