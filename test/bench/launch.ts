// Runs one command to its end and prints what it used, as one line of JSON. A program of its own,
// and as small as can be: the peak memory that the system tells of a child is at least that of the
// process which started it.
//
// bun test/bench/launch.ts '["/bin/ls","-l"]'

import type { Outcome } from "./one-shot";

async function launch(argv: string[]): Promise<Outcome> {
  const startedAt = performance.now();
  const child = Bun.spawn(argv, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const output = Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  const wallMs = performance.now() - startedAt;
  const usage = child.resourceUsage();
  const [stdout, stderr] = await output;
  return {
    exitCode: child.exitCode,
    wallMs,
    cpuMs: Number(usage?.cpuTime.total ?? 0) / 1000,
    peakBytes: usage?.maxRSS ?? 0,
    stdout,
    stderr,
  };
}

if (import.meta.main) {
  const argv = JSON.parse(process.argv[2] ?? "[]") as string[];
  process.stdout.write(`${JSON.stringify(await launch(argv))}\n`);
}
