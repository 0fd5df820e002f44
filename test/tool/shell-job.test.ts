// Commands that outlast their call: what they print is read bit by bit, their end is told, and they
// end with all their processes.
import { afterEach, expect, test } from "bun:test";
import { isRunning } from "@/base/process";
import { bashTool } from "@/tool/bash";
import type { JobWork, ToolJobs } from "@/tool/tool";
import { FakeClock } from "@test/support/clock";
import { type ToolBench, toolBench } from "@test/support/tool-context";

const works: JobWork[] = [];

/** Takes jobs as a session does, and `release` as a person's key. */
function jobs(room = true): ToolJobs & { release: () => void } {
  const releases: (() => void)[] = [];
  const unused = async () => expect.unreachable();
  return {
    assertRoom: () => {
      if (!room) throw new Error("no room");
    },
    hasRoom: room,
    add: (work) => void works.push(work),
    onRelease: (release) => {
      releases.push(release);
      return () => {};
    },
    list: () => [],
    read: unused,
    stop: unused,
    release: () => releases.forEach((release) => release()),
  };
}

afterEach(async () => {
  await Promise.all(works.splice(0).map((work) => work.stop()));
});

async function begin(bench: ToolBench, input: object, kept = jobs()) {
  const result = await bench.run(bashTool, input, { jobs: kept });
  return { result, work: works.at(-1) };
}

/** Begins it in the background; the call ends once it has printed what matches, or by itself. */
async function inBackground(bench: ToolBench, command: string, begun: RegExp) {
  const clock = new FakeClock();
  const report = ({ metadata }: { metadata?: Record<string, unknown> }) => {
    if (begun.test(String(metadata?.["output"]))) void clock.advance(1_000);
  };
  const host = { ...bench.context.host, clock };
  const input = { command, background: true };
  const result = await bench.run(bashTool, input, { jobs: jobs(), report, host });
  return { result, work: works.at(-1) };
}

const pidIn = (text: string) => Number(text.match(/\d+/)?.[0]);

test("a command in the background is a job; the call shows how it began", async () => {
  await using bench = await toolBench();
  const { result, work } = await inBackground(bench, "echo $$; exec sleep 300", /\d/);
  expect(result.output).toMatch(
    /^\d+\n\n\n<shell_metadata>\nIt goes on .* as shell_\w{6}; you are/,
  );
  expect(result.metadata).toMatchObject({ exit: null, job: work?.id });
  expect(work?.readNew()).toBe("");
  const pid = pidIn(result.output);
  expect(await isRunning(pid)).toBe(true);
  await work?.stop();
  expect(await isRunning(pid)).toBe(false);
  expect(await work?.ended).toEqual({ status: "stopped", text: "" });
});

test("one that ends at once is no job, and its failure is the result", async () => {
  await using bench = await toolBench();
  const { result, work } = await inBackground(bench, "no-such-program", /never/);
  expect(work).toBeUndefined();
  expect(result.metadata).toMatchObject({ exit: 127 });
});

test("what is new is read once; its end says how it ended", async () => {
  await using bench = await toolBench({ go: "" });
  const command = "echo one; until [ -e end ]; do sleep 0.02; done; echo two; exit 3";
  const { work } = await inBackground(bench, command, /one/);
  expect(work?.readNew()).toBe("");
  await Bun.write(`${bench.directory}/end`, "");
  expect(await work?.ended).toEqual({ status: "failed", text: "(Exit code 3)" });
  expect(work?.readNew()).toBe("two\n");
  expect(work?.readNew()).toBe("");
  expect(work?.tail()).toBe("one\ntwo\n");
});

test("long new output is cut, and where all of it is is said", async () => {
  await using bench = await toolBench();
  const command = "echo one; until [ -e end ]; do sleep 0.02; done; seq 1 60000";
  const { work } = await inBackground(bench, command, /one/);
  await Bun.write(`${bench.directory}/end`, "");
  await work?.ended;
  const text = work?.readNew() ?? "";
  expect(text).toMatch(/^\(\d+ characters left out; all of it is in .*tool_\w+\)\n/);
  expect(text).toEndWith("59999\n60000\n");
  expect(text.length).toBeLessThan(8_300);
});

test("a command without a limit of its own goes on when the person lets it", async () => {
  await using bench = await toolBench();
  const kept = jobs();
  const reported = Promise.withResolvers<void>();
  const report = ({ metadata }: { metadata?: Record<string, unknown> }) => {
    if (String(metadata?.["output"]).includes("ready")) reported.resolve();
  };
  const running = bench.run(
    bashTool,
    { command: "echo ready; exec sleep 300" },
    { jobs: kept, report },
  );
  await reported.promise;
  kept.release();
  expect((await running).output).toContain("ready\n\n\n<shell_metadata>\nIt goes on");
  expect(works).toHaveLength(1);
});

test("a limit that is given ends it", async () => {
  await using bench = await toolBench();
  const { result, work } = await begin(bench, { command: "sleep 300", timeout: 100 });
  expect(work).toBeUndefined();
  expect(result.output).toContain("ended after its timeout");
});

test("what the shell left running is a quiet job, and goes on being read", async () => {
  await using bench = await toolBench();
  const command = "(until [ -e end ]; do sleep 0.02; done; echo late) & echo $!";
  const { result, work } = await begin(bench, { command });
  expect(result.output).toContain(`Still running in the background (${work?.id}):`);
  expect(result.metadata).toMatchObject({ exit: 0 });
  expect(work?.isQuiet).toBe(true);
  await Bun.write(`${bench.directory}/end`, "");
  await work?.ended;
  expect(work?.readNew()).toBe("late\n");
  expect(await isRunning(pidIn(result.output))).toBe(false);
});

test("without room what is left running is told, and kept by nobody", async () => {
  await using bench = await toolBench({ job: ": > up; read line < hold" });
  const untilUp = "until [ -e up ]; do sleep 0.01; done";
  const command = `mkfifo hold; sh ./job & ${untilUp}; echo $!`;
  const { result, work } = await begin(bench, { command }, jobs(false));
  expect(work).toBeUndefined();
  expect(result.output).toMatch(/Still running in the background:\n\d+ sh \.\/job/);
  process.kill(pidIn(result.output), "SIGKILL");
});

test("no room for jobs is said before anything runs", async () => {
  await using bench = await toolBench();
  const kept = jobs(false);
  const input = { command: "touch here", background: true };
  expect(await bench.failure(bashTool, input, { jobs: kept })).toBe("no room");
});
