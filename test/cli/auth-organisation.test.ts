// The login of an organisation: its host says how, a person agrees, and what it configures counts.
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CLI_TIMEOUT_MS, CLIHome } from "@test/cli/support";
import { TypedProgram } from "@test/cli/typed-program";

setDefaultTimeout(CLI_TIMEOUT_MS);

const TOKEN = "t0ken-of-the-person";

class Organisation implements AsyncDisposable {
  readonly cli: CLIHome;
  readonly #server: Bun.Server<undefined>;
  answer: unknown;

  private constructor(cli: CLIHome, answer: unknown) {
    this.cli = cli;
    this.answer = answer;
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: ({ url }) => {
        if (new URL(url).pathname !== "/.well-known/opencode") {
          return new Response("none", { status: 404 });
        }
        return typeof this.answer === "string"
          ? new Response(this.answer)
          : Response.json(this.answer);
      },
    });
  }

  static async open(answer: unknown): Promise<Organisation> {
    return new Organisation(await CLIHome.open({}), answer);
  }

  get address(): string {
    return this.#server.url.origin;
  }

  async stored(): Promise<unknown> {
    const path = join(this.cli.dataDirectory, "auth.json");
    return JSON.parse(await readFile(path, "utf8").catch(() => "{}"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
    await this.cli[Symbol.asyncDispose]();
  }
}

const printing = (script: string) => {
  return { auth: { command: ["sh", "-c", script], env: "ORG_TOKEN" } };
};

test("its program gives the token when it is agreed to, and its configuration counts", async () => {
  const config = { username: "{env:ORG_TOKEN}" };
  await using org = await Organisation.open({
    ...printing("echo hello >&2; cat token"),
    config,
  });
  await Bun.write(join(org.cli.project, "token"), `${TOKEN}\n`);
  const login = await org.cli.run(["auth", "login", `${org.address}/`, "-m", "command"]);
  expect([login.exitCode, login.stdout]).toEqual([0, ""]);
  // What the program says is for the person.
  expect(login.stderr).toContain("hello");
  expect(login.stderr).not.toContain(TOKEN);
  const entry = { type: "wellknown", key: "ORG_TOKEN", token: TOKEN };
  expect(await org.stored()).toEqual({ [org.address]: entry });

  const sources = await org.cli.run(["debug", "config", "--sources"]);
  expect(sources.stdout).toContain(`${org.address}/.well-known/opencode`);
  const list = await org.cli.run(["auth", "list"]);
  expect(list.stdout).toContain(`${org.address}`);
  expect(list.stdout).toContain("wellknown");
  expect(list.stdout).not.toContain(TOKEN);
  expect((await org.cli.run(["auth", "logout", org.address])).exitCode).toBe(0);
  expect(await org.stored()).toEqual({});
});

test("at a terminal the person sees the program and decides", async () => {
  await using org = await Organisation.open(
    printing(`echo ready >&2; read word; echo ${TOKEN}-$word`),
  );
  const args = ["auth", "login", org.address];
  await using refusing = new TypedProgram(org.cli, args);
  const asked = await refusing.waitFor("(y/N)");
  expect(asked).toContain("read word");
  refusing.type("n\n");
  expect(await refusing.exited).toBe(2);
  expect(await org.stored()).toEqual({});

  await using agreeing = new TypedProgram(org.cli, args);
  await agreeing.waitFor("(y/N)");
  agreeing.type("y\n");
  await agreeing.waitFor("ready");
  agreeing.type("typed\n");
  expect(await agreeing.exited).toBe(0);
  expect(await org.stored()).toMatchObject({ [org.address]: { token: `${TOKEN}-typed` } });
});

test("without a terminal nothing is run: what is piped in is the token", async () => {
  await using org = await Organisation.open(printing("touch ran; echo from-program"));
  const { exitCode } = await org.cli.run(["auth", "login", org.address], {
    stdin: { text: `${TOKEN}\n` },
  });
  expect(exitCode).toBe(0);
  expect(await org.stored()).toMatchObject({ [org.address]: { token: TOKEN } });
  expect(await Bun.file(join(org.cli.project, "ran")).exists()).toBe(false);
  const none = await org.cli.run(["auth", "login", org.address]);
  expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining("--method command")]);
});

test.each<[answer: unknown, words: string]>([
  ["<html>", "no JSON"],
  [{ config: {} }, "says nothing of a login"],
  [{ auth: { command: "rm -rf /", env: "A" } }, "auth.command"],
  [{ auth: { command: ["true"], env: "not a name" } }, "auth.env"],
  [printing("exit 7"), "exit code 7"],
  [printing("true"), "printed no token"],
  [printing("printf 'a\\nb'"), "more than one line"],
  [printing("head -c 200000 /dev/zero | tr '\\0' a"), "too much"],
  [{ auth: { command: ["./not-there"], env: "A" } }, "not-there"],
])("%j is told and stores nothing", async (answer, words) => {
  await using org = await Organisation.open(answer);
  const login = await org.cli.run(["auth", "login", org.address, "-m", "command"]);
  expect(login.stderr).toContain(words);
  expect(login.exitCode).toBeGreaterThan(0);
  expect(await org.stored()).toEqual({});
});

test("an address that anybody on the way could change is refused", async () => {
  await using org = await Organisation.open({});
  const login = await org.cli.run(["auth", "login", "http://organisation.example"]);
  expect([login.exitCode, login.stderr]).toEqual([2, expect.stringContaining("https:")]);
});
