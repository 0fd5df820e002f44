// The store of snapshots: what is recorded, where nothing is, and that it stays within its limits.
import { expect, test } from "bun:test";
import { chmod, mkdir, readdir, readlink, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "@/base/clock";
import { Logger } from "@/base/log";
import { type Paths, resolvePaths } from "@/base/paths";
import { processIdentity } from "@/base/process";
import { KeyedLock } from "@/base/queue";
import { findRepository } from "@/host/git";
import type { FileChanges } from "@/host/snapshot-journal";
import { Snapshots, type SnapshotsOptions } from "@/host/snapshots";
import { gitRepository, tempDirectory, type Tree, writeTree } from "@test/support/temp";

async function open(
  root: string,
  files: Tree,
  options: Partial<SnapshotsOptions> = {},
): Promise<Snapshots & AsyncDisposable> {
  await writeTree(root, { "home/": "" });
  const project = join(root, "project");
  if (!(await findRepository(project))) await gitRepository(project, files);
  const owner = processIdentity(process.pid);
  if (!owner) throw new Error("this process is not to be found");
  const snapshots = new Snapshots({
    worktree: project,
    repository: await findRepository(project),
    paths: resolvePaths({}, join(root, "home")),
    env: { PATH: process.env["PATH"], HOME: join(root, "home") },
    clock: systemClock,
    locks: new KeyedLock(),
    log: Logger.silent(),
    owner,
    ...options,
  });
  return Object.assign(snapshots, { [Symbol.asyncDispose]: () => snapshots.close() });
}

function none(): FileChanges {
  return { changes: [], uncertain: [] };
}

function names(root: string, { changes }: FileChanges): string[] {
  return changes.map(({ file }) => file.slice(`${root}/project/`.length));
}

test("records what a tool wrote, also when it fails, in the named files alone", async () => {
  await using directory = await tempDirectory();
  await using snapshots = await open(directory.path, { "a.txt": "a", "b.txt": "b" });
  const into = none();
  const path = (name: string) => join(directory.path, "project", name);
  const work = snapshots.recordFiles([path("a.txt"), path("new")], into, async () => {
    await writeTree(join(directory.path, "project"), { "a.txt": "A", "b.txt": "B", new: "n" });
    throw new Error("half way");
  });
  expect(await work.catch((error) => error.message)).toBe("half way");
  expect(names(directory.path, into)).toEqual(["a.txt", "new"]);
  const [change] = into.changes;
  expect(String(await snapshots.read(change?.before?.hash ?? ""))).toBe("a");
  expect(String(await snapshots.read(change?.after?.hash ?? ""))).toBe("A");
  expect(into.changes[1]?.before).toBeUndefined();
});

test("the very first use may be of a file that is not there", async () => {
  await using directory = await tempDirectory();
  await using snapshots = await open(directory.path, {});
  const path = join(directory.path, "project/new");
  const into = none();
  await snapshots.recordFiles([path], into, () => writeFile(path, "n"));
  expect(names(directory.path, into)).toEqual(["new"]);
});

test("the store is private, and nothing of it is left in use", async () => {
  await using directory = await tempDirectory();
  await using snapshots = await open(directory.path, { "a.txt": "a" });
  await snapshots.recordTree("A", none(), async () => undefined);
  await snapshots.close();
  expect((await stat(snapshots.directory)).mode & 0o777).toBe(0o700);
  const left = await readdir(snapshots.directory);
  expect(left.filter((name) => /lock|journal|tmp/.test(name))).toEqual([]);
});

test.skipIf(process.platform !== "linux")("a close ends the watch, begun or about to", async () => {
  await using directory = await tempDirectory();
  const watches = async () => {
    const links = (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`));
    const found = await Promise.allSettled(links);
    return found.filter((one) => "value" in one && one.value === "anon_inode:inotify").length;
  };
  const before = await watches();
  await using snapshots = await open(directory.path, { "a.txt": "a" });
  await snapshots.recordTree("A", none(), async () => undefined);
  await snapshots.close();
  expect(await watches()).toBe(before);
  const into = none();
  const path = join(directory.path, "project/a.txt");
  await snapshots.recordTree("A", into, () => writeFile(path, "b"));
  expect(names(directory.path, into)).toEqual(["a.txt"]);
  expect(await watches()).toBe(before);
});

test("a file that was ignored, too large or elsewhere is not taken for a new one", async () => {
  await using directory = await tempDirectory();
  const files = { ".gitignore": "*.env\n", "old.txt": "old\n", "mine.env": "secret" };
  await using snapshots = await open(directory.path, files);
  const project = join(directory.path, "project");
  await writeTree(project, { big: "x".repeat(3 * 1024 * 1024), "mine.env": "secret" });
  await writeTree(directory.path, { outside: "person" });
  const into = none();
  await snapshots.recordTree("A", into, async () => {
    const script =
      ": > .gitignore; truncate -s 10 big; mv ../outside inside; " +
      "mv old.txt renamed.txt; echo n > n";
    await Bun.spawn(["bash", "-c", script], { cwd: project }).exited;
  });
  expect(names(directory.path, into).sort()).toEqual([".gitignore", "n", "old.txt", "renamed.txt"]);
  const uncertain = into.uncertain.map((file) => file.slice(project.length + 1)).sort();
  expect(uncertain).toEqual(["big", "inside", "mine.env"]);
});

test("no trees of a home directory, nor around the data; written files are recorded", async () => {
  await using directory = await tempDirectory();
  const root = directory.path;
  const elsewhere = resolvePaths({}, join(root, "other"));
  const cases: Paths[] = [
    resolvePaths({}, join(root, "project")),
    resolvePaths({}, join(root, "project/below")),
    { ...elsewhere, data: join(root, "project/data") },
  ];
  for (const paths of cases) {
    await using snapshots = await open(root, { "a.txt": "0" }, { paths });
    const into = none();
    await snapshots.recordTree("A", into, () => writeFile(join(root, "project/a.txt"), "x"));
    expect(into).toEqual(none());
    expect(await snapshots.track()).toBeUndefined();
    const path = join(root, "project/a.txt");
    await snapshots.recordFiles([path], into, () => writeFile(path, `${paths.data}`));
    expect(names(root, into)).toEqual(["a.txt"]);
    expect(await Bun.file(join(snapshots.directory, "index")).exists()).toBe(false);
  }
});

test("without the git program written files are recorded all the same", async () => {
  await using directory = await tempDirectory();
  const env = { PATH: join(directory.path, "nothing"), HOME: join(directory.path, "home") };
  await using snapshots = await open(directory.path, { "a.txt": "a" }, { env });
  const path = join(directory.path, "project/a.txt");
  const into = none();
  await snapshots.recordFiles([path], into, () => writeFile(path, "b"));
  expect(await snapshots.recordTree("A", into, async () => "ran")).toBe("ran");
  expect(names(directory.path, into)).toEqual(["a.txt"]);
});

test("switched off, work runs and nothing is kept", async () => {
  await using directory = await tempDirectory();
  await using snapshots = await open(
    directory.path,
    { "a.txt": "a" },
    { isEnabled: async () => false },
  );
  const into = none();
  const path = join(directory.path, "project/a.txt");
  await snapshots.recordFiles([path], into, () => writeFile(path, "b"));
  await snapshots.recordTree("A", into, () => writeFile(path, "c"));
  expect(into).toEqual(none());
  expect(await stat(snapshots.directory).catch(() => "none")).toBe("none");
});

test("beyond the limit trees are off for good, and a command's doings are in doubt", async () => {
  await using directory = await tempDirectory();
  const tree = { files: 10, bytes: 1e6, untrackedBytes: 1e5, timeMs: 10_000 };
  await using snapshots = await open(directory.path, { "a.txt": "a" }, { limits: { tree } });
  const project = join(directory.path, "project");
  const into = none();
  await snapshots.recordTree("A", into, async () => {
    for (let index = 0; index < 20; index++) await writeFile(join(project, `${index}`), "x");
  });
  expect(into).toEqual({ changes: [], uncertain: [project] });
  expect(await snapshots.track()).toBeUndefined();
});

test("a store that cannot be made does not keep tools from working", async () => {
  await using directory = await tempDirectory();
  await writeTree(directory.path, { "home/.local/share/opencode/snapshot": "a file" });
  await using snapshots = await open(directory.path, { "a.txt": "a" });
  const path = join(directory.path, "project/a.txt");
  expect(await snapshots.recordFiles([path], none(), async () => 1)).toBe(1);
  expect(await snapshots.recordTree("A", none(), async () => 2)).toBe(2);
});

test("the store stays within its size, and what is still there is kept anew", async () => {
  await using directory = await tempDirectory();
  const limits = { storeBytes: 200_000 };
  await using snapshots = await open(directory.path, { "a.txt": "a" }, { limits });
  const project = join(directory.path, "project");
  await writeTree(project, { "untracked.txt": "before" });
  await snapshots.track();
  for (let index = 0; index < 30; index++) {
    await snapshots.put(crypto.getRandomValues(new Uint8Array(20_000)));
  }
  await snapshots.prune();
  expect(await diskUsage(join(snapshots.directory, "objects"))).toBeLessThan(300_000);
  const into = none();
  await snapshots.recordTree("A", into, () => writeFile(join(project, "untracked.txt"), "after"));
  const [change] = into.changes;
  expect(String(await snapshots.read(change?.before?.hash ?? ""))).toBe("before");
});

test("stores of worktrees that nobody came back to are removed", async () => {
  await using directory = await tempDirectory();
  await using snapshots = await open(directory.path, { "a.txt": "a" });
  const root = join(snapshots.directory, "..");
  await writeTree(root, { "old/objects/x": "x", "young/objects/x": "x" });
  const longAgo = new Date(systemClock.now() - 40 * 24 * 3600 * 1000);
  await utimes(join(root, "old"), longAgo, longAgo);
  await snapshots.track();
  const left = await readdir(root);
  expect(left).toContain("young");
  expect(left).not.toContain("old");
});

test("a kill in the middle of a snapshot leaves nothing, and the next one is right", async () => {
  await using directory = await tempDirectory();
  const root = directory.path;
  const first = await open(root, { "a.txt": "a" });
  const project = join(root, "project");
  // A git that leaves what a killed one leaves, and kills the program, at so many of its runs.
  const bin = join(root, "bin");
  await mkdir(bin);
  const git = Bun.which("git") ?? "git";
  const script =
    '#!/bin/sh\necho x >> "$COUNT"\n' +
    '[ "$(wc -l < "$COUNT")" -ge "$AT" ] && mkdir "$COUNT.once" && ' +
    'mkdir -p "$GIT_DIR/objects/pack" "$GIT_DIR/objects/aa" && ' +
    'echo x > "$GIT_DIR/objects/pack/tmp_pack_1" && echo x > "$GIT_DIR/objects/aa/tmp_obj_1" && ' +
    'echo x > "$GIT_DIR/index.lock" && kill -9 "$PPID"\n' +
    '[ "$(wc -l < "$COUNT")" -ge "$AT" ] && exit 1\n' +
    `exec ${git} "$@"\n`;
  await writeFile(join(bin, "git"), script);
  await chmod(join(bin, "git"), 0o755);
  for (let at = 1; at <= 6; at++) {
    const env = {
      ...{ PATH: `${bin}:${process.env["PATH"]}`, HOME: join(root, "home") },
      ...{ COUNT: join(root, `count${at}`), AT: `${at}` },
    };
    await writeFile(join(project, "a.txt"), `before ${at}`);
    const worker = join(import.meta.dir, "snapshot-worker.ts");
    const child = Bun.spawn([process.execPath, worker, root], { env, stderr: "pipe" });
    await child.exited;
    await using snapshots = await open(root, {});
    const tree = await snapshots.track();
    expect(tree).toBeDefined();
    const names = await readdir(snapshots.directory, { recursive: true });
    expect(names.filter((name) => /tmp_|\.lock$/.test(name))).toEqual([]);
    const [change] = await first.diff((await first.track()) ?? "", tree ?? "");
    expect(change).toBeUndefined();
  }
}, 180_000);

async function diskUsage(path: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    total += (await stat(join(entry.parentPath, entry.name))).blocks * 512;
  }
  return total;
}
