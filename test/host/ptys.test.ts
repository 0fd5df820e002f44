import { afterEach, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Bus } from "@/base/bus";
import { systemClock } from "@/base/clock";
import { IDs } from "@/base/id";
import { Logger } from "@/base/log";
import { isRunning } from "@/base/process";
import type { PtyTerminal } from "@/host/pty-terminal";
import { Ptys } from "@/host/ptys";
import type { BusEvent } from "@/schema/event";
import { tempDirectory, type TempDirectory } from "@test/support/temp";

const open: { ptys: Ptys; home: TempDirectory }[] = [];

afterEach(async () => {
  for (const { ptys, home } of open.splice(0)) {
    await ptys.close();
    await home[Symbol.asyncDispose]();
  }
});

async function setUp(env: Record<string, string> = {}) {
  const home = await tempDirectory();
  const ids = new IDs(systemClock);
  const bus = new Bus<BusEvent>(Logger.silent());
  const events: BusEvent[] = [];
  bus.subscribe((event) => events.push(event));
  const ptys = new Ptys({
    directory: home.path,
    env: { PATH: process.env["PATH"], ...env },
    ids,
    publish: (type, properties) => {
      bus.publish({ id: ids.create("evt"), type, properties } as BusEvent);
    },
    shell: () => Promise.resolve("/bin/sh"),
  });
  open.push({ ptys, home });
  return { ptys, bus, events, directory: home.path };
}

/** Resolves once the terminal has printed what matches. */
function printed(terminal: PtyTerminal, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const look = () => {
      const text = terminal.output.read(0, Number.POSITIVE_INFINITY);
      if (!pattern.test(text)) return;
      stop();
      resolve(text);
    };
    const stop = terminal.watch({ onOutput: look, onEnd: () => {} });
    look();
  });
}

test("a shell has a terminal: it echoes, knows its size and its directory", async () => {
  const { ptys, directory } = await setUp({ PS1: "> " });
  const info = await ptys.create({});
  expect(info).toMatchObject({
    command: "/bin/sh",
    args: ["-l"],
    title: "sh",
    cwd: directory,
    status: "running",
  });
  const terminal = ptys.terminal(info.id);
  ptys.update(info.id, { size: { rows: 30, cols: 90 } });
  terminal.write("tty; stty size; pwd; echo $TERM:$OPENCODE\n");
  const text = await printed(terminal, /256color:1/);
  expect(text).toContain("/dev/pts/");
  expect(text).toContain("30 90");
  expect(text).toContain(directory);
});

test("a program gets its arguments, environment and directory", async () => {
  const { ptys, directory } = await setUp();
  await mkdir(join(directory, "below"));
  const input = {
    command: "sh",
    args: ["-c", 'echo "$0 $NAME $PWD"; read line', "first"],
    cwd: "below",
    env: { NAME: "second" },
    title: "mine",
  };
  const info = await ptys.create(input);
  expect(info).toMatchObject({ title: "mine", args: input.args, cwd: join(directory, "below") });
  const text = await printed(ptys.terminal(info.id), /below/);
  expect(text).toContain(`first second ${directory}/below`);
  expect(ptys.list()).toEqual([info]);
});

test("a program's end is told with its code, and then it is gone", async () => {
  const { ptys, bus, events } = await setUp();
  const deleted = new Promise<void>((resolve) => {
    bus.subscribe(({ type }) => void (type === "pty.deleted" && resolve()));
  });
  const { id } = await ptys.create({ command: "sh", args: ["-c", "echo bye; exit 3"] });
  const terminal = ptys.terminal(id);
  await deleted;
  expect(events.map(({ type }) => type)).toEqual(["pty.created", "pty.exited", "pty.deleted"]);
  expect(events[1]?.properties).toEqual({ id, exitCode: 3 });
  expect(terminal.output.read(0, 100)).toBe("bye\r\n");
  expect(() => ptys.get(id)).toThrow("not found");
  expect(ptys.list()).toEqual([]);
});

test("a program that a signal has ended has the code that shells give it", async () => {
  const { ptys } = await setUp();
  const { id } = await ptys.create({ command: "sh", args: ["-c", "kill -9 $$"] });
  expect(await ptys.terminal(id).exited).toBe(137);
});

test("removing ends whatever was started, also what left the terminal", async () => {
  const { ptys, events } = await setUp();
  const script = "sleep 1000 & setsid sleep 1001 & nohup sleep 1002 & echo pids $! $$; wait";
  const { id, pid } = await ptys.create({ command: "sh", args: ["-c", script] });
  const text = await printed(ptys.terminal(id), /pids \d+ \d+\r/);
  const [, child] = /pids (\d+)/.exec(text) ?? [];
  expect(await isRunning(Number(child))).toBe(true);
  await ptys.remove(id);
  expect(await isRunning(Number(child))).toBe(false);
  expect(await isRunning(pid)).toBe(false);
  expect(events.at(-1)).toMatchObject({ type: "pty.deleted", properties: { id } });
  expect(events.map(({ type }) => type)).not.toContain("pty.exited");
});

test("an interactive shell that ends leaves no background job behind", async () => {
  const { ptys, bus } = await setUp();
  const deleted = new Promise<void>((resolve) => {
    bus.subscribe(({ type }) => void (type === "pty.deleted" && resolve()));
  });
  const { id } = await ptys.create({});
  const terminal = ptys.terminal(id);
  terminal.write("sleep 1003 & echo job $!\n");
  const text = await printed(terminal, /job \d+\r/);
  terminal.write("exit\n");
  await deleted;
  expect(await isRunning(Number(/job (\d+)/.exec(text)?.[1]))).toBe(false);
});

test("who watches hears the end, also when it was before", async () => {
  const { ptys } = await setUp();
  const { id } = await ptys.create({ command: "cat", args: [] });
  const terminal = ptys.terminal(id);
  const ends: string[] = [];
  terminal.watch({ onOutput: () => {}, onEnd: () => ends.push("first") });
  await ptys.remove(id);
  terminal.watch({ onOutput: () => {}, onEnd: () => ends.push("second") });
  expect(ends).toEqual(["first", "second"]);
});

test("input is bounded for a program that does not read", async () => {
  const { ptys } = await setUp();
  const script = "stty raw -echo; echo ready; sleep 1000";
  const { id } = await ptys.create({ command: "sh", args: ["-c", script] });
  const terminal = ptys.terminal(id);
  await printed(terminal, /ready/);
  const block = "x".repeat(300_000);
  expect([1, 2, 3, 4].map(() => terminal.write(block))).toEqual([true, true, true, false]);
});

test("output is bounded, whatever is printed", async () => {
  const { ptys } = await setUp();
  const script = "yes 'a line of some length' | head -c 5000000; echo; echo done; read line";
  const { id } = await ptys.create({ command: "sh", args: ["-c", script] });
  const terminal = ptys.terminal(id);
  const text = await printed(terminal, /\ndone/);
  expect(text.length).toBeLessThanOrEqual(1024 * 1024);
  expect(terminal.output.end).toBeGreaterThan(5_000_000);
});

test("what cannot be is refused, and nothing is told", async () => {
  const { ptys, events } = await setUp();
  const failures = [
    [{ cwd: "nowhere" }, "invalid"],
    [{ command: "no-such-program" }, "unavailable"],
    [{ title: "x".repeat(2_000) }, "invalid"],
  ] as const;
  for (const [input, kind] of failures) {
    await expect(ptys.create(input)).rejects.toMatchObject({ kind });
  }
  expect(events).toEqual([]);
  await expect(ptys.remove("pty_none")).rejects.toMatchObject({ kind: "not-found" });
  const { id } = await ptys.create({ command: "cat" });
  expect(() => ptys.update(id, { size: { rows: 1, cols: 100_000 } })).toThrow("size.cols");
  expect(ptys.update(id, { title: "other" })).toMatchObject({ title: "other" });
});

test("there is a limit to terminals, and none after the close", async () => {
  const { ptys } = await setUp();
  await Promise.all(Array.from({ length: 50 }, () => ptys.create({ command: "cat" })));
  await expect(ptys.create({ command: "cat" })).rejects.toMatchObject({ kind: "limit" });
  const pids = ptys.list().map(({ pid }) => pid);
  await ptys.close();
  const running = await Promise.all(pids.map(isRunning));
  expect(running).not.toContain(true);
  await expect(ptys.create({ command: "cat" })).rejects.toMatchObject({ kind: "limit" });
});

test("installed shells are listed once each", async () => {
  const { ptys } = await setUp();
  const shells = await ptys.shells();
  expect(shells.find(({ name }) => name === "sh")).toMatchObject({ acceptable: true });
  const paths = shells.map(({ path }) => path);
  expect(paths).toEqual([...new Set(paths)]);
});
