// A command that runs to its end, and what its process and those below it used until then.

import { join } from "node:path";
import { runProcess } from "@/base/process";
import type { Subject } from "./bench";
import type { Home } from "./home";

export interface Outcome {
  /** Null when a signal ended it. */
  exitCode: number | null;
  wallMs: number;
  /** User and system, with the descendants that were collected. */
  cpuMs: number;
  /** Of the process that held most; never less than the launcher's own, some 25 MB. */
  peakBytes: number;
  stdout: string;
  stderr: string;
}

const LAUNCH = join(import.meta.dir, "launch.ts");

/** Runs the subject with the arguments in the home's project; throws unless it exits with 0. */
export async function runOnce(
  subject: Subject,
  args: readonly string[],
  home: Home,
  signal: AbortSignal,
): Promise<Outcome> {
  const argv = JSON.stringify([...subject.argv, ...args]);
  const launched = await runProcess([process.execPath, LAUNCH, argv], {
    cwd: home.project,
    env: home.env,
    signal,
  });
  signal.throwIfAborted();
  if (launched.exitCode !== 0) throw new Error(`not launched: ${launched.stderr.trim()}`);
  const outcome = JSON.parse(launched.stdout) as Outcome;
  if (outcome.exitCode === 0) return outcome;
  const words = `${outcome.stderr}${outcome.stdout}`.trim().slice(-500);
  throw new Error(`${args[0] ?? "it"} ended with ${outcome.exitCode}: ${words}`);
}
