import { expect, test } from "bun:test";
import { treeUsage } from "./usage";

/** Works for a while in a child that it collects, then itself, then waits to be ended. */
const BUSY = `
  const work = \`
    const end = process.cpuUsage().user + 60_000;
    while (process.cpuUsage().user < end) for (let i = 0; i < 1e6; i++) Math.sqrt(i);
  \`;
  Bun.spawnSync([process.execPath, "-e", work]);
  new Function(work)();
  process.stdout.write("done");
  for await (const _ of process.stdin);
`;

test.skipIf(process.platform !== "linux")(
  "the use of a process has its own work, that of collected children, and its memory",
  async () => {
    const child = Bun.spawn([process.execPath, "-e", BUSY], { stdin: "pipe", stdout: "pipe" });
    const { value } = await child.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("done");
    const usage = await treeUsage(child.pid);
    await child.stdin.end();
    await child.exited;
    // Two times 60 ms, and ticks of 10 ms that are rounded down.
    expect(usage.cpuMs).toBeGreaterThan(100);
    expect(usage.rssBytes).toBeGreaterThan(5_000_000);
    expect(usage.peakBytes).toBeGreaterThanOrEqual(usage.rssBytes);
  },
);

test.skipIf(process.platform !== "linux")("a process that is gone has used nothing", async () => {
  const child = Bun.spawn(["true"]);
  await child.exited;
  expect(await treeUsage(child.pid)).toEqual({ cpuMs: 0, rssBytes: 0, peakBytes: 0 });
});
