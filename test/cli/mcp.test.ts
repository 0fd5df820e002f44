import { expect, setDefaultTimeout, test } from "bun:test";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "@/base/clock";
import { RemoteServer } from "@test/mcp/remote-server";
import { published, scripted } from "@test/mcp/support";
import { CLI_TIMEOUT_MS, CLIHome, readUntil } from "@test/cli/support";
import { freePort } from "@test/support/free-port";

setDefaultTimeout(CLI_TIMEOUT_MS);

const NO_MODEL = { enabled_providers: ["none"] };

async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

test("servers are listed with how they are doing and what they offer", async () => {
  const mcp = {
    all: published("everything", "stdio"),
    dying: scripted({ dieSaying: "no \u001b[31mlicence" }),
    off: scripted({}, { enabled: false }),
  };
  await using cli = await CLIHome.open({ ...NO_MODEL, mcp });
  const { exitCode, stdout } = await cli.run(["mcp", "list"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^all +connected +\d+ tools, \d+ prompts, \d+ resources, \d+ resource templates +\S+bun/m,
  );
  expect(stdout).toMatch(/^dying +failed +its program exited with code 7: no \[31mlicence/m);
  expect(stdout).toMatch(/^off +disabled/m);
  const empty = await cli.run(["mcp", "auth", "ls"]);
  expect([empty.exitCode, empty.stderr]).toEqual([0, "No remote MCP servers\n"]);
});

test("a server is added to the own configuration, or to the project's", async () => {
  await using cli = await CLIHome.open(NO_MODEL);
  const local = ["mcp", "add", "files", "--env", "A=b=c", "--", "some", "--flag", "x y"];
  const added = await cli.run(local);
  const own = join(cli.configDirectory, "opencode.json");
  expect([added.exitCode, added.stderr]).toEqual([0, expect.stringContaining(own)]);
  expect(await json(own)).toMatchObject({
    ...NO_MODEL,
    mcp: {
      files: { type: "local", command: ["some", "--flag", "x y"], environment: { A: "b=c" } },
    },
  });
  const remote = ["mcp", "add", "docs", "--url", "http://127.0.0.1:9/mcp", "--header", "X-Key=k"];
  expect((await cli.run([...remote, "--project"])).exitCode).toBe(0);
  expect(await json(join(cli.project, "opencode.json"))).toMatchObject({
    mcp: { docs: { type: "remote", url: "http://127.0.0.1:9/mcp", headers: { "X-Key": "k" } } },
  });
  const again = await cli.run(remote);
  expect(again.exitCode).not.toBe(0);
  expect(again.stderr).toContain("MCP server docs is in ");
});

test("what cannot be added says why", async () => {
  await using cli = await CLIHome.open(NO_MODEL);
  for (const [words, reason] of [
    [[], "Say what to add: opencode mcp add <name>"],
    [["x"], "Say what to add"],
    [["a b", "--url", "http://x/"], "Name the server"],
    [["x", "--url", "ftp://x/"], '--url: "ftp://x/" is not an address'],
    [["x", "--url", "http://x/", "--", "program"], "not both"],
    [["x", "--env", "NAME", "--", "program"], '--env: "NAME" is not NAME=VALUE'],
    [["x", "--header", "A=b", "--", "program"], "--header is for remote servers"],
    [["x", "--url", "http://x/", "--env", "A=b"], "--env is for local servers"],
  ] satisfies [string[], string][]) {
    const { exitCode, stderr } = await cli.run(["mcp", "add", ...words]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(reason)]);
  }
  expect(await json(join(cli.configDirectory, "opencode.json"))).toEqual(NO_MODEL);
});

test("a login leads to the address, is kept in a private file, and is forgotten", async () => {
  await using remote = new RemoteServer({
    clock: systemClock,
    needsLogin: true,
    lifetimeSeconds: 3_600,
  });
  const oauth = { callbackPort: await freePort() };
  const mcp = { docs: { type: "remote", url: remote.url, oauth } };
  await using cli = await CLIHome.open({ ...NO_MODEL, mcp });
  const before = await cli.run(["mcp", "debug", "docs"]);
  expect(before.exitCode).toBe(1);
  expect(before.stdout).toMatch(/^initialize +401 .* without a token$/m);
  expect(before.stdout).toMatch(/^www-authenticate +Bearer /m);
  expect(before.stdout).toMatch(/^login +not logged in$/m);
  const child = cli.start(["mcp", "auth"]);
  const text = await readUntil(child.stderr, "response_type=");
  const address = /http:\/\/127\.0\.0\.1\S+response_type=\S+/.exec(text)?.[0] ?? "";
  await fetch(await remote.consent(address));
  expect(await child.exited).toBe(0);
  const file = join(cli.dataDirectory, "mcp-auth.json");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const after = await cli.run(["mcp", "debug", "docs"]);
  expect([after.exitCode, after.stdout]).toEqual([
    0,
    expect.stringMatching(/^status +connected$/m),
  ]);
  expect(after.stdout).toMatch(/^login +logged in, until \d{4}-.*, renewed by itself$/m);
  expect(after.stdout).toMatch(/^initialize +200 .* with the stored token$/m);
  const listed = await cli.run(["mcp", "auth", "list"]);
  expect(listed.stdout).toMatch(/^docs +logged in/m);
  const tokens = (await json(file)) as Record<string, { tokens: { access_token: string } }>;
  const secret = Object.values(tokens)[0]?.tokens.access_token ?? "";
  expect(secret).not.toBe("");
  expect(after.stdout + listed.stdout).not.toContain(secret);
  const out = await cli.run(["mcp", "logout"]);
  expect([out.exitCode, out.stderr]).toEqual([0, "The login to docs is forgotten\n"]);
  expect(await json(file)).toEqual({});
  const none = await cli.run(["mcp", "logout"]);
  expect(none.stderr).toContain("No MCP server is logged in to: name one of docs");
});

test("an unknown server is named with what there is", async () => {
  await using cli = await CLIHome.open({ ...NO_MODEL, mcp: { docs: scripted() } });
  for (const words of [["debug"], ["auth"], ["logout"]]) {
    const { exitCode, stderr } = await cli.run(["mcp", ...words, "dosc"]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("MCP server not found: dosc");
    expect(stderr).toContain("Did you mean docs?");
  }
  const local = await cli.run(["mcp", "auth", "docs"]);
  expect(local.stderr).toContain("is a local program: there is no login to it");
});
