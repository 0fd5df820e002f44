// Running command lines in a real shell: what is printed, how it ends, and what is left behind.
import { afterEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "@/base/clock";
import { readEnv } from "@/base/env";
import { isRunning } from "@/base/process";
import { type RunOptions, type RunResult, runShell } from "@/host/shell";
import { FakeClock } from "@test/support/clock";
import { tempDirectory, tempTree } from "@test/support/temp";

const leftovers: number[] = [];

async function run(command: string, overrides: Partial<RunOptions> = {}): Promise<RunResult> {
  const result = await runShell(command, {
    shell: "bash",
    cwd: "/",
    env: readEnv(),
    signal: new AbortController().signal,
    timeoutMs: 100_000,
    spillDirectory: "/nonexistent/spill",
    clock: systemClock,
    ...overrides,
  });
  leftovers.push(...result.survivors.map((survivor) => survivor.pid));
  return result;
}

/** An abort signal that fires when the command has printed as many whole lines. */
function abortAt(lines: number): Pick<RunOptions, "signal" | "onOutput"> {
  const controller = new AbortController();
  const onOutput = (tail: string) => {
    if (tail.split("\n").length > lines) controller.abort();
  };
  return { signal: controller.signal, onOutput };
}

async function untilGone(pid: number): Promise<void> {
  while (await isRunning(pid));
}

afterEach(async () => {
  for (const pid of leftovers.splice(0)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      continue; // it has ended already
    }
    await untilGone(pid);
  }
});

test("gives both streams in the order they were written, and the exit code", async () => {
  const result = await run("echo one; echo two >&2; echo three; exit 3");
  expect(result).toMatchObject({
    output: "one\ntwo\nthree\n",
    exitCode: 3,
    truncated: false,
    timedOut: false,
    aborted: false,
    survivors: [],
  });
});

test("runs in the directory with nothing on standard input and marks the environment", async () => {
  await using directory = await tempDirectory();
  const result = await run("pwd; cat; echo $OPENCODE $AGENT $OPENCODE_PID $SECRET", {
    cwd: directory.path,
    env: { PATH: readEnv()["PATH"], SECRET: "given" },
  });
  expect(result.output).toBe(`${directory.path}\n1 1 ${process.pid} given\n`);
});

test("has no terminal to ask a person on", async () => {
  expect((await run("echo x > /dev/tty")).exitCode).not.toBe(0);
});

test("a shell that a signal has ended has no exit code", async () => {
  expect(await run("kill -9 $$")).toMatchObject({ exitCode: null, endedBy: "SIGKILL" });
});

for (const [what, command] of [
  ["a background job that holds the pipe", "sh ./job &"],
  ["a job in a session of its own", "setsid sh ./job &"],
  ["a job that has let go of the pipe", "nohup sh ./job >/dev/null 2>&1 &"],
  ["a daemon that has forked twice", "(setsid sh -c 'sh ./job & exit' &)"],
  ["a job that keeps printing", "(exec sh ./job) & (while sleep 0.02; do echo y; done) &"],
] as const) {
  test(`does not wait for ${what}, and reports it`, async () => {
    // One process that says when it is what it will be, and then waits for ever.
    await using directory = await tempTree({ job: ": > up; read line < hold" });
    const began = performance.now();
    const untilUp = "until [ -e up ]; do sleep 0.01; done";
    const line = `mkfifo hold; ${command}\n${untilUp}; echo done`;
    const result = await run(line, { cwd: directory.path });
    const tookMs = performance.now() - began;
    expect(result.output).toContain("done\n");
    expect(result.exitCode).toBe(0);
    const job = result.survivors.find((survivor) => survivor.command === "sh ./job");
    expect(job && (await isRunning(job.pid))).toBe(true);
    // The promise is 500 ms; the rest is for a machine that has other things to do.
    expect(tookMs).toBeLessThan(50_000);
  });
}

test("what has ended with the shell is no survivor", async () => {
  // The orphan holds the pipe until it ends.
  const orphan = "(sleep 0.01 &) | cat";
  const { survivors } = await run(`sleep 0.01 & ${orphan}; seq 1000 | tail -1; wait`);
  expect(survivors).toEqual([]);
});

test("a timeout ends the whole tree", async () => {
  const command = "sleep 300 & setsid sleep 301 & echo $! ; sleep 302";
  const clock = new FakeClock();
  const onOutput = () => void clock.advance(300);
  const result = await run(command, { timeoutMs: 300, clock, onOutput });
  expect(result).toMatchObject({ timedOut: true, aborted: false, exitCode: null, survivors: [] });
  await result.settled;
  const setsid = Number(result.output.trim());
  expect(setsid).toBeGreaterThan(0);
  expect(await isRunning(setsid)).toBe(false);
});

test("an abort ends fifty processes that left the group", async () => {
  const command =
    "for i in $(seq 50); do setsid sh -c 'echo $$; while :; do sleep 300; done' & done; wait";
  const result = await run(command, abortAt(50));
  expect(result.aborted).toBe(true);
  await result.settled;
  const pids = result.output
    .split("\n")
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
  expect(pids.length).toBe(50);
  for (const pid of pids) expect(await isRunning(pid)).toBe(false);
});

test("an abort answers at once though a process ignores it, and kills that one later", async () => {
  const command = `trap "" TERM; echo $$; while :; do sleep 0.05; done`;
  const result = await run(command, abortAt(1));
  let isSettled = false;
  const settled = result.settled.then(() => (isSettled = true));
  await Promise.resolve();
  expect(isSettled).toBe(false);
  expect(result).toMatchObject({ aborted: true, exitCode: null });
  const pid = Number(result.output.split("\n")[0]);
  await settled;
  expect(await isRunning(pid)).toBe(false);
}, 180_000);

test("nothing is run once the signal has fired", async () => {
  await using directory = await tempDirectory();
  const result = await run("touch here", { cwd: directory.path, signal: AbortSignal.abort() });
  expect(result.aborted).toBe(true);
  expect(await readdir(directory.path)).toEqual([]);
});

test("long output keeps its end; all of it is in a file", async () => {
  await using directory = await tempDirectory();
  const result = await run("seq 100000", { spillDirectory: directory.path });
  expect(result.truncated).toBe(true);
  expect(result.output).toEndWith("100000\n");
  expect(result.output.split("\n").length).toBeLessThanOrEqual(2_001);
  const whole = await readFile(result.spillPath ?? "", "utf8");
  expect(whole.split("\n").length).toBe(100_001);
  expect(result.spillPath).toStartWith(join(directory.path, "tool_"));
});

test("endless output costs no memory", async () => {
  await using directory = await tempDirectory();
  const before = process.memoryUsage().rss;
  const result = await run("yes | head -c 200000000", {
    spillDirectory: directory.path,
    spillMaxBytes: 1_000_000,
    timeoutMs: 150_000,
  });
  expect(result.spillIncomplete).toBeString();
  expect(result.output.length).toBeLessThanOrEqual(51_200);
  expect(process.memoryUsage().rss - before).toBeLessThan(120_000_000);
}, 180_000);

test("the tail is told while it runs, not more often than wanted, and at the end", async () => {
  await using directory = await tempDirectory();
  const clock = new FakeClock();
  const tails: string[] = [];
  const onOutput = (tail: string) => {
    tails.push(tail);
    writeFileSync(join(directory.path, "told"), "");
  };
  const command = "echo a; until [ -e told ]; do sleep 0.01; done; echo b; sleep 0.05; echo c";
  await run(command, { cwd: directory.path, clock, onOutput });
  // The clock stands still: the first at once, the rest together at the end.
  expect(tails).toEqual(["a\n", "a\nb\nc\n"]);
  expect(clock.pending).toBe(0);
});

test("a missing shell or directory is named", async () => {
  expect(run("ls", { shell: "no-such-shell" })).rejects.toThrow("no-such-shell");
  expect(run("ls", { cwd: "/no/such/place" })).rejects.toThrow("/no/such/place");
});
