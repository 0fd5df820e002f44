// What the first prompt on a fresh server costs: it loads all that start-up left for later.

import type { Case } from "@test/bench/bench";
import { openHome } from "@test/bench/home";
import { startModel } from "@test/bench/model-process";
import { ServerProcess } from "@test/bench/server-process";

const ANSWER = "Hello from the model.";
/** Titles and the like may come after the answer, and are part of what a first prompt costs. */
const SETTLE_MS = 1_000;

export const firstPromptCase: Case = {
  name: "first-prompt",
  measures: "a session and a plain prompt on a fresh server, above its first healthy answer",
  figures: [
    { name: "CPU", unit: "ms", beat: 170 },
    { name: "CPU 1 s later", unit: "ms" },
    { name: "wall", unit: "ms" },
    { name: "RSS after", unit: "MB" },
  ],
  runs: 5,
  limitMs: 180_000,
  async measure(subject, signal) {
    await using model = await startModel({ turns: [{ text: ANSWER }] });
    await using home = await openHome({ model });
    await using server = await ServerProcess.start(subject, home, signal);
    const healthy = await server.usage();
    const startedAt = performance.now();
    await server.prompt(await server.createSession(), "Say hello.", ANSWER);
    const wall = performance.now() - startedAt;
    const answered = await server.usage();
    await Bun.sleep(SETTLE_MS);
    const settled = await server.usage();
    await model.finish(1);
    return {
      CPU: answered.cpuMs - healthy.cpuMs,
      "CPU 1 s later": settled.cpuMs - healthy.cpuMs,
      wall,
      "RSS after": settled.rssBytes,
    };
  },
};
