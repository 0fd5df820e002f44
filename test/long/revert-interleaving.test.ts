// Ten thousand random interleavings of an agent, a second session, commands, commits and a person.
import { expect, test } from "bun:test";
import { revertBench } from "@test/session/revert-bench";
import { readSeed, runInterleavings } from "@test/session/revert-interleaving";

const INTERLEAVINGS = 10_000;
/** A bench for so many: its history of messages grows. */
const PER_BENCH = 250;

test("an undo changes only what its turns wrote; redo to the byte", async () => {
  const { seed, count } = readSeed(INTERLEAVINGS);
  console.log(`interleavings with SEED=${seed} COUNT=${count}`);
  for (let done = 0; done < count; done += PER_BENCH) {
    await using bench = await revertBench({ isGit: done % (4 * PER_BENCH) !== 0 });
    const some = { seed: seed + done, count: Math.min(PER_BENCH, count - done), steps: 8 };
    const counts = await runInterleavings(bench, some);
    if (some.count >= 100) expect(counts.skipped).toBeLessThan(counts.files / 2);
  }
}, 3_600_000);
