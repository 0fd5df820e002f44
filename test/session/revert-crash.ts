// Undo on the disk, killed at every so many steps of its work, and of the redo after it.

import { expect } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { tempDirectory } from "@test/support/temp";
import { type RevertBench, revertBench } from "./revert-bench";

const NAMES = ["a.txt", "b.txt", "gone.txt", "made.txt", "dir/deep.txt"];

/**
 * Kills an undo at step 0, `stride`, and so on until it comes through, then the redo: after each,
 * what the next process finds is all before or all after. Gives how often it was which.
 */
export async function crashEverywhere(stride: number): Promise<Record<string, number>> {
  await using directory = await tempDirectory();
  const root = directory.path;
  const options = { root, database: join(root, "sessions.sqlite") };
  const states = await prepare(options);
  const outcomes: Record<string, number> = {};
  for (const direction of ["undo", "redo"]) {
    for (let steps = 0, exitCode: number | null = null; exitCode !== 0; steps += stride) {
      exitCode = await runWorker(root, direction, steps);
      await using bench = await revertBench(options);
      await bench.reverts.recover();
      const isUndone = bench.sessions.get(bench.session.id).revert !== undefined;
      expect(await readAll(bench)).toEqual(isUndone ? states.after : states.before);
      expect(await leftBehind(bench)).toEqual([]);
      if (exitCode === 0) expect(isUndone).toBe(direction === "undo");
      const outcome = `${direction}, then ${isUndone ? "undone" : "not undone"}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  }
  return outcomes;
}

async function prepare(options: { root: string; database: string }) {
  const files = { "a.txt": "a\n", "b.txt": "b\n", "gone.txt": "gone\n" };
  await using bench = await revertBench({ ...options, files });
  const turn = await bench.edit("a.txt", "agent\n");
  await bench.edit("b.txt", "agent b\n");
  await bench.edit("gone.txt", undefined);
  await bench.edit("made.txt", "made\n");
  await bench.edit("dir/deep.txt", "deep\n");
  const before = await readAll(bench);
  await bench.revert(turn.user);
  const after = await readAll(bench);
  await bench.unrevert();
  return { before, after };
}

async function readAll(bench: RevertBench): Promise<(string | undefined)[]> {
  return Promise.all(NAMES.map((name) => bench.read(name)));
}

async function runWorker(root: string, direction: string, steps: number): Promise<number | null> {
  const worker = join(import.meta.dir, "revert-worker.ts");
  const child = Bun.spawn([process.execPath, worker, root, direction, `${steps}`], {
    stderr: "pipe",
  });
  const words = await child.stderr.text();
  await child.exited;
  if (child.signalCode === null && child.exitCode !== 0) throw new Error(words);
  return child.exitCode;
}

async function leftBehind(bench: RevertBench): Promise<string[]> {
  const pending = await readdir(join(bench.snapshots.directory, "pending")).catch(() => []);
  const project = await readdir(bench.directory, { recursive: true });
  return [...pending, ...project.filter((name) => name.endsWith(".tmp"))];
}
