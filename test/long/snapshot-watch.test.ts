// Random doings in a watched worktree, of commands and of others at the same time: each tree is the
// one that git finds when it looks at every file. `SEED=1 COUNT=100` repeats a run.
import { expect, test } from "bun:test";
import { watchBench } from "@test/host/snapshot-watch-bench";
import { readSeed } from "@test/support/seed";

const FILES_BEFORE = 40;
const STEPS = 400;

test.skipIf(process.platform !== "linux")(
  "whatever happens to files and directories is told",
  async () => {
    const seed = readSeed();
    const count = Number(process.env["COUNT"] ?? STEPS);
    console.log(`doings with SEED=${seed} COUNT=${count}`);
    const random = generator(seed);
    const names = Array.from({ length: FILES_BEFORE }, () => name(random));
    const files = Object.fromEntries(names.map((path) => [`${path}.txt`, path]));
    await using at = await watchBench({ ...files, ".gitignore": "*.log\nout\n" });
    let looks = 0;
    for (let step = 0; step < count; step++) {
      const doings = Array.from({ length: 1 + random(6) }, () => doing(random));
      await at.run(`(${doings.join("; ")}) 2>/dev/null; true`);
      await at.track();
      if (!(await at.hasLooked())) continue;
      looks++;
      await at.watched.watch(new AbortController().signal);
      await at.track();
      await at.hasLooked();
    }
    console.log(`git looked at everything ${looks} times`);
    // Most of what happens is told; what is not has shown itself in a tree that is right.
    expect(looks).toBeLessThan(count / 3);
  },
  1_800_000,
);

/** Few names, so that they meet: a file, a directory, a link and nothing in turn. */
function name(random: (below: number) => number): string {
  const names = ["a", "b", "c", "d e", "é"];
  return Array.from({ length: 1 + random(4) }, () => names[random(names.length)]).join("/");
}

function doing(random: (below: number) => number): string {
  const [one, other] = [`'${name(random)}'`, `'${name(random)}'`];
  const doings = [
    `echo ${random(1000)} > ${one}.txt`,
    `echo ${random(1000)} >> ${one}.txt`,
    `mkdir -p ${one} && echo ${random(1000)} > ${one}/new.txt`,
    `mkdir -p ${one}/out && echo x > ${one}/out/x && echo y > ${one}/y.log`,
    `mv ${one} ${other}`,
    `mv ${one}.txt ${other}.txt`,
    `cp -r ${one} ${other}`,
    `rm -rf ${one}`,
    `rm -f ${one}.txt`,
    `ln -sfn ${other} ${one}`,
    `chmod +x ${one}.txt; chmod -x ${other}.txt`,
    `touch ${one} ${other}.txt`,
    `chmod 755 ${one}`,
    `mv ${one}/out ${other}`,
    `git add --all; git commit --quiet -m x`,
    `git checkout --quiet HEAD -- ${one}`,
  ];
  // Seldom, since it ends the watch.
  const seldom = [`ln ${one}.txt ${other}`, `echo '*.txt' > ${one}/.gitignore`, `rm .gitignore`];
  const from = random(20) === 0 ? seldom : doings;
  return from[random(from.length)] ?? "";
}

/** Numbers below a number, the same for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
