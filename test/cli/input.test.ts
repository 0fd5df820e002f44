// Reading standard input with limits: by a process of its own, because a test has only one.
import { expect, test } from "bun:test";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "../..");

/** Reads with small limits and prints what it got. */
const PROGRAM = `
  import { systemClock } from "@/base/clock";
  import { readInput } from "@/cli/input";
  const limits = JSON.parse(process.env.LIMITS);
  const options = { clock: systemClock, maxBytes: 1000, ...limits };
  const got = await readInput(options).catch((error) => ({ error: error.message }));
  console.log(JSON.stringify(got));
  process.exit();
`;

const LIMITS = { firstByteMs: 20_000, idleMs: 20_000, totalMs: 20_000 };

/** `script` is what stands before the pipe. */
async function read(script: string, limits: Partial<typeof LIMITS> = {}): Promise<unknown> {
  const child = Bun.spawn(["sh", "-c", `(${script}) | "$0" -e "$1"`, process.execPath, PROGRAM], {
    cwd: ROOT,
    env: { ...process.env, LIMITS: JSON.stringify({ ...LIMITS, ...limits }) },
    stdout: "pipe",
  });
  const text = await child.stdout.text();
  await child.exited;
  return JSON.parse(text);
}

test.skipIf(process.platform === "win32")("what comes is read, within each limit", async () => {
  const drip = "while echo x 2>/dev/null; do sleep 0.01; done";
  const [whole, silent, stalled, endless, large] = await Promise.all([
    read("echo one; echo two"),
    read("sleep 1", { firstByteMs: 50 }),
    read("echo one; sleep 1", { idleMs: 50 }),
    read(drip, { totalMs: 200 }),
    read(`head -c 2000 /dev/zero`),
  ]);
  expect(whole).toEqual({ text: "one\ntwo\n", end: "complete" });
  expect(silent).toEqual({ text: "", end: "silent" });
  expect(stalled).toEqual({ text: "one\n", end: "stalled" });
  expect(endless).toEqual({ text: expect.stringMatching(/^(x\n)+$/), end: "stalled" });
  expect(large).toEqual({ error: expect.stringContaining("larger than") });
});
