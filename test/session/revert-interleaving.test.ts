// Whatever happens in between, an undo takes out what its turns wrote, and nothing else.
import { expect, test } from "bun:test";
import { revertBench } from "./revert-bench";
import { readPlan, runInterleavings } from "./revert-interleaving";

test("random interleavings: only the agent's own lines, redo to the byte", async () => {
  const { seed, count } = readPlan(200);
  console.log(`interleavings with SEED=${seed} COUNT=${count}`);
  await using bench = await revertBench();
  const counts = await runInterleavings(bench, { seed, count, steps: 6 });
  console.log(JSON.stringify(counts));
  expect(counts.undone).toBeGreaterThanOrEqual(count / 2);
  // It would be easy to change nothing at all: most files are undone, not skipped.
  if (count >= 100) expect(counts.skipped).toBeLessThan(counts.files / 2);
}, 120_000);
