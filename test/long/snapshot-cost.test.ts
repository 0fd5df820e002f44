// What snapshots cost in a repository of 50,000 files, and what they leave on the disk.
import { expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type RevertBench, revertBench } from "@test/session/revert-bench";
import { gitRepository, tempDirectory, writeTree } from "@test/support/temp";

const ROUNDS = 20;

test("50,000 files: figures of a snapshot, and a bounded store", async () => {
  await using directory = await tempDirectory();
  const project = join(directory.path, "project");
  const files = Object.fromEntries(
    Array.from({ length: 50_000 }, (_, index) => {
      const name = `src${index % 50}/pkg${Math.floor(index / 50) % 20}/file${index}.ts`;
      return [name, `export const value${index} = ${index};\n`.repeat(20)];
    }),
  );
  await gitRepository(project, files);
  await writeTree(project, { "data/": "" });
  const big = crypto.getRandomValues(new Uint8Array(65_536));
  for (let index = 0; index < 20; index++) {
    await writeFile(join(project, `data/${index}.bin`), Buffer.concat(Array(160).fill(big)));
  }
  await using bench = await revertBench({ root: directory.path });
  await print("first snapshot", 1, () => bench.snapshots.track());
  await print("git looks: nothing changed", ROUNDS, () => bench.snapshots.track());
  let round = 0;
  const looked = await print("git looks: one file changed", ROUNDS, async () => {
    await bench.write("src1/pkg1/file51.ts", `${round++}`);
    await bench.snapshots.track();
  });
  // The first commands begin the watch; from then on nobody looks at every file.
  for (const turn of ["first", "second", "third", "fourth"]) {
    await print(`${turn} command, before and after it`, 1, () => command(bench, "sleep 0.5"));
  }
  await print("told: a command that changes nothing", ROUNDS, () => command(bench, "true"));
  const told = await print("told: a command that changes three files", ROUNDS, () =>
    command(bench, `for i in 1 2 3; do echo ${round++} > src$i/pkg1/new; done`),
  );
  if (process.platform === "linux") expect(told).toBeLessThan(looked);
  const path = join(project, "src2/pkg2/file102.ts");
  await print("a tool's edit", ROUNDS, () =>
    bench.snapshots.recordFiles([path], { changes: [], uncertain: [] }, async () => {
      await writeFile(path, `${round++}`);
    }),
  );
  const used = await usage(bench.snapshots.directory);
  console.log(`store: ${(used / 1024 / 1024).toFixed(1)} MiB`);
  expect(used).toBeLessThan(200 * 1024 * 1024);
}, 900_000);

/** What the snapshots before and after it take, in ms. */
async function command(bench: RevertBench, line: string): Promise<number> {
  let ran = 0;
  const start = performance.now();
  await bench.snapshots.recordTree("A", { changes: [], uncertain: [] }, async () => {
    const began = performance.now();
    await bench.run(line);
    ran = performance.now() - began;
  });
  return performance.now() - start - ran;
}

/** Prints how long `work` takes, or what of that it says itself; gives the median in ms. */
async function print(name: string, rounds: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const said = await work();
    times.push(typeof said === "number" ? said : performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const [median = 0, most = 0] = [times[Math.floor(rounds / 2)], times[Math.floor(rounds * 0.95)]];
  console.log(`${name}: p50 ${median.toFixed(0)} ms, p95 ${most.toFixed(0)} ms`);
  return median;
}

async function usage(path: string): Promise<number> {
  const child = Bun.spawn(["du", "-sk", path], { stdout: "pipe" });
  return Number.parseInt(await child.stdout.text()) * 1024;
}
