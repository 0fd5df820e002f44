// No connection leaves the machine but to the provider that was configured: watched by the system,
// on the executable. Skipped where strace is missing or may not trace.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome } from "@test/support/executable-home";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import { tempDirectory } from "@test/support/temp";

setDefaultTimeout(180_000);

const canTrace =
  Bun.which("strace") !== null && Bun.spawnSync(["strace", "-o", "/dev/null", "true"]).success;

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

/** Runs the executable under strace and gives the hosts that it and its children connected to. */
async function hostsOf(home: ExecutableHome, args: readonly string[]) {
  await using directory = await tempDirectory();
  const log = join(directory.path, "strace.txt");
  const calls = "--trace=connect,sendto,sendmsg,sendmmsg";
  const launcher = ["strace", "--follow-forks", calls, "--string-limit=200", "--output", log];
  const ended = await home.run(args, { env: { PATH: process.env["PATH"] ?? "" } }, launcher);
  const text = await readFile(log, "utf8");
  const hosts = [...text.matchAll(/inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)"/g)];
  return { ...ended, hosts: new Set(hosts.map(([, four, six]) => four ?? six ?? "")) };
}

test.skipIf(!canTrace)("run speaks with its provider and nobody else", async () => {
  const turns = [
    { calls: [{ tool: "grep", input: { pattern: "hello" } }] },
    {
      calls: [{ tool: "edit", input: { filePath: "a.txt", oldString: "hello", newString: "hi" } }],
    },
    { calls: [{ tool: "bash", input: { command: "git status", description: "Shows" } }] },
    { text: "done" },
  ];
  await using model = scriptedModel({ turns });
  const files = { "a.txt": "hello\n", "AGENTS.md": "Be kind.\n" };
  await using home = await ExecutableHome.open(executable.path, { config: model.config(), files });
  const { exitCode, hosts } = await hostsOf(home, ["run", "go"]);
  expect(exitCode).toBe(0);
  expect([...hosts]).toEqual(["127.0.0.1"]);
});

test.skipIf(!canTrace)("without a model only this machine is asked for one", async () => {
  await using home = await ExecutableHome.open(executable.path);
  const { hosts } = await hostsOf(home, ["run", "go"]);
  expect([...hosts].filter((host) => host !== "127.0.0.1" && host !== "::1")).toEqual([]);
});

test.skipIf(!canTrace)("nothing else connects at all", async () => {
  await using model = scriptedModel({});
  await using home = await ExecutableHome.open(executable.path, { config: model.config() });
  for (const args of [["models"], ["session", "list"], ["stats"], ["debug", "config"]]) {
    const { exitCode, hosts } = await hostsOf(home, args);
    expect({ args, exitCode, hosts: [...hosts] }).toEqual({ args, exitCode: 0, hosts: [] });
  }
});
