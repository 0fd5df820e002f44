import { expect, setDefaultTimeout, test } from "bun:test";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CLI_TIMEOUT_MS, CLIHome } from "@test/cli/support";

setDefaultTimeout(CLI_TIMEOUT_MS);

const KEY = "sk-secret-0123456789";

test("a piped key is stored privately, listed without itself, and removed", async () => {
  await using cli = await CLIHome.open();
  const login = await cli.run(["auth", "login", "anthropic"], { stdin: { text: `${KEY}\n` } });
  const path = join(cli.dataDirectory, "auth.json");
  expect([login.exitCode, login.stdout]).toEqual([0, ""]);
  expect(login.stderr).toContain(path);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
    anthropic: { type: "api", key: KEY },
  });

  const list = await cli.run(["auth", "list"], { env: { OPENAI_API_KEY: "sk-of-environment" } });
  expect(list.stdout).toMatch(/anthropic +api +.*auth\.json/);
  expect(list.stdout).toMatch(/openai +environment +OPENAI_API_KEY/);
  expect(login.stderr + list.stdout + list.stderr).not.toMatch(/sk-/);

  expect((await cli.run(["auth", "logout", "anthropic"])).exitCode).toBe(0);
  const again = await cli.run(["auth", "logout", "anthropic"]);
  expect([again.exitCode, again.stderr.trim()]).toEqual([
    2,
    "Error: No key of anthropic is stored. Nothing is stored",
  ]);
});

test("an empty key stores nothing and says how to give one", async () => {
  await using cli = await CLIHome.open();
  const { exitCode, stderr } = await cli.run(["auth", "login", "openai"]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("opencode auth login openai")]);
});
