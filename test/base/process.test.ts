// Child processes end as a whole, and a process is told from a later one with its id.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { readTextIfExists } from "@/base/file";
import { isRunning, isSameProcess, processIdentity, runProcess } from "@/base/process";
import { tempDirectory } from "@test/support/temp";

const cwd = "/";

test("gives exit code and both outputs; a failing program is a result", async () => {
  const result = await runProcess(["sh", "-c", "echo out; echo err >&2; exit 3"], { cwd });
  expect(result).toEqual({
    exitCode: 3,
    stdout: "out\n",
    stderr: "err\n",
    truncated: false,
    timedOut: false,
    aborted: false,
  });
});

test("standard input is what was given, or empty", async () => {
  expect((await runProcess(["cat"], { cwd, stdin: "hello" })).stdout).toBe("hello");
  expect((await runProcess(["cat"], { cwd })).stdout).toBe("");
});

test("a missing program is an error that names it", async () => {
  expect(runProcess(["no-such-program"], { cwd })).rejects.toThrow("no-such-program");
});

test("output beyond the limit is dropped, and said so", async () => {
  const result = await runProcess(["sh", "-c", "yes | head -c 100000"], { cwd, maxBytes: 10 });
  expect([result.stdout.length, result.truncated, result.exitCode]).toEqual([10, true, 0]);
});

test("an abort ends the whole tree, those that left the group too", async () => {
  await using temp = await tempDirectory();
  const controller = new AbortController();
  const script = "trap '' TERM; setsid sleep 1000 & echo $! > pid; mv pid ready; sleep 1000";
  const { signal } = controller;
  const child = runProcess(["bash", "-c", script], { cwd: temp.path, signal });
  const left = Number(await untilText(join(temp.path, "ready")));
  expect(await isRunning(left)).toBe(true);
  controller.abort();
  expect((await child).aborted).toBe(true);
  expect(await isRunning(left)).toBe(false);
}, 180_000);

test("a process is the same only with the same start time", () => {
  const own = processIdentity(process.pid);
  if (!own) throw new Error("this process has no identity");
  expect(isSameProcess(own)).toBe(true);
  expect(isSameProcess({ ...own, startedAt: `${own.startedAt}0` })).toBe(false);
  expect(processIdentity(2 ** 22 + 1)).toBeUndefined();
});

async function untilText(path: string): Promise<string> {
  for (;;) {
    const text = await readTextIfExists(path);
    if (text !== undefined) return text;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
