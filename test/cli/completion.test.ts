import { expect, setDefaultTimeout, test } from "bun:test";
import { CLI_TIMEOUT_MS, CLIHome } from "@test/cli/support";

setDefaultTimeout(CLI_TIMEOUT_MS);

async function script(cli: CLIHome, shell: string): Promise<string> {
  const { exitCode, stdout } = await cli.run(["completion", shell]);
  expect(exitCode).toBe(0);
  return stdout;
}

/** What bash offers for the words, the last of which is being typed. */
async function offered(completion: string, ...words: string[]): Promise<string[]> {
  const setup = `COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")})`;
  const ask = `COMP_CWORD=${words.length - 1}; _opencode; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const child = Bun.spawn(["bash", "-c", `${completion}\n${setup}; ${ask}`], { stdout: "pipe" });
  return (await child.stdout.text()).split("\n").filter((line) => line !== "");
}

test.skipIf(!Bun.which("bash"))("bash completes commands, options and choices", async () => {
  await using cli = await CLIHome.open();
  const bash = await script(cli, "bash");
  expect(await offered(bash, "opencode", "se")).toEqual(["serve", "session"]);
  expect(await offered(bash, "opencode", "session", "d")).toEqual(["delete"]);
  expect(await offered(bash, "opencode", "run", "--mod")).toEqual(["--model"]);
  expect(await offered(bash, "opencode", "run", "--format", "j")).toEqual(["json"]);
});

test("zsh and fish get scripts with every command", async () => {
  await using cli = await CLIHome.open();
  for (const shell of ["zsh", "fish"]) {
    const text = await script(cli, shell);
    for (const word of ["serve", "run", "logout", "paths"]) expect(text).toContain(word);
  }
});
