import { afterEach, expect, test } from "bun:test";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bus } from "@/base/bus";
import { Logger } from "@/base/log";
import { resolvePaths } from "@/base/paths";
import { findRepository, Git } from "@/host/git";
import { Ripgrep } from "@/host/ripgrep";
import { Watcher } from "@/host/watcher";
import type { BusEvent } from "@/schema/event";
import { FakeClock } from "@test/support/clock";
import {
  git,
  gitRepository,
  tempDirectory,
  type TempDirectory,
  type Tree,
} from "@test/support/temp";

const open: { watcher: Watcher; temp: TempDirectory }[] = [];

afterEach(async () => {
  for (const { watcher, temp } of open.splice(0)) {
    await watcher.close();
    await temp[Symbol.asyncDispose]();
  }
});

async function setUp(files: Tree, ignore: string[] = [], isOff = false) {
  const temp = await tempDirectory();
  const directory = join(temp.path, "project");
  await gitRepository(directory, files);
  const clock = new FakeClock();
  const log = Logger.silent();
  const bus = new Bus<BusEvent>(log);
  const told: string[] = [];
  const env = { PATH: process.env["PATH"] };
  const repository = await findRepository(directory);
  if (!repository) throw new Error("no repository");
  const watcher = new Watcher({
    directory,
    git: new Git(repository, env),
    ripgrep: new Ripgrep(resolvePaths(env, temp.path), log),
    publish: (type, properties) => {
      bus.publish({ id: "evt_1", type, properties } as BusEvent);
    },
    clock,
    log,
    isOff,
    ignore: () => Promise.resolve(ignore),
  });
  open.push({ watcher, temp });
  bus.subscribe(({ type, properties }) => {
    if (type === "vcs.branch.updated") told.push(`branch ${properties.branch}`);
    if (type !== "file.watcher.updated") return;
    told.push(`${properties.event} ${properties.file.slice(directory.length + 1)}`);
  });
  const path = (name: string) => join(directory, name);
  return { watcher, clock, bus, told, directory, path };
}

async function started(files: Tree, ignore: string[] = []) {
  const all = await setUp(files, ignore);
  all.watcher.start();
  await all.clock.advance(1_000);
  await all.watcher.ready();
  return all;
}

type Started = Awaited<ReturnType<typeof setUp>>;

/** What was told, once where it was told twice: of a file that is written is heard bit by bit. */
function toldOnce({ told }: Started): string[] {
  return told.filter((one, index) => one !== told[index - 1]);
}

/** Lets time pass, as often as something was touched, until all this was told. */
async function untilTold({ clock, bus, told }: Started, ...wanted: string[]): Promise<void> {
  const done = new Promise<void>((resolve) => {
    const look = () => void (wanted.every((one) => told.includes(one)) && resolve());
    bus.subscribe(look);
    look();
  });
  const step = () => Promise.race([done.then(() => "done"), clock.waitForPending()]);
  while ((await step()) !== "done") {
    await clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("one that is off does not begin", async () => {
  const on = await setUp({});
  on.watcher.start();
  expect(on.clock.pending).toBe(1);
  const off = await setUp({}, [], true);
  off.watcher.start();
  expect(off.clock.pending).toBe(0);
});

test("files that are made, changed and removed are told, each as what it is", async () => {
  const all = await started({ "src/a.ts": "a" });
  const { path } = all;
  await writeFile(path("src/a.ts"), "b");
  await untilTold(all, "change src/a.ts");
  await writeFile(path("src/b.ts"), "b");
  await untilTold(all, "add src/b.ts");
  await writeFile(path("src/b.ts"), "c");
  await untilTold(all, "change src/b.ts");
  await rename(path("src/b.ts"), path("c.ts"));
  await untilTold(all, "unlink src/b.ts", "add c.ts");
  await rm(path("src/a.ts"));
  await untilTold(all, "unlink src/a.ts");
  expect(toldOnce(all)).toHaveLength(6);
});

test("a file that is replaced as editors do it is a change", async () => {
  const all = await started({ "a.ts": "a" });
  await writeFile(all.path("a.ts.tmp"), "b");
  await rename(all.path("a.ts.tmp"), all.path("a.ts"));
  await untilTold(all, "change a.ts");
  expect(toldOnce(all)).toEqual(["change a.ts"]);
});

test("new directories are watched, with all that is in them already", async () => {
  const all = await started({ "a.ts": "a" });
  const { path } = all;
  await mkdir(path("new/deep"), { recursive: true });
  await writeFile(path("new/deep/b.ts"), "b");
  await untilTold(all, "add new/deep/b.ts");
  await writeFile(path("new/deep/b.ts"), "c");
  await untilTold(all, "change new/deep/b.ts");
  await rm(path("new"), { recursive: true });
  await untilTold(all, "unlink new/deep/b.ts");
});

test("what is ignored is not told: by git, by name and by configuration", async () => {
  const files = { ".gitignore": "*.log\nout/\n", "src/a.ts": "a", "gen/x.ts": "x" };
  const all = await started(files, ["gen/**"]);
  const { path } = all;
  await mkdir(path("out"), { recursive: true });
  await mkdir(path("node_modules/x"), { recursive: true });
  const names = ["src/a.log", "out/b.ts", "node_modules/x/c.ts", "gen/x.ts", ".git/x"];
  for (const name of names) await writeFile(path(name), "new");
  await writeFile(path("src/a.ts"), "b");
  await untilTold(all, "change src/a.ts");
  await writeFile(path("src/last.ts"), "b");
  await untilTold(all, "add src/last.ts");
  expect(toldOnce(all)).toEqual(["change src/a.ts", "add src/last.ts"]);
});

test("links out of the directory are files, and lead nowhere", async () => {
  const all = await started({ "a.ts": "a" });
  await symlink("/", all.path("link"));
  await untilTold(all, "add link");
  expect(all.told).toEqual(["add link"]);
});

test("another branch is told once, and nothing when none is changed", async () => {
  const all = await started({ "a.ts": "a" });
  await git(all.directory, "switch", "--quiet", "--create", "topic");
  await untilTold(all, "branch topic");
  await git(all.directory, "commit", "--quiet", "--allow-empty", "--message", "second");
  await git(all.directory, "switch", "--quiet", "--detach");
  await untilTold(all, "branch undefined");
  expect(all.told.filter((one) => one.startsWith("branch"))).toHaveLength(2);
});

test("nothing is watched before the start, nor after the close", async () => {
  const all = await setUp({ "a.ts": "a" });
  expect(all.clock.pending).toBe(0);
  all.watcher.start();
  all.watcher.start();
  expect(all.clock.pending).toBe(1);
  await all.watcher.close();
  expect(all.clock.pending).toBe(0);
  all.watcher.start();
  expect(all.clock.pending).toBe(0);
});

test("closing while it begins leaves nothing", async () => {
  const all = await setUp({ "a.ts": "a" });
  all.watcher.start();
  await all.clock.advance(1_000);
  await all.watcher.close();
  await writeFile(all.path("a.ts"), "b");
  expect(all.clock.pending).toBe(0);
});
