// The program's outermost behaviour: version, help, mistyped words.
import { expect, setDefaultTimeout, test } from "bun:test";
import { CLI_TIMEOUT_MS, CLIHome } from "@test/cli/support";

setDefaultTimeout(CLI_TIMEOUT_MS);

test("the version is bare, and nothing is written to the home", async () => {
  await using cli = await CLIHome.open();
  const { exitCode, stdout, stderr } = await cli.run(["--version"]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  expect(await Array.fromAsync(new Bun.Glob("**/*.sqlite").scan({ cwd: cli.home }))).toEqual([]);
});

test("help goes to stdout, with examples and the exit codes", async () => {
  await using cli = await CLIHome.open();
  const [bare, asked, run] = await Promise.all([
    cli.run([]),
    cli.run(["--help"]),
    cli.run(["run", "--help"]),
  ]);
  expect(bare).toEqual(asked);
  for (const { exitCode, stdout, stderr } of [asked, run]) {
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Examples:");
    expect(stdout).toMatch(/Exit codes:[\s\S]*3 +a permission was denied[\s\S]*130 +interrupted/);
  }
});

const MISTAKES: readonly { args: string[]; says: RegExp }[] = [
  { args: ["serv"], says: /unknown command 'serv'.*Did you mean serve\?/ },
  { args: ["session", "delet"], says: /unknown command 'delet'.*Did you mean delete\?/ },
  { args: ["run", "--formt", "json", "hi"], says: /unknown option '--formt'.*--format/ },
  { args: ["run", "--format", "yaml", "hi"], says: /yaml.*default, json/ },
  { args: ["serve", "--port", "http"], says: /--port: "http" is not a port/ },
  { args: ["run", "--fork", "hi"], says: /--fork needs --continue or --session/ },
  { args: ["run", "--dir", "nowhere", "hi"], says: /--dir .*nowhere: there is no such directory/ },
  { args: ["run", "--file", "nothing.txt", "hi"], says: /--file .*nothing.txt: there is no/ },
  { args: ["import", "nothing.json"], says: /nothing.json: it does not exist/ },
];

test("bad usage is one line that names the fault, and code 2", async () => {
  await using cli = await CLIHome.open();
  const results = await Promise.all(MISTAKES.map(({ args }) => cli.run(args)));
  for (const [index, { exitCode, stdout, stderr }] of results.entries()) {
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(MISTAKES[index]?.says ?? /^$/);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  }
});

test("a group without a command shows its commands", async () => {
  await using cli = await CLIHome.open();
  const { exitCode, stdout, stderr } = await cli.run(["auth"]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/login[\s\S]*list[\s\S]*logout/);
});

test("a reader that leaves early is no error", async () => {
  await using cli = await CLIHome.open();
  // Closed before the program begins, so that its very first write fails.
  const command = `"$0" "$1" completion fish | true; exit \${PIPESTATUS[0]}`;
  const main = cli.start([], {}, ["bash", "-c", command]);
  expect([await main.exited, await main.stderr.text()]).toEqual([0, ""]);
});

test.skipIf(process.platform !== "linux")("a full disk is an error that is told", async () => {
  await using cli = await CLIHome.open();
  const main = cli.start([], {}, ["sh", "-c", `exec "$0" "$1" --help > /dev/full`]);
  expect(await main.exited).toBe(1);
  expect(await main.stderr.text()).toMatch(/standard output cannot be written: .*ENOSPC/);
});

test("colours: none where nobody sees them, unless they are asked for", async () => {
  await using cli = await CLIHome.open();
  const color = (env: Record<string, string>) => cli.run(["import", "nothing.json"], { env });
  const [plain, forced, both] = await Promise.all([
    color({}),
    color({ FORCE_COLOR: "1" }),
    color({ FORCE_COLOR: "1", NO_COLOR: "1" }),
  ]);
  expect(plain.stderr).not.toContain("\u001b[");
  expect(forced.stderr).toContain("\u001b[31m");
  expect(both.stderr).toBe(plain.stderr);
});
