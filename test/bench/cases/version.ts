// How cheap it is to ask the program who it is.

import { type Case, MEGABYTE } from "@test/bench/bench";
import { openHome } from "@test/bench/home";
import { runOnce } from "@test/bench/one-shot";

export const versionCase: Case = {
  name: "version",
  measures: "--version, from start to exit",
  figures: [
    { name: "CPU", unit: "ms", beat: 40 },
    { name: "wall", unit: "ms" },
    { name: "peak RSS", unit: "MB", beat: 60 * MEGABYTE },
  ],
  runs: 5,
  limitMs: 30_000,
  async measure(subject, signal) {
    await using home = await openHome();
    const outcome = await runOnce(subject, ["--version"], home, signal);
    return { CPU: outcome.cpuMs, wall: outcome.wallMs, "peak RSS": outcome.peakBytes };
  },
};
