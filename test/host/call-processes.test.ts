// Finding and ending the processes of one call.
import { expect, test } from "bun:test";
import { readEnv } from "@/base/env";
import { isRunning } from "@/base/process";
import { CALL_VARIABLE, CallProcesses, listCalls, OWNER_VARIABLE } from "@/host/call-processes";

/** A shell in a group of its own, once it has printed `lines` lines. */
async function start(mark: string, script: string, lines: number) {
  const child = Bun.spawn(["sh", "-c", script], {
    env: { ...readEnv(), [CALL_VARIABLE]: mark },
    stdin: "ignore",
    stdout: "pipe",
    detached: true,
  });
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true });
    if (text.split("\n").length > lines) break;
  }
  const pids = text.trim().split("\n").map(Number);
  return { child, pids, processes: new CallProcesses(child.pid, mark) };
}

test("lists children, and those that have left group and parent", async () => {
  const script =
    "sleep 300 & echo $!; (setsid sh -c 'echo $$; while :; do sleep 300; done' &); wait";
  const { child, pids, processes } = await start("tool_list", script, 2);
  const listed = (await processes.list()).map((each) => each.pid);
  expect(listed).toEqual(expect.arrayContaining([child.pid, ...pids]));
  expect(listed).not.toContain(process.pid);
  await processes.end(1_000);
  await child.exited;
  expect(await processes.list()).toEqual([]);
  for (const pid of pids) expect(await isRunning(pid)).toBe(false);
});

test("kills what ignores the first signal, also when it is stopped", async () => {
  const script = `trap "" TERM; echo $$; kill -STOP $$; while :; do sleep 0.05; done`;
  const { child, processes } = await start("tool_kill", script, 1);
  await processes.end(100);
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
});

test("leaves alone what belongs to another call", async () => {
  const mine = await start("tool_mine", "echo $$; exec sleep 300", 1);
  const other = await start("tool_other", "echo $$; exec sleep 300", 1);
  await mine.processes.end(1_000);
  await mine.child.exited;
  expect(await isRunning(other.child.pid)).toBe(true);
  await other.processes.end(1_000);
  await other.child.exited;
});

test("what the calls of this process started is listed, also what has left it", async () => {
  const script = "(setsid sh -c 'echo $$; while :; do sleep 300; done' &)";
  const startOwned = (owner: number) =>
    start("tool_owned", `export ${OWNER_VARIABLE}=${owner}; ${script}`, 1);
  const mine = await startOwned(process.pid);
  const other = await startOwned(1);
  const listed = await listCalls();
  expect(listed).toEqual(expect.arrayContaining(mine.pids));
  expect(listed).not.toEqual(expect.arrayContaining(other.pids));
  expect(listed).not.toContain(process.pid);
  await Promise.all([mine.processes.end(1_000), other.processes.end(1_000)]);
  expect(await listCalls()).toEqual([]);
});
