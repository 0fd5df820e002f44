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

const LIMITS = { firstByteMs: 100_000, idleMs: 100_000, totalMs: 100_000 };

type Limits = Partial<typeof LIMITS>;

const start = (argv: readonly string[], limits: Limits) =>
  Bun.spawn([...argv, process.execPath, "-e", PROGRAM], {
    cwd: ROOT,
    env: { ...process.env, LIMITS: JSON.stringify({ ...LIMITS, ...limits }) },
    stdin: "pipe",
    stdout: "pipe",
  });

/** `script` is what stands before the pipe. */
async function read(script: string, limits: Limits = {}): Promise<unknown> {
  const child = start(["sh", "-c", `(${script}) | "$@"`, "sh"], limits);
  return JSON.parse(await child.stdout.text());
}

/** The text comes through a pipe that stays open. */
async function readOpen(text: string, limits: Limits): Promise<unknown> {
  const child = start([], limits);
  await child.stdin.write(text);
  await child.stdin.flush();
  const said = await child.stdout.text();
  await child.stdin.end();
  return JSON.parse(said);
}

test.skipIf(process.platform === "win32")("what comes is read, within each limit", async () => {
  const drip = "while echo x 2>/dev/null; do sleep 0.01; done";
  const [whole, silent, stalled, endless, large] = await Promise.all([
    read("echo one; echo two"),
    readOpen("", { firstByteMs: 50 }),
    readOpen("one\n", { idleMs: 50 }),
    read(drip, { totalMs: 1_000 }),
    read(`head -c 2000 /dev/zero`),
  ]);
  expect(whole).toEqual({ text: "one\ntwo\n", end: "complete" });
  expect(silent).toEqual({ text: "", end: "silent" });
  expect(stalled).toEqual({ text: "one\n", end: "stalled" });
  expect(endless).toEqual({ text: expect.stringMatching(/^(x\n)+$/), end: "stalled" });
  expect(large).toEqual({ error: expect.stringContaining("larger than") });
});
