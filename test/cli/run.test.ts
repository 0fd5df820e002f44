import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isRunning } from "@/base/process";
import { CLI_TIMEOUT_MS, CLIHome, parseLines, readUntil, ScriptedHome } from "@test/cli/support";

setDefaultTimeout(CLI_TIMEOUT_MS);

test("the answer goes to stdout, the work to stderr", async () => {
  await using home = await ScriptedHome.open({
    turns: [
      { text: "Let me look.", calls: [{ tool: "bash", input: { command: "echo seen" } }] },
      { text: "All is well." },
    ],
  });
  const result = await home.cli.run(["run", "look", "around"]);
  expect(result.stdout).toBe("Let me look.\nAll is well.\n");
  expect(result.stderr).toMatch(/^build · scripted\/main\nbash .+\n$/);
  expect(result.exitCode).toBe(0);
  expect(home.model.requests[0]?.request.messages.at(-1)?.text).toContain("look around");
  expect(home.model.violations).toEqual([]);
});

test("a failed attempt is told, and its half of an answer is not in the output", async () => {
  await using home = await ScriptedHome.open({
    turns: [
      { status: 429, headers: { "retry-after-ms": "1" } },
      { text: ["This half ", "is void."], fault: "cut-mid" },
      { text: "The whole." },
    ],
  });
  const { exitCode, stdout, stderr } = await home.cli.run(["run", "go"]);
  expect([exitCode, stdout]).toEqual([0, "The whole.\n"]);
  expect(stderr.match(/^waiting \d+ s: .+ \(attempt \d\)$/gm)).toHaveLength(2);
});

test("words reach the model as they were typed, options and -- aside", async () => {
  await using home = await ScriptedHome.open({ turns: [{ text: "ok" }] });
  await home.cli.run(["run", 'say "a b"', "-m", "scripted/main", "now", "--", "--help", "-x"]);
  expect(home.model.requests[0]?.request.messages.at(-1)?.text).toBe('say "a b" now --help -x');
});

test("standard input is never waited for in vain", async () => {
  await using home = await ScriptedHome.open({ order: "conversation", turns: [{ text: "ok" }] });
  await writeFile(join(home.cli.project, "input.txt"), "from a file");
  const [empty, piped, file, never, only] = await Promise.all([
    home.cli.run(["run", "say"]),
    home.cli.run(["run", "say"], { stdin: { text: "from a pipe" } }),
    home.cli.run(["run", "say"], { stdin: { file: join(home.cli.project, "input.txt") } }),
    home.cli.run(["run", "say", "never"], { stdin: "never" }),
    home.cli.run(["run"], { stdin: { text: "only piped" } }),
  ]);
  for (const { exitCode, stdout } of [empty, piped, file, never, only]) {
    expect([exitCode, stdout]).toEqual([0, "ok\n"]);
  }
  expect(never.stderr).toContain("going on without it");
  const texts = home.model.requests.map(({ request }) => request.messages.at(-1)?.text);
  expect(texts.toSorted()).toEqual([
    "only piped",
    "say",
    "say\nfrom a file",
    "say\nfrom a pipe",
    "say never",
  ]);
});

test.skipIf(process.platform === "win32")("a closed standard input is an empty one", async () => {
  await using home = await ScriptedHome.open({ turns: [{ text: "ok" }] });
  const main = join(import.meta.dir, "../../src/main.ts");
  const child = Bun.spawn(["sh", "-c", `exec "$0" "$1" run say <&-`, process.execPath, main], {
    cwd: home.cli.project,
    env: { PATH: process.env["PATH"], HOME: home.cli.home },
    stdout: "pipe",
    stderr: "ignore",
  });
  expect([await child.exited, await child.stdout.text()]).toEqual([0, "ok\n"]);
});

test("no message at all is bad usage", async () => {
  await using home = await ScriptedHome.open({});
  const { exitCode, stderr } = await home.cli.run(["run"]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("No message")]);
});

test("without any model: code 2 and three lines that say what to do", async () => {
  await using cli = await CLIHome.open();
  const { exitCode, stdout, stderr } = await cli.run(["run", "hi"]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr.trim().split("\n")).toHaveLength(3);
  for (const way of ["_API_KEY", "opencode auth login", "Ollama", "opencode.json"]) {
    expect(stderr).toContain(way);
  }
});

test("json: init first, result last, each finished thing once between them", async () => {
  await using home = await ScriptedHome.open({
    turns: [
      { reasoning: "hm", text: "Look.", calls: [{ tool: "bash", input: { command: "echo x" } }] },
      { text: "Done." },
    ],
  });
  const args = ["run", "--format", "json", "--thinking", "go"];
  const { exitCode, stdout } = await home.cli.run(args);
  const lines = parseLines(stdout);
  expect(exitCode).toBe(0);
  expect(lines.map(({ type }) => type)).toEqual([
    ...["init", "step_start", "reasoning", "text", "tool_use", "step_finish"],
    ...["step_start", "text", "step_finish", "result"],
  ]);
  expect(lines[0]).toMatchObject({
    directory: home.cli.project,
    model: "scripted/main",
    agent: "build",
  });
  expect(lines.at(-1)).toMatchObject({
    status: "done",
    exitCode: 0,
    text: "Done.",
    usage: { input: 200, output: 40, reasoning: 0, cache: { read: 0, write: 0 } },
    cost: expect.any(Number),
  });
  expect(new Set(lines.map(({ sessionID }) => sessionID)).size).toBe(1);
  expect(lines.every(({ timestamp }) => Number.isInteger(timestamp))).toBe(true);
});

test("json: the result comes also when the run could not begin", async () => {
  await using home = await ScriptedHome.open({});
  const [agent, option, model] = await Promise.all([
    home.cli.run(["run", "--format", "json", "--agent", "biuld", "hi"]),
    home.cli.run(["run", "--format", "json", "--nonsense", "hi"]),
    home.cli.run(["run", "--format", "json", "-m", "scripted/mian", "hi"]),
  ]);
  for (const { exitCode, stdout } of [agent, option, model]) {
    expect(exitCode).toBe(2);
    expect(parseLines(stdout)).toMatchObject([{ type: "result", status: "usage", exitCode: 2 }]);
  }
  expect(agent.stdout).toContain("Did you mean build?");
  expect(model.stdout).toContain("main");
});

const OUTCOMES = [
  { name: "a denied call", code: 3, status: "denied", denied: true },
  { name: "a refused key", code: 4, status: "provider", turn: { status: 401 } },
  { name: "a broken request", code: 4, status: "provider", turn: { status: 400 } },
  { name: "a full context", code: 5, status: "limit", turn: { finish: "length", text: "" } },
] as const;

test.each(OUTCOMES)("the exit code says how it went: $name", async (outcome) => {
  const call = { tool: "bash", input: { command: "echo no" } };
  await using home = await ScriptedHome.open(
    {
      turns:
        "turn" in outcome ? [outcome.turn] : [{ calls: [call] }, { text: "I could not do that." }],
    },
    { permission: { bash: "ask" } },
  );
  const { exitCode, stdout } = await home.cli.run(["run", "--format", "json", "go"]);
  expect(exitCode).toBe(outcome.code);
  expect(parseLines(stdout).at(-1)).toMatchObject({
    type: "result",
    status: outcome.status,
    exitCode: outcome.code,
  });
});

test("--auto allows what would be asked, never what is denied", async () => {
  const calls = [{ tool: "bash", input: { command: "echo yes > yes.txt; echo no > no.txt" } }];
  const turns = [{ calls }, { text: "ok" }];
  await using asked = await ScriptedHome.open({ turns }, { permission: { bash: "ask" } });
  await using denied = await ScriptedHome.open(
    { turns },
    { permission: { bash: { "*": "deny" } } },
  );
  const [first, second] = await Promise.all([
    asked.cli.run(["run", "--auto", "go"]),
    denied.cli.run(["run", "--auto", "go"]),
  ]);
  expect([first.exitCode, await Bun.file(join(asked.cli.project, "yes.txt")).text()]).toEqual([
    0,
    "yes\n",
  ]);
  expect(await Bun.file(join(denied.cli.project, "yes.txt")).exists()).toBe(false);
  expect(second.stdout).toBe("ok\n");
});

test("a session is gone on with, or a copy of it", async () => {
  await using home = await ScriptedHome.open({
    turns: [{ text: "one" }, { text: "two" }, { text: "three" }],
  });
  const sessionOf = async (...args: string[]) => {
    const { stdout } = await home.cli.run(["run", "--format", "json", ...args]);
    return String(parseLines(stdout)[0]?.["sessionID"]);
  };
  const first = await sessionOf("--title", "My title", "first");
  expect(await sessionOf("-c", "second")).toBe(first);
  expect(await sessionOf("-s", first, "--fork", "third")).not.toBe(first);
  const texts = home.model.requests.at(-1)?.request.messages.map(({ text }) => text);
  expect(texts).toEqual(["first", "one", "second", "two", "third"]);
  const list = await home.cli.run(["session", "list", "--format", "json"]);
  const rows: unknown = JSON.parse(list.stdout);
  expect(rows).toContainEqual(expect.objectContaining({ id: first, title: "My title" }));
});

test("files are attached: texts, directories and images", async () => {
  await using home = await ScriptedHome.open({ turns: [{ text: "ok" }] });
  const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD" +
      "hgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
  await writeFile(join(home.cli.project, "note.txt"), "the note's text");
  await writeFile(join(home.cli.project, "dot.png"), png);
  const files = ["-f", "note.txt", "-f", ".", "-f", "dot.png"];
  const { exitCode } = await home.cli.run(["run", ...files, "look"]);
  const body = home.model.requests[0]?.body ?? "";
  expect(exitCode).toBe(0);
  expect(body).toContain("the note's text");
  expect(body).toContain("dot.png");
});

test("an interrupt ends the run, its tools and their children, and is told", async () => {
  await using home = await ScriptedHome.open({
    turns: [{ calls: [{ tool: "bash", input: { command: "sh ./stubborn.sh" } }] }],
  });
  const { project } = home.cli;
  // Opening the pipe to write waits for the reader: its text says that the tool runs.
  const stubborn = "trap '' TERM INT; echo $$ > ready; while :; do sleep 1; done\n";
  await writeFile(join(project, "stubborn.sh"), stubborn);
  await Bun.spawn(["mkfifo", join(project, "ready")]).exited;
  const child = home.cli.start(["run", "--format", "json", "go"]);
  const result = readUntil(child.stdout, '"result"');
  const reader = Bun.spawn(["cat", join(project, "ready")], { stdout: "pipe" });
  const pid = Number(await reader.stdout.text());
  child.kill("SIGINT");
  const lines = parseLines(await result);
  expect(await child.exited).toBe(130);
  expect(lines.at(-1)).toMatchObject({ type: "result", status: "interrupted", exitCode: 130 });
  expect(await isRunning(pid)).toBe(false);
});

test("what is wrong in the person's files but stops nothing is said first", async () => {
  await using home = await ScriptedHome.open({ turns: [{ text: "ok" }] });
  await writeFile(join(home.cli.project, "opencode.json"), '{ "modell": "x/y" }');
  await mkdir(home.cli.dataDirectory, { recursive: true });
  await writeFile(join(home.cli.dataDirectory, "auth.json"), "{bad");
  const { exitCode, stdout, stderr } = await home.cli.run(["run", "go"]);
  expect([exitCode, stdout]).toEqual([0, "ok\n"]);
  const [key, auth] = stderr.split("\n");
  expect(key).toMatch(/^Warning: .*opencode\.json.*"modell".*Did you mean "model"/);
  expect(auth).toMatch(/^Warning: .*auth\.json is not valid JSON/);
});

test("what a repository is held back from is said in a line; --trust lets it", async () => {
  await using home = await ScriptedHome.open({ turns: [{ text: "ok" }, { text: "ok" }] });
  const command = ["sh", "-c", "touch ran; exit 1"];
  const config = JSON.stringify({ mcp: { lurker: { type: "local", command } }, username: "u" });
  await writeFile(join(home.cli.project, "opencode.json"), config);
  const ran = () => Bun.file(join(home.cli.project, "ran")).exists();
  const careful = await home.cli.run(["run", "go"]);
  expect([careful.exitCode, careful.stdout]).toEqual([0, "ok\n"]);
  const [line] = careful.stderr.split("\n");
  expect(line).toMatch(/^Not trusted: held back MCP server lurker\. .*--trust/);
  expect(await ran()).toBe(false);
  const trusting = await home.cli.run(["run", "--trust", "go"]);
  expect(trusting.exitCode).toBe(0);
  expect(trusting.stderr).not.toContain("Not trusted");
  expect(await ran()).toBe(true);
});

test("--command runs a slash command with the words as its arguments", async () => {
  const command = { greet: { template: "Greet $1, then $2" }, leave: { template: "Leave" } };
  const turns = [{ text: "Hello" }, { text: "Bye" }];
  await using home = await ScriptedHome.open({ turns }, { command });
  const { exitCode, stdout } = await home.cli.run(["run", "--command", "greet", "Ada L", "Bob"]);
  expect([exitCode, stdout]).toEqual([0, "Hello\n"]);
  expect(home.model.requests[0]?.request.messages.at(-1)?.text).toBe("Greet Ada L, then Bob");
  await home.cli.run(["run", "--command", "leave"]);
  expect(home.model.requests[1]?.request.messages.at(-1)?.text).toBe("Leave");
  const unknown = await home.cli.run(["run", "--command", "gret", "x"]);
  expect(unknown.exitCode).not.toBe(0);
  expect(unknown.stderr).toContain("Did you mean greet?");
});

test("a summary that the program makes for the model is no part of the output", async () => {
  await using home = await ScriptedHome.open({
    limit: { context: 8_192, output: 1_024 },
    side: ({ system }) => (system.includes("title") ? { text: "A title" } : undefined),
    turns: [{ text: "One", usage: { input: 7_500 } }, { text: "## Goal\nTwo" }, { text: "Two" }],
  });
  await home.cli.run(["run", "--title", "T", "one"]);
  const { exitCode, stdout } = await home.cli.run(["run", "-c", "two"]);
  expect([exitCode, stdout]).toEqual([0, "Two\n"]);
  expect(home.model.requests).toHaveLength(3);
});

test("a budget ends the run with a code of its own, before another request", async () => {
  const call = { tool: "bash", input: { command: "echo again" } };
  await using home = await ScriptedHome.open({
    modelOptions: { cost: { input: 10, output: 10 } },
    turns: Array.from({ length: 5 }, () => ({
      calls: [call],
      usage: { input: 900, output: 100 },
    })),
  });
  const cost = await home.cli.run(["run", "--max-cost", "0.02", "go"]);
  expect(cost.exitCode).toBe(5);
  expect(cost.stderr).toContain("Raise --max-cost ($0.0200)");
  expect(home.model.requests).toHaveLength(2);
  const tokens = await home.cli.run(["run", "--max-tokens", "1000", "go"]);
  expect(tokens.exitCode).toBe(5);
  expect(home.model.requests).toHaveLength(3);
  const wrong = await home.cli.run(["run", "--max-cost", "free", "go"]);
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("--max-cost")]);
});

test("tasks in the background are waited for, and their end is in the answer", async () => {
  await using home = await ScriptedHome.open({
    side: ({ messages, tools }) => {
      if (tools.length === 0) return { text: "Title" };
      if (messages[0]?.text === "Look") return { text: "Found it" };
      if (messages.at(-1)?.text.startsWith("A background job")) return { text: "It was found" };
      if (messages.at(-1)?.results.length) return { text: "Looking" };
      const input = { description: "d", prompt: "Look", subagent_type: "general" };
      return { calls: [{ tool: "task", input: { ...input, background: true } }] };
    },
  });
  const { exitCode, stdout } = await home.cli.run(["run", "find", "it"]);
  expect(stdout).toBe("Looking\nIt was found\n");
  expect(exitCode).toBe(0);
});
