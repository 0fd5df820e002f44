import { expect, setDefaultTimeout, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sanitize } from "@/cli/export";
import { CLI_TIMEOUT_MS, CLIHome, ScriptedHome } from "@test/cli/support";

setDefaultTimeout(CLI_TIMEOUT_MS);

test("what is exported can be imported elsewhere, and is the same", async () => {
  await using home = await ScriptedHome.open({
    turns: [{ calls: [{ tool: "bash", input: { command: "echo x" } }] }, { text: "secret answer" }],
  });
  await home.cli.run(["run", "--title", "A title", "go"]);
  const whole = await home.cli.run(["export"]);
  const exported = JSON.parse(whole.stdout) as { info: { id: string }; messages: unknown[] };
  expect(exported.messages).toHaveLength(3);

  await using other = await CLIHome.open();
  await writeFile(join(other.project, "session.json"), whole.stdout);
  const imported = await other.run(["import", "session.json"]);
  expect([imported.exitCode, imported.stdout.trim()]).toEqual([0, exported.info.id]);
  // A second time replaces it.
  expect((await other.run(["import", "session.json"])).exitCode).toBe(0);
  const again = await other.run(["export", exported.info.id]);
  const { info, messages } = JSON.parse(again.stdout) as typeof exported;
  expect(messages).toEqual(exported.messages);
  expect(info).toMatchObject({ title: "A title", directory: other.project });

  const sanitized = await home.cli.run(["export", exported.info.id, "--sanitize"]);
  expect(sanitized.stdout).not.toMatch(/secret answer|echo x|A title/);
  await writeFile(join(other.project, "sanitized.json"), sanitized.stdout);
  expect((await other.run(["import", "sanitized.json"])).exitCode).toBe(0);
});

test("nonsense is refused with the path of its first fault", async () => {
  await using cli = await CLIHome.open();
  const cases = [
    ["{", "is not JSON"],
    ["[]", "case-1.json"],
    ['{"info":{"id":"ses_1"},"messages":[]}', "info."],
  ] as const;
  for (const [index, [text, says]] of cases.entries()) {
    await writeFile(join(cli.project, `case-${index}.json`), text);
    const { exitCode, stderr } = await cli.run(["import", `case-${index}.json`]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(says)]);
  }
});

test("an unknown session is bad usage that names it", async () => {
  await using cli = await CLIHome.open();
  const [exported, deleted] = await Promise.all([
    cli.run(["export", "ses_nothing"]),
    cli.run(["session", "delete", "ses_nothing"]),
  ]);
  for (const { exitCode, stderr } of [exported, deleted]) {
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("ses_nothing")]);
  }
});

test("sanitizing keeps ids, kinds and numbers only", () => {
  const part = { id: "prt_1", type: "text", text: "private", time: { start: 1 } };
  const tool = { tool: "bash", state: { status: "completed", input: { a: "b" }, title: "t" } };
  expect(sanitize({ parts: [part, tool], files: ["/home/user/x"] })).toEqual({
    parts: [
      { id: "prt_1", type: "text", text: "[7 characters]", time: { start: 1 } },
      { tool: "bash", state: { status: "completed", input: {}, title: "[1 characters]" } },
    ],
    files: ["[12 characters]"],
  });
});
