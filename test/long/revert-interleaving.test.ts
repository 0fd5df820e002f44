// Ten thousand random interleavings of an agent, a second session, commands, commits and a person.
import { expect, test } from "bun:test";
import { revertBench } from "@test/session/revert-bench";
import { readPlan, runInterleavings } from "@test/session/revert-interleaving";

const INTERLEAVINGS = 10_000;
/** A bench for so many: its history of messages grows. */
const PER_BENCH = 250;
/** Most of the time is waiting for git and the disk. */
const AT_ONCE = 4;

test("an undo changes only what its turns wrote; redo to the byte", async () => {
  const { seed, count } = readPlan(INTERLEAVINGS);
  console.log(`interleavings with SEED=${seed} COUNT=${count}`);
  const starts = Array.from({ length: Math.ceil(count / PER_BENCH) }, (_, index) => index);
  const run = async () => {
    for (let index = starts.shift(); index !== undefined; index = starts.shift()) {
      const done = index * PER_BENCH;
      await using bench = await revertBench({ isGit: index % 4 !== 0 });
      const some = { seed: seed + done, count: Math.min(PER_BENCH, count - done), steps: 8 };
      const counts = await runInterleavings(bench, some);
      if (some.count >= 100) expect(counts.skipped).toBeLessThan(counts.files / 2);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
}, 3_600_000);
