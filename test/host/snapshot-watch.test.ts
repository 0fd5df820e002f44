// Trees of a worktree that is watched: the same ones that git finds when it looks at every file,
// whatever a command did, and whoever did it; and without that look where it can be spared.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { type WatchBench, watchBench } from "@test/host/snapshot-watch-bench";
import type { Tree } from "@test/support/temp";

const onLinux = test.skipIf(process.platform !== "linux");

const FILES: Tree = {
  "a.txt": "a",
  "b/c.txt": "c",
  "b/d/e.txt": "e",
  "run.sh": "true",
  ".gitignore": "*.log\nout/\n",
};

for (const isGit of [true, false]) {
  const where = isGit ? "in a repository" : "without one";
  onLinux(`${where}: whatever a command does is seen, and git looks at nothing else`, async () => {
    await using at = await watchBench(FILES, { isGit });
    const steps: [string, string[]][] = [
      ["true", []],
      ["echo A > a.txt", ["M a.txt"]],
      ["printf B > a.txt; printf C > a.txt", ["M a.txt"]],
      ["mkdir -p n/e/w; echo 1 > n/e/w/1; echo 2 > n/2", ["A n/2", "A n/e/w/1"]],
      ["echo 3 > n/e/w/1", ["M n/e/w/1"]],
      ["mv n/e m", ["A m/w/1", "D n/e/w/1"]],
      ["echo 4 > m/w/1; mkdir n/e; echo 5 > n/e/5", ["M m/w/1", "A n/e/5"]],
      ["chmod +x run.sh", ["M run.sh"]],
      ["touch run.sh b b/c.txt", []],
      ["mkdir out; echo x > out/x; echo y > y.log", []],
      ["mv out/x x; mv x out/x; mv out/x x", ["A x"]],
      ["rm -r b", ["D b/c.txt", "D b/d/e.txt"]],
      ["echo b > b", ["A b"]],
      ["rm b; mkdir b; echo c > b/c.txt", ["D b", "A b/c.txt"]],
      ["mv m ../elsewhere; ln -s ../elsewhere m", ["A m", "D m/w/1"]],
      ["echo not ours > m/w/1; ln -sfn nowhere m", ["M m"]],
      ["head -c 1001 /dev/zero > big; mkfifo pipe", []],
      ["echo small > big", ["A big"]],
      ["head -c 1001 /dev/zero > big", ["M big"]],
      [
        "printf '%s' x > 'ü ö'; mkdir -p 'with space/é'; : > 'with space/é/f'",
        ["A with space/é/f", "A ü ö"],
      ],
      ["rm -r n m x", ["D m", "D n/2", "D n/e/5", "D x"]],
    ];
    for (const [command, changes] of steps) {
      await at.run(command);
      expect([command, await at.changes()]).toEqual([command, changes]);
    }
    expect(await at.hasLooked()).toBe(false);
  });
}

onLinux("where nothing is touched git is not run at all; a watch is started once", async () => {
  await using at = await watchBench(FILES);
  await at.run("mkdir out");
  const tree = await at.watched.track();
  await at.takeCalls();
  expect(await at.watched.watch(new AbortController().signal)).toBe(false);
  await at.run("cat a.txt b/c.txt; ls -R; echo x > out/x");
  expect(await at.watched.track()).toBe(tree);
  expect(await at.takeCalls()).toBe("");
});

onLinux("a directory in the place of one that was moved away holds nothing of that", async () => {
  await using at = await watchBench(FILES);
  await at.run("mv b away; mkdir -p b/d; echo n > b/d/n");
  expect(await at.changes()).toEqual([
    "A away/c.txt",
    "A away/d/e.txt",
    "D b/c.txt",
    "D b/d/e.txt",
    "A b/d/n",
  ]);
  await at.run("mv away/d ../elsewhere; rm -r away; mv b away; mv ../elsewhere b");
  expect(await at.changes()).toEqual([
    "D away/c.txt",
    "D away/d/e.txt",
    "A away/d/n",
    "D b/d/n",
    "A b/e.txt",
  ]);
});

/** Git has to look at everything after this; and when it is watched again, at nothing. */
async function expectLook(at: WatchBench, command: string, changes: string[]): Promise<void> {
  await at.run(command);
  expect([command, await at.changes()]).toEqual([command, changes]);
  expect([command, await at.hasLooked()]).toEqual([command, true]);
  await at.watched.watch(new AbortController().signal);
  await at.track();
  await at.track();
  await at.run("echo $$ >> run.sh");
  await at.changes();
  await at.hasLooked();
  await at.run("echo $$ >> run.sh");
  expect([command, await at.changes()]).toEqual([command, ["M run.sh"]]);
  expect([command, await at.hasLooked()]).toEqual([command, false]);
}

onLinux("git looks at everything where rules of what is ignored have changed", async () => {
  await using at = await watchBench(FILES);
  await expectLook(at, "echo no > .gitignore; echo x > x.log", ["M .gitignore", "A x.log"]);
  const own = "echo y.log > .git/info/exclude; echo y > y.log; echo z > z";
  await expectLook(at, own, ["A z"]);
  // What is known stays so, ignored or not; also what came after git looked the last time.
  await at.run("echo 1 > known.txt; rm b/c.txt");
  expect(await at.changes()).toEqual(["D b/c.txt", "A known.txt"]);
  await at.run("echo 2 > b/c.txt");
  await expectLook(at, "echo '*.txt' > .gitignore; echo 3 > known.txt", [
    "M .gitignore",
    "M known.txt",
  ]);
  const person = "../home/.config/git";
  await expectLook(at, `mkdir -p ${person}; echo p > ${person}/ignore; echo x > p`, []);
});

onLinux("git looks at everything where a directory or a file is more than it was", async () => {
  await using at = await watchBench(FILES);
  await at.run("git init --quiet nested; echo x > nested/x");
  expect(await at.changes()).toEqual([]);
  expect(await at.hasLooked()).toBe(false);
  await expectLook(at, "rm -r nested/.git", ["A nested/x"]);
  await expectLook(at, "ln a.txt linked; echo changed > linked", ["M a.txt", "A linked"]);
});

onLinux(
  "git looks at everything where too much has changed, or the queue ran over",
  async () => {
    await using at = await watchBench(FILES);
    const many = Array.from({ length: 600 }, (_, index) => `A many/${index}`).sort();
    await expectLook(at, "mkdir many; for i in $(seq 0 599); do echo $i > many/$i; done", many);
    const length = Number(await Bun.file("/proc/sys/fs/inotify/max_queued_events").text());
    const flood = `seq ${length / 4} | while read i; do echo >> a.txt; echo >> run.sh; done`;
    await expectLook(at, `${flood}; echo o > o`, ["M a.txt", "A o", "M run.sh"]);
  },
  180_000,
);

onLinux("what the kernel does not tell: other names of a file, files that are mapped", async () => {
  await using at = await watchBench({ ...FILES, "page.bin": "x".repeat(4096) });
  at.watched.close();
  await at.run("ln a.txt ../outside");
  await at.watched.watch(new AbortController().signal);
  await at.changes();
  await at.hasLooked();
  await at.run("echo from outside > ../outside");
  expect(await at.changes()).toEqual(["M a.txt"]);
  await at.run("printf %4096s y > page.bin");
  expect(await at.changes()).toEqual(["M page.bin"]);
  const mapped = Bun.mmap(join(at.project, "page.bin"), { shared: true });
  mapped[0] = 1;
  expect(await at.changes()).toEqual(["M page.bin"]);
  expect(await at.hasLooked()).toBe(false);
});

onLinux("others at the store: an index that is written, trees that are removed", async () => {
  await using at = await watchBench(FILES);
  const store = join(at.root, "store");
  await at.run("echo 1 > b/1");
  expect(await at.changes()).toEqual(["A b/1"]);
  expect(await at.hasLooked()).toBe(false);
  await at.run(`rm -r ${store}/objects/??`);
  await at.run("echo 2 > b/2");
  await at.track();
  expect(await at.hasLooked()).toBe(true);
  await at.run("echo 3 > b/2");
  await at.track();
  expect(await at.hasLooked()).toBe(false);
  await at.run(`rm ${store}/index`);
  await at.track();
  expect(await at.hasLooked()).toBe(true);
});
