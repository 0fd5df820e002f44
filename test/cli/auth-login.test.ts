import { expect, setDefaultTimeout, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AuthorizationServer } from "@test/support/authorization-server";
import type { ProviderOAuthConfig } from "@/schema/config";
import { CLI_TIMEOUT_MS, CLIHome, readUntil } from "@test/cli/support";
import { TypedProgram } from "@test/cli/typed-program";

setDefaultTimeout(CLI_TIMEOUT_MS);

class LoginCLI implements AsyncDisposable {
  readonly server: AuthorizationServer;
  readonly cli: CLIHome;

  private constructor(server: AuthorizationServer, cli: CLIHome) {
    this.server = server;
    this.cli = cli;
  }

  static async open(changes: ProviderOAuthConfig = {}): Promise<LoginCLI> {
    const server = new AuthorizationServer({ intervalSeconds: 0.01 });
    const options = { baseURL: "https://acme.example/v1", oauth: server.config(changes) };
    const provider = { acme: { options, models: { m: {} } }, openai: { options } };
    return new LoginCLI(server, await CLIHome.open({ provider }));
  }

  async stored(): Promise<Record<string, unknown>> {
    return JSON.parse(await readFile(join(this.cli.dataDirectory, "auth.json"), "utf8"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.cli[Symbol.asyncDispose]();
  }
}

const addressIn = (text: string) => /http:\/\/127\.0\.0\.1:\d+\/(authorize|confirm)\S*/.exec(text);

test("a login prints its address, waits for the browser and stores", async () => {
  await using login = await LoginCLI.open({ type: "code" });
  const child = login.cli.start(["auth", "login", "acme"]);
  const text = await readUntil(child.stderr, "/authorize?");
  await login.server.allow(addressIn(text)?.[0] ?? "");
  expect(await child.exited).toBe(0);
  expect(await login.stored()).toMatchObject({ acme: { type: "oauth" } });
  expect(login.server.problems).toEqual([]);
  const { stdout } = await login.cli.run(["auth", "list"]);
  expect(stdout).toMatch(/acme +oauth/);
  expect(stdout).not.toContain("access-");
});

test("the device flow is chosen by its name", async () => {
  await using login = await LoginCLI.open({ label: "Acme" });
  const child = login.cli.start(["auth", "login", "acme", "--method", "acme (device)"]);
  const text = await readUntil(child.stderr, "/confirm");
  expect(text).toContain("ABCD-EFGH");
  login.server.decide("allow");
  expect(await child.exited).toBe(0);
  expect(await login.stored()).toMatchObject({ acme: { type: "oauth" } });
});

test("what is piped in is a key still, and an unknown method is named", async () => {
  await using login = await LoginCLI.open();
  const piped = await login.cli.run(["auth", "login", "openai"], { stdin: { text: "sk-0123" } });
  expect(piped.exitCode).toBe(0);
  expect(await login.stored()).toMatchObject({ openai: { type: "api" } });
  const odd = await login.cli.run(["auth", "login", "openai", "-m", "magic"]);
  expect(odd.exitCode).toBe(2);
  expect(odd.stderr).toContain('no "magic". There is: key, oauth, Log in with the browser');
});

test("without a terminal and without its port a login ends at once", async () => {
  using taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  await using login = await LoginCLI.open({ type: "code", redirectPort: taken.port ?? 0 });
  const { exitCode, stderr } = await login.cli.run(["auth", "login", "acme"]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("oauth.redirectPort is taken")]);
});

test("a broken configuration keeps nobody from storing a key", async () => {
  await using cli = await CLIHome.open();
  await Bun.write(join(cli.project, "opencode.json"), "{ broken");
  const login = await cli.run(["auth", "login", "openai"], { stdin: { text: "sk-0123" } });
  expect([login.exitCode, login.stderr]).toEqual([0, expect.stringContaining("opencode.json")]);
});

test("at a terminal the way is chosen and the code pasted, a wrong one again", async () => {
  await using login = await LoginCLI.open();
  await using terminal = new TypedProgram(login.cli, ["auth", "login", "openai"]);
  await terminal.waitFor("Which one (1)?");
  terminal.type("1\n");
  const text = await terminal.waitFor("paste the code or address here:");
  terminal.type("wrong\n");
  await terminal.waitFor("the login is not valid any more");
  // Long addresses are wrapped by a terminal's width only when they are shown.
  const address = addressIn(text)?.[0] ?? "";
  terminal.type(`${await login.server.redirectOf(address)}\n`);
  expect(await terminal.exited).toBe(0);
  expect(await login.stored()).toMatchObject({ openai: { type: "oauth" } });
});
