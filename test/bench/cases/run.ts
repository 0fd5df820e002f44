// The whole life of `run` with an answer that needs no tool.

import { type Case, MEGABYTE } from "@test/bench/bench";
import { openHome } from "@test/bench/home";
import { startModel } from "@test/bench/model-process";
import { runOnce } from "@test/bench/one-shot";

const ANSWER = "Hello from the model.";

export const runCase: Case = {
  name: "run",
  measures: 'run "hi" with an answer that needs no tool, from start to exit',
  figures: [
    { name: "CPU", unit: "ms", beat: 360 },
    { name: "wall", unit: "ms" },
    { name: "peak RSS", unit: "MB", beat: 110 * MEGABYTE },
  ],
  runs: 5,
  limitMs: 60_000,
  async measure(subject, signal) {
    await using model = await startModel({ turns: [{ text: ANSWER }] });
    await using home = await openHome({ model });
    const outcome = await runOnce(subject, ["run", "hi", "-m", "scripted/main"], home, signal);
    if (!outcome.stdout.includes(ANSWER)) throw new Error(`it said ${outcome.stdout}`);
    await model.finish(1);
    return { CPU: outcome.cpuMs, wall: outcome.wallMs, "peak RSS": outcome.peakBytes };
  },
};
