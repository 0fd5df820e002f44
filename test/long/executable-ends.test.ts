// The executable always ends, whatever its standard input is, whatever the provider does, and with
// everything that it has started when a signal ends it.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { endOf, ExecutableHome } from "@test/support/executable-home";
import { type ScriptedModel, scriptedModel } from "@test/support/scripted-model/scripted-model";
import type { Fault } from "@test/support/scripted-model/turn";

setDefaultTimeout(180_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

const openHome = (model: ScriptedModel, config: Record<string, unknown> = {}) => {
  return ExecutableHome.open(executable.path, { config: { ...model.config(), ...config } });
};
const answering = () => scriptedModel({ order: "conversation", turns: [{ text: "ok" }] });

/** Runs the words that follow with another standard input or output. */
const shell = (script: string) => ["/bin/sh", "-c", script, "sh"];

describe("whatever standard input is", () => {
  test.each([
    ["a closed one", 'exec "$@" <&-'],
    ["the null device", 'exec "$@" </dev/null'],
    ["an empty pipe", 'printf "" | "$@"'],
    ["a named pipe that nobody writes to", 'mkfifo pipe; exec "$@" <>pipe'],
    [
      "a pipe whose writer goes on living",
      '(sleep 300 & echo $! >&3) 3>pid | "$@"; kill $(cat pid)',
    ],
    ["one that can only be written, as nohup makes it", 'exec "$@" 0>/dev/null'],
  ])("%s", async (_, script) => {
    await using model = answering();
    await using home = await openHome(model);
    const ended = await home.run(["run", "say"], { env: everything() }, shell(script));
    expect(ended).toMatchObject({ exitCode: 0, stdout: "ok\n" });
    expect(await home.leftRunning()).toEqual([]);
  });

  test.each([
    ["a directory", 'exec "$@" <.', "directory"],
    ["one without end", 'exec "$@" </dev/zero', "larger than"],
  ])("%s is refused, saying why", async (_, script, words) => {
    await using model = answering();
    await using home = await openHome(model);
    const ended = await home.run(["run", "say"], { env: everything() }, shell(script));
    expect(ended).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringContaining(words),
    });
    expect(model.requests).toEqual([]);
  });

  test("a pipe that is open and silent", async () => {
    await using model = answering();
    await using home = await openHome(model);
    const child = Bun.spawn([executable.path, "run", "say"], {
      cwd: home.project,
      env: home.env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const [stdout, exitCode] = await Promise.all([child.stdout.text(), child.exited]);
    expect({ stdout, exitCode }).toEqual({ stdout: "ok\n", exitCode: 0 });
  });

  test.skipIf(!Bun.which("script"))("a terminal", async () => {
    await using model = answering();
    await using home = await openHome(model);
    const command = `'${executable.path}' run say`;
    const child = Bun.spawn(["script", "--quiet", "--return", "--command", command, "/dev/null"], {
      cwd: home.project,
      env: { ...home.env, ...everything(), TERM: "xterm" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const [stdout, exitCode] = await Promise.all([child.stdout.text(), child.exited]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("ok\r\n");
  });
});

test("a reader of its output who has left ends it", async () => {
  await using model = scriptedModel({ turns: [{ text: "first" }, { fault: "hang-headers" }] });
  await using home = await openHome(model);
  const script = '"$@" | head -c 1; echo; true';
  const args = ["run", "--format", "json", "say"];
  const { exitCode } = await home.run(args, { env: everything() }, shell(script));
  expect(exitCode).toBe(0);
  expect(await home.leftRunning()).toEqual([]);
});

/** Each is tried five times, with about half a minute of waiting between in all. */
describe.concurrent("whatever the provider does, within its time limits", () => {
  test.each<[Fault, string]>([
    ["hang-headers", "headerTimeout"],
    ["hang-body", "chunkTimeout"],
    ["hang-mid", "chunkTimeout"],
    ["keepalive-only", "chunkTimeout"],
  ])(
    "%s",
    async (fault, option) => {
      await using model = scriptedModel({
        order: "conversation",
        turns: [{ text: ["some ", "words ", "and ", "some ", "more"], fault }],
        providerOptions: { headerTimeout: 5_000, chunkTimeout: 5_000 },
      });
      await using home = await openHome(model);
      const { exitCode, stderr } = await home.run(["run", "say"]);
      expect(exitCode).toBe(4);
      expect(stderr).toContain(`provider.scripted.options.${option}`);
      expect(model.requests).toHaveLength(5);
      expect(await home.leftRunning()).toEqual([]);
    },
    900_000,
  );
});

const SIGNALS = [
  { signal: "SIGINT", code: 130 },
  { signal: "SIGTERM", code: 143 },
  { signal: "SIGHUP", code: 129 },
] as const;

/** Children in the group, in a session of their own, deaf to SIGTERM, and left by their parents. */
const TREE = [
  "trap '' TERM INT HUP",
  "sleep 301 &",
  "setsid sleep 302 &",
  "(nohup sleep 303 >/dev/null 2>&1 &)",
  "setsid sh -c 'trap \"\" TERM; sleep 304 & sleep 305' &",
  "echo running > started",
  "wait; sleep 306",
].join("\n");

/** Starts the tree by way of the bash tool and waits until it runs. */
async function withTree<T>(start: (home: ExecutableHome) => Promise<T>, work: Work<T>) {
  const call = { tool: "bash", input: { command: TREE, description: "Starts a tree" } };
  await using model = scriptedModel({ turns: [{ calls: [call] }, { text: "never said" }] });
  await using home = await openHome(model);
  await Bun.spawn(["mkfifo", join(home.project, "started")]).exited;
  // Whoever opens a named pipe waits for the other side: its text says that the tree stands.
  const reader = Bun.spawn(["cat", join(home.project, "started")], { stdout: "pipe" });
  const started = await start(home);
  expect(await reader.stdout.text()).toBe("running\n");
  // One that is just turning into another program is not seen for a moment.
  while ((await home.processes()).length <= 5);
  await work(home, started);
  expect(await home.leftRunning()).toEqual([]);
}

type Work<T> = (home: ExecutableHome, started: T) => Promise<void>;

describe("with everything it has started", () => {
  test.each([...SIGNALS])("run, by $signal", async ({ signal, code }) => {
    const start = async (home: ExecutableHome) => home.start(["run", "--format", "json", "go"]);
    await withTree(start, async (_, child) => {
      child.kill(signal);
      const { exitCode, stdout } = await endOf(child);
      expect(exitCode).toBe(code);
      const last: unknown = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
      expect(last).toMatchObject({ type: "result", status: "interrupted", exitCode: code });
    });
  });

  test.each([...SIGNALS])("serve, by $signal", async ({ signal, code }) => {
    const start = async (home: ExecutableHome) => {
      const server = await home.serve();
      const { id } = (await server.request("POST", "/session", {})) as { id: string };
      const body = { parts: [{ type: "text", text: "go" }] };
      await server.request("POST", `/session/${id}/prompt_async`, body);
      return { server, id };
    };
    await withTree(start, async (home, { server, id }) => {
      expect(await server.stop(signal)).toBe(code);
      const { stdout } = await home.run(["export", id]);
      const { messages } = JSON.parse(stdout) as {
        messages: { info: unknown; parts: unknown[] }[];
      };
      expect(messages.at(-1)?.info).toMatchObject({ time: { completed: expect.any(Number) } });
      expect(JSON.stringify(messages)).not.toMatch(/"status":"(running|pending)"/);
    });
  });
});

/** The shell scripts above use programs of the system. */
function everything(): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "" };
}
