// What a command's template becomes with its arguments, and what it may run and read.
import { describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Agents } from "@/agent/agents";
import { denied } from "@/base/error";
import type { PartInput } from "@/schema/part";
import { renderTemplate } from "@/session/command-template";
import { toolBench, type ToolBench } from "@test/support/tool-context";

/** The one thing that is asked of the agents. */
const agents = {
  list: async () => [{ name: "explore" }, { name: "title", hidden: true }],
} as unknown as Agents;

function render(bench: ToolBench, template: string, args = "") {
  return renderTemplate(template, args, { context: bench.context, agents, acts: "yes" });
}

const names = (parts: readonly PartInput[]) =>
  parts.map((part) => (part.type === "file" ? part.filename : part.type === "agent" && part.name));

describe("arguments", () => {
  test.each([
    ["Do it", "now", "Do it\n\nnow"],
    ["$1 and $2", "a b c", "a and b c"],
    ["!`echo $1` then $2", "a b c", "a then b c"],
    ["!`echo $2` then $1", "a b c", "b c then a"],
    ["!`echo hi`", "there", "hi\n\nthere"],
    ["$ARGUMENTS", "!`echo no`", "!`echo no`"],
    ["$1 `$2`", "! echo", "! `echo`"],
  ])("%j with %j", async (template, args, expected) => {
    await using bench = await toolBench();
    expect((await render(bench, template, args)).text).toBe(expected);
  });
});

describe("shell commands", () => {
  test("run one after the other, and a failing one tells what it printed", async () => {
    await using bench = await toolBench();
    const { text } = await render(bench, "a: !`echo 1 > f` b: !`cat f; echo no >&2; exit 3`!");
    expect(text).toBe("a: (no output) b: 1\nno!");
    expect(bench.asks.map(({ permission }) => permission)).toContain("bash");
  });

  test("a refusal ends it before the next one runs", async () => {
    const onAsk = ({ permission }: { permission: string }) => {
      if (permission === "bash") throw denied("no");
    };
    await using bench = await toolBench({}, { onAsk });
    await expect(render(bench, "!`touch made`")).rejects.toMatchObject({ kind: "denied" });
    expect(await Bun.file(join(bench.directory, "made")).exists()).toBe(false);
  });

  test("too many are refused before any runs", async () => {
    await using bench = await toolBench();
    await expect(render(bench, "!`touch made`".repeat(21))).rejects.toMatchObject({
      kind: "limit",
    });
    expect(bench.asks).toEqual([]);
  });
});

describe("mentions", () => {
  const tree = { "a.txt": "a", "src/b.ts": "b", "we ird.txt": "c", explore: "a file" };

  test.each([
    ["See @a.txt.", ["a.txt"]],
    ["(@src/b.ts), @src and @./a.txt!", ["src/b.ts", "src", "./a.txt"]],
    ["@a.txt @a.txt and @./a.txt", ["a.txt"]],
    ["mail me@a.txt, or @nobody, @ and @...", []],
    ["@title", []],
    ["`@a.txt`", []],
  ])("in %j", async (template, expected) => {
    await using bench = await toolBench(tree);
    const { parts, text } = await render(bench, template);
    expect(names(parts)).toEqual(expected);
    expect(text).toBe(template);
  });

  test("a file is meant rather than an agent of the same name", async () => {
    await using bench = await toolBench(tree);
    expect((await render(bench, "@explore")).parts).toMatchObject([{ type: "file" }]);
    await using other = await toolBench();
    expect((await render(other, "@explore")).parts).toEqual([{ type: "agent", name: "explore" }]);
  });

  test("directories and files of the home are files; what is outside is asked for", async () => {
    await using bench = await toolBench(tree);
    await writeFile(join(bench.home, "notes.md"), "n");
    const { parts } = await render(bench, "@src and @~/notes.md");
    expect(parts).toMatchObject([
      { mime: "application/x-directory" },
      { mime: "text/plain", url: `file://${bench.home}/notes.md` },
    ]);
    expect(bench.asks.map(({ permission }) => permission)).toEqual([
      "read",
      "external_directory",
      "read",
    ]);
  });

  test("what a command prints mentions nothing", async () => {
    await using bench = await toolBench(tree);
    const { parts, text } = await render(bench, "!`echo @a.txt`");
    expect([text, parts]).toEqual(["@a.txt", []]);
  });
});
