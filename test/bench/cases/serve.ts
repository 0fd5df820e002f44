// What a server costs until it answers, and what it keeps when nobody asks anything.

import { type Case, MEGABYTE } from "@test/bench/bench";
import { openHome } from "@test/bench/home";
import { ServerProcess } from "@test/bench/server-process";

const IDLE_MS = 5_000;

export const serveCase: Case = {
  name: "serve",
  measures: "serve, from start to the first healthy answer; memory 5 s later",
  figures: [
    { name: "CPU", unit: "ms", beat: 160 },
    { name: "wall", unit: "ms" },
    { name: "idle CPU per 5 s", unit: "ms" },
    { name: "idle RSS", unit: "MB", beat: 80 * MEGABYTE },
    { name: "peak RSS", unit: "MB" },
  ],
  runs: 5,
  limitMs: 180_000,
  async measure(subject, signal) {
    await using home = await openHome();
    await using server = await ServerProcess.start(subject, home, signal);
    const wall = server.wallMs;
    const healthy = await server.usage();
    await Bun.sleep(IDLE_MS);
    const idle = await server.usage();
    return {
      CPU: healthy.cpuMs,
      wall,
      "idle CPU per 5 s": idle.cpuMs - healthy.cpuMs,
      "idle RSS": idle.rssBytes,
      "peak RSS": idle.peakBytes,
    };
  },
};
