import { expect, test } from "bun:test";
import { isRunning } from "@/base/process";
import { Logger } from "@/base/log";
import { LocalProcess } from "@/mcp/local-process";
import type { McpLocalConfig } from "@/schema/mcp";
import { readUntil } from "@test/cli/support";
import { local, scripted } from "@test/mcp/support";
import { tempTree } from "@test/support/temp";

const log = Logger.silent();

function start(config: McpLocalConfig, directory: string, env: Record<string, string> = {}) {
  return new LocalProcess({
    config,
    directory,
    env: { PATH: process.env["PATH"], ...env },
    log,
    onSaid: () => {},
  });
}

const printed = (child: LocalProcess) => new Response(child.output).text();

test("a program runs where it should, with few variables of ours and all of its own", async () => {
  await using temp = await tempTree({ "sub/": "" });
  const config = local(["sh", "-c", 'pwd; echo "$LC_ALL $SECRET $OWN"']);
  const child = start(
    { ...config, cwd: "sub", environment: { ...config.environment, OWN: "own" } },
    temp.path,
    { SECRET: "secret", LC_ALL: "C" },
  );
  expect(await printed(child)).toBe(`${temp.path}/sub\nC  own\n`);
  await child.end();
});

test("what cannot be started says which program", async () => {
  await using temp = await tempTree({});
  expect(() => start(local(["no-such-program-here"]), temp.path)).toThrow(
    "no-such-program-here was not found",
  );
  expect(() => start(local([]), temp.path)).toThrow("its command is empty");
  expect(() => start(local(["sh"], { cwd: `${temp.path}/gone` }), temp.path)).toThrow(
    `the directory ${temp.path}/gone does not exist`,
  );
});

test("the end of a program is told with the last words on stderr", async () => {
  await using temp = await tempTree({});
  const child = start(
    local(["sh", "-c", "echo first >&2; echo last words >&2; exit 4"]),
    temp.path,
  );
  await child.exited;
  await child.end();
  expect(child.describeEnd()).toBe("its program exited with code 4: first\nlast words");
  expect(child.hasFailed).toBe(true);
});

test("a program that leaves when its input ends is not signalled", async () => {
  await using temp = await tempTree({});
  const script = "trap 'echo signalled; exit 1' TERM; echo ready; read -r line; echo left";
  const child = start(local(["sh", "-c", script]), temp.path);
  expect(await readUntil(child.output, "ready")).toBe("ready\n");
  const rest = readUntil(child.output, "left");
  await child.end();
  expect(await rest).toBe("left\n");
  expect(child.hasFailed).toBe(false);
});

test("a program that ignores its end and SIGTERM is ended with what it started", async () => {
  await using temp = await tempTree({});
  const config = scripted({ isStubborn: true, hasChild: true });
  const child = start(config, temp.path);
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "pids" } };
  await child.write(`${JSON.stringify(call)}\n`);
  const answer = JSON.parse(await readUntil(child.output, "result"));
  const pids: number[] = JSON.parse(answer.result.content[0].text);
  expect(await Promise.all(pids.map(isRunning))).toEqual([true, true]);
  await child.end();
  expect(await Promise.all(pids.map(isRunning))).toEqual([false, false]);
});

test("a program that ended by itself takes what it left with it", async () => {
  await using temp = await tempTree({});
  const script = "trap '' TERM; sleep 600 >/dev/null 2>&1 & echo $!";
  const child = start(local(["sh", "-c", script]), temp.path);
  const left = Number(await printed(child));
  await child.exited;
  await child.end();
  expect(await isRunning(left)).toBe(false);
});
