// Commands: which there are, where they come from, and which of two counts.
import { describe, expect, test } from "bun:test";
import { isValid } from "@/base/schema";
import { Command } from "@/schema/command";
import { fixture } from "@test/agent/fixture";

const config = (value: unknown) => ({ "project/opencode.json": JSON.stringify(value) });

describe("commands", () => {
  test("init and review are built in", async () => {
    await using f = await fixture({});
    const [init, review, ...others] = await f.commands.list();
    expect(others).toEqual([]);
    expect(init).toMatchObject({ name: "init", source: "command", hints: ["$ARGUMENTS"] });
    expect(review).toMatchObject({ name: "review", subtask: true, hints: ["$ARGUMENTS"] });
    expect(init?.template).toContain("AGENTS.md");
  });

  test("from far to near, then skills", async () => {
    await using f = await fixture({
      ...config({ command: { ship: { template: "Ship $1 to $2", agent: "build" } } }),
      "home/.config/opencode/command/hello.md": "Say hello",
      "project/.opencode/commands/git/tidy.md":
        "---\ndescription: tidy\nmodel: a/b\nvariant: high\nsubtask: true\n---\nTidy $ARGUMENTS\n",
      "project/.claude/skills/pdf/SKILL.md": "---\nname: pdf\ndescription: d\n---\nUse it.",
    });
    const commands = (await f.commands.list()).slice(2);
    expect(commands).toEqual([
      { name: "hello", source: "command", template: "Say hello", hints: [] },
      {
        name: "ship",
        agent: "build",
        source: "command",
        template: "Ship $1 to $2",
        hints: ["$1", "$2"],
      },
      {
        name: "git/tidy",
        description: "tidy",
        model: "a/b",
        subtask: true,
        source: "command",
        template: "Tidy $ARGUMENTS",
        hints: ["$ARGUMENTS"],
      },
      { name: "pdf", description: "d", source: "skill", template: "Use it.", hints: [] },
    ]);
    expect(commands.every((command) => isValid(Command, command))).toBe(true);
    expect((await f.commands.get("git/tidy")).variant).toBe("high");
  });

  test("what is nearer overrides the rest, a skill overrides none", async () => {
    await using f = await fixture({
      ...config({ command: { init: { template: "mine" }, both: { template: "json" } } }),
      "home/.config/opencode/command/both.md": "markdown",
      "project/.claude/skills/both/SKILL.md": "---\nname: both\n---\nskill",
      "project/.claude/skills/review/SKILL.md": "---\nname: review\n---\nskill",
    });
    const commands = await f.commands.list();
    expect(commands.map(({ name, source }) => [name, source])).toEqual([
      ["init", "command"],
      ["review", "command"],
      ["both", "command"],
    ]);
    expect((await f.commands.get("init")).template).toBe("mine");
    expect((await f.commands.get("both")).template).toBe("json");
  });

  test("a broken file is skipped with its line", async () => {
    await using f = await fixture({
      "project/.opencode/command/bad.md": "---\nsubtask: perhaps\n---\nx",
      "project/.opencode/command/good.md": "x",
    });
    expect((await f.commands.list()).map(({ name }) => name)).toEqual(["init", "review", "good"]);
    expect(await f.warnings()).toContain("bad.md:2: subtask");
  });

  test("an unknown one is told with a similar one, or all", async () => {
    await using f = await fixture({});
    await expect(f.commands.get("reviw")).rejects.toThrow("Did you mean review?");
    await expect(f.commands.get("zzzzzz")).rejects.toThrow("There are: init, review");
  });
});

test("a nearer command counts more, in markdown or in JSON", async () => {
  const json = (template: string) =>
    JSON.stringify({ command: { c: { template, description: "far" } } });
  await using markdown = await fixture({
    "home/.config/opencode/opencode.json": json("Far"),
    "project/.opencode/command/c.md": "Near",
  });
  expect(await markdown.commands.get("c")).toMatchObject({ template: "Near", description: "far" });
  await using configured = await fixture({
    "home/.config/opencode/command/c.md": "Far",
    "project/opencode.json": json("Near"),
  });
  expect(await configured.commands.get("c")).toMatchObject({ template: "Near" });
});
