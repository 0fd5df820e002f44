import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { CLI_TIMEOUT_MS, parseLines, ScriptedHome } from "@test/cli/support";
import { git } from "@test/support/temp";

setDefaultTimeout(CLI_TIMEOUT_MS);

async function inRepository(home: ScriptedHome): Promise<string> {
  await git(home.cli.project, "init", "--quiet", "--initial-branch=main");
  const { stdout } = await home.cli.run(["run", "--format", "json", "--title", "Fix it", "hi"]);
  return String(parseLines(stdout)[0]?.["sessionID"]);
}

test("a session that is moved goes on in the other directory", async () => {
  await using home = await ScriptedHome.open({ turns: [{ text: "one" }] });
  const id = await inRepository(home);
  const inner = join(home.cli.project, "inner");
  await mkdir(inner);
  const moved = await home.cli.run(["session", "move", id, "inner"]);
  expect([moved.exitCode, moved.stdout]).toEqual([0, ""]);
  expect(moved.stderr).toBe(`${id} (Fix it) goes on in ${await realpath(inner)}\n`);
  const list = await home.cli.run(["session", "list", "--format", "json"]);
  expect(JSON.parse(list.stdout)).toEqual([
    expect.objectContaining({ id, directory: await realpath(inner) }),
  ]);
});

test("a session is moved to no other project, and to nothing that is not there", async () => {
  await using home = await ScriptedHome.open({ turns: [{ text: "one" }] });
  const id = await inRepository(home);
  const move = async (...words: string[]) => home.cli.run(["session", "move", ...words]);
  const [missing, foreign, unknown, short] = await Promise.all([
    move(id, "nowhere"),
    move(id, home.cli.home),
    move("ses_nobody", "."),
    move(id),
  ]);
  expect(missing.stderr).toContain(join(home.cli.project, "nowhere"));
  expect(foreign.stderr).toContain("is no directory of the session's project");
  expect(unknown.stderr).toContain("ses_nobody");
  expect(short.stderr).toContain("missing required argument 'directory'");
  for (const { exitCode } of [missing, foreign, unknown, short]) expect(exitCode).not.toBe(0);
});
