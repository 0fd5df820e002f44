import { expect, setDefaultTimeout, test } from "bun:test";
import { CLI_TIMEOUT_MS, CLIHome, readUntil, ScriptedHome } from "@test/cli/support";

setDefaultTimeout(CLI_TIMEOUT_MS);

const LISTENING = "opencode server listening on ";

function urlIn(stdout: string): string {
  return /listening on (\S+)/.exec(stdout)?.[1] ?? "";
}

test("stdout is a warning and the address, and SIGTERM ends it", async () => {
  await using cli = await CLIHome.open();
  const child = cli.start(["serve", "--port", "0"]);
  const stdout = await readUntil(child.stdout, LISTENING);
  const url = urlIn(stdout);
  expect(stdout).toBe(
    "Warning: OPENCODE_SERVER_PASSWORD is not set; server is unsecured.\n" +
      `opencode server listening on http://127.0.0.1:${new URL(url).port}\n`,
  );
  const health = await fetch(`${url}/global/health`);
  expect(await health.json()).toMatchObject({ healthy: true });
  child.kill("SIGTERM");
  expect([await child.exited, await child.stderr.text()]).toEqual([143, ""]);
});

test("with a password there is no warning, and it is needed", async () => {
  await using cli = await CLIHome.open();
  const env = { OPENCODE_SERVER_PASSWORD: "secret" };
  const child = cli.start(["serve", "--port", "0"], { env });
  const stdout = await readUntil(child.stdout, LISTENING);
  expect(stdout.startsWith(LISTENING)).toBe(true);
  expect((await fetch(`${urlIn(stdout)}/session`)).status).toBe(401);
  child.kill("SIGINT");
  expect(await child.exited).toBe(130);
});

test("a port that was asked for and is taken is an error that names it", async () => {
  await using cli = await CLIHome.open();
  await using other = await ScriptedHome.open({});
  const { port } = new URL(other.model.url);
  const { exitCode, stdout, stderr } = await cli.run(["serve", "--port", port]);
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(port);
});

test("a signal ends a running turn in order", async () => {
  await using home = await ScriptedHome.open({ turns: [{ fault: "hang-headers" }] });
  const child = home.cli.start(["serve", "--port", "0"]);
  const url = urlIn(await readUntil(child.stdout, LISTENING));
  const json = { "content-type": "application/json" };
  const created = await fetch(`${url}/session`, { method: "POST", headers: json, body: "{}" });
  const { id } = (await created.json()) as { id: string };
  const body = JSON.stringify({ parts: [{ type: "text", text: "hi" }] });
  await fetch(`${url}/session/${id}/prompt_async`, { method: "POST", headers: json, body });
  await home.model.waitForRequest(0);
  child.kill("SIGTERM");
  expect(await child.exited).toBe(143);
  const { stdout } = await home.cli.run(["export", id]);
  const { messages } = JSON.parse(stdout) as { messages: { info: unknown }[] };
  expect(messages.at(-1)?.info).toMatchObject({
    error: { name: "MessageAbortedError" },
    time: { completed: expect.any(Number) },
  });
});
