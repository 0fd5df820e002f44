// What one step of the agent's loop costs: a model call, a read of a file not read before, all of
// it stored and told. The server is warm, so that the figure is the step's and not the start's.

import type { Case, Sample, Subject } from "@test/bench/bench";
import { openHome, readableFiles } from "@test/bench/home";
import { startModel } from "@test/bench/model-process";
import { ServerProcess } from "@test/bench/server-process";

const STEPS = 50;
const ANSWER = "All files are read.";

export const loopCase = loop("loop-50", false, 10);
export const gitLoopCase = loop("loop-50-git", true, 20);

function loop(name: string, git: boolean, beatMs: number): Case {
  const where = git ? "in a git repository" : "no git";
  return {
    name,
    measures: `one of ${STEPS} steps that each read a file, ${where}`,
    figures: [
      { name: "CPU per step", unit: "ms", beat: beatMs },
      { name: "wall per step", unit: "ms" },
      { name: "peak RSS", unit: "MB" },
    ],
    runs: 3,
    limitMs: 180_000,
    measure: (subject, signal) => measureLoop(git, subject, signal),
  };
}

async function measureLoop(git: boolean, subject: Subject, signal: AbortSignal): Promise<Sample> {
  const { files, paths } = readableFiles(STEPS);
  await using model = await startModel({
    turns: [
      { text: ANSWER },
      ...paths.map((path) => ({ calls: [{ tool: "read", input: { filePath: path } }] })),
      { text: ANSWER },
    ],
  });
  await using home = await openHome({ model, files, git });
  await using server = await ServerProcess.start(subject, home, signal);
  await server.prompt(await server.createSession(), "Say hello.", ANSWER);
  const sessionID = await server.createSession();
  const before = await server.usage();
  const startedAt = performance.now();
  await server.prompt(sessionID, "Read all files.", ANSWER);
  const wallMs = performance.now() - startedAt;
  const after = await server.usage();
  await server.expectCalls(sessionID, STEPS);
  // The plain prompt, the steps, and the answer.
  await model.finish(1 + STEPS + 1);
  return {
    "CPU per step": (after.cpuMs - before.cpuMs) / STEPS,
    "wall per step": wallMs / STEPS,
    "peak RSS": after.peakBytes,
  };
}
