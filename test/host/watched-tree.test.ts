import { expect, test } from "bun:test";
import { join } from "node:path";
import { WatchedTree } from "@/host/watched-tree";
import { tempDirectory } from "@test/support/temp";

const nothing = { onTouch: () => {}, onExhausted: () => {} };

test("files are known with the directories above them, and only below the root", async () => {
  await using root = await tempDirectory();
  const tree = new WatchedTree(root.path, nothing);
  expect(tree.addFile(join(root.path, "a/b/c.ts"))).toBe(true);
  expect(tree.hasFile(join(root.path, "a/b/c.ts"))).toBe(true);
  expect(tree.hasFile(join(root.path, "a/b"))).toBe(false);
  expect(tree.hasDirectory(join(root.path, "a"))).toBe(true);
  expect(tree.addFile("/elsewhere/c.ts")).toBe(false);
  expect(tree.addFile(`${root.path}-beside/c.ts`)).toBe(false);
  tree.close();
});

test("a directory that goes takes all below it along, and not its namesakes", async () => {
  await using root = await tempDirectory();
  const tree = new WatchedTree(root.path, nothing);
  const files = ["a/1", "a/b/2", "ab/3"].map((name) => join(root.path, name));
  for (const file of files) tree.addFile(file);
  expect(tree.removeDirectory(join(root.path, "a")).sort()).toEqual(files.slice(0, 2));
  expect(tree.hasFile(files[2] ?? "")).toBe(true);
  expect(tree.removeDirectory(join(root.path, "a"))).toEqual([]);
  tree.close();
});

test("there is a limit to directories", async () => {
  await using root = await tempDirectory();
  const tree = new WatchedTree(root.path, nothing);
  const added = Array.from({ length: 10_001 }, (_, index) => {
    return tree.addFile(join(root.path, `d${index}`, "file"));
  });
  expect(added.filter(Boolean)).toHaveLength(9_999);
  tree.close();
});

test("when the system watches no more it is told", async () => {
  if (process.platform !== "linux") return;
  await using root = await tempDirectory();
  const script = `
    const { WatchedTree } = await import("@/host/watched-tree");
    const codes = [];
    const tree = new WatchedTree(process.argv[1], {
      onTouch: () => {},
      onExhausted: (code) => codes.push(code),
    });
    tree.addFile(process.argv[1] + "/a/b/c/d");
    await tree.watchAll();
    tree.close();
    console.log(codes[0]);
  `;
  const limit = "echo 2 > /proc/sys/user/max_inotify_watches";
  const run = `${limit} && exec "$0" -e "$1" "$2"`;
  const argv = ["unshare", "-Ur", "sh", "-c", run, process.execPath, script, root.path];
  await Bun.write(join(root.path, "a/b/c/d"), "x");
  const cwd = join(import.meta.dir, "..", "..");
  const child = Bun.spawn(argv, { cwd, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  // Where people may not have limits of their own there is nothing to try it with.
  if (/unshare|Permission denied|Operation not permitted/.test(stderr)) return;
  expect(stdout.trim()).toBe("ENOSPC");
});
