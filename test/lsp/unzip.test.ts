import { expect, test } from "bun:test";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { unzip } from "@/lsp/unzip";
import { tempDirectory } from "@test/support/temp";
import { zip } from "./zip";

const LONG = "some text\n".repeat(10_000);

test("files come out with their directories, texts and permissions", async () => {
  await using temp = await tempDirectory();
  const archive = zip(
    [
      { name: "top/", text: "", isStored: true },
      { name: "top/bin/run", text: LONG, mode: 0o100755 },
      { name: "ä.txt", text: "stored", isStored: true },
      { name: "empty", text: "" },
      { name: "link", text: "/etc/passwd", mode: 0o120777 },
    ],
    "a comment",
  );
  await unzip(archive, temp.path);
  expect((await readdir(temp.path)).sort()).toEqual(["empty", "top", "ä.txt"]);
  expect(await Bun.file(join(temp.path, "top/bin/run")).text()).toBe(LONG);
  expect((await stat(join(temp.path, "top/bin/run"))).mode & 0o777).toBe(0o755);
  expect(await Bun.file(join(temp.path, "ä.txt")).text()).toBe("stored");
});

test.each([
  ["leads out", zip([{ name: "../evil", text: "x" }])],
  ["is damaged", zip([{ name: "a", text: "x", crc: 7 }])],
  ["is cut", zip([{ name: "a", text: LONG }]).subarray(20)],
  ["is none", Buffer.from("not an archive")],
  ["is empty", Buffer.alloc(0)],
  ["promises what is not there", Buffer.concat([zip([]).subarray(0, 10), Buffer.alloc(12, 255)])],
])("an archive that %s is refused", async (_, archive) => {
  await using temp = await tempDirectory();
  const directory = join(temp.path, "in");
  await expect(unzip(archive, directory)).rejects.toThrow();
  expect(await readdir(temp.path)).not.toContain("evil");
});

test("what is larger than it says is not unpacked", async () => {
  await using temp = await tempDirectory();
  const archive = Buffer.from(zip([{ name: "a", text: LONG }]));
  const central = archive.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  archive.writeUInt32LE(5, central + 24);
  await expect(unzip(archive, temp.path)).rejects.toThrow();
});
