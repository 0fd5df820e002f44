// Many sessions at once on one server, each with ten reads and an answer.

import type { Case } from "@test/bench/bench";
import { openHome, readableFiles } from "@test/bench/home";
import { startModel } from "@test/bench/model-process";
import { ServerProcess } from "@test/bench/server-process";

const SESSIONS = 50;
const STEPS = 11;
const ANSWER = "All files are read.";

export const sessionsCase: Case = {
  name: "sessions-50",
  measures: `${SESSIONS} sessions of ${STEPS} steps at once in a git repository`,
  figures: [
    { name: "CPU", unit: "s", beat: 15_000 },
    { name: "wall", unit: "s" },
    { name: "peak RSS", unit: "MB" },
    { name: "answers", unit: "count" },
  ],
  runs: 1,
  limitMs: 300_000,
  async measure(subject, signal) {
    const { files, paths } = readableFiles(STEPS - 1);
    const reads = paths.map((path) => ({ calls: [{ tool: "read", input: { filePath: path } }] }));
    await using model = await startModel({
      order: "conversation",
      turns: [...reads, { text: ANSWER }],
    });
    await using home = await openHome({ model, files, git: true });
    await using server = await ServerProcess.start(subject, home, signal);
    const before = await server.usage();
    const startedAt = performance.now();
    const talk = async () => {
      const sessionID = await server.createSession();
      await server.prompt(sessionID, "Read all files.", ANSWER);
      return sessionID;
    };
    const sessionIDs = await Promise.all(Array.from({ length: SESSIONS }, talk));
    const wall = performance.now() - startedAt;
    const after = await server.usage();
    for (const sessionID of sessionIDs) await server.expectCalls(sessionID, STEPS - 1);
    await model.finish(SESSIONS * STEPS);
    return {
      CPU: after.cpuMs - before.cpuMs,
      wall,
      "peak RSS": after.peakBytes,
      answers: sessionIDs.length,
    };
  },
};
