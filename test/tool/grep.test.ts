import { join } from "node:path";
import { expect, test } from "bun:test";
import { grepTool } from "@/tool/grep";
import { toolBench } from "@test/support/tool-context";

test("groups matches by file, with absolute paths", async () => {
  await using bench = await toolBench({ "a.ts": "foo\nbar\nfoo2\n", "b/c.ts": "x foo\n" });
  const result = await bench.run(grepTool, { pattern: "foo" });
  const path = (name: string) => join(bench.directory, name);
  expect(result.output).toBe(
    `Found 3 matches\n${path("a.ts")}:\n  Line 1: foo\n  Line 3: foo2\n\n` +
      `${path("b/c.ts")}:\n  Line 1: x foo`,
  );
  expect(result.title).toBe("foo");
  expect(result.metadata).toEqual({ matches: 3, truncated: false });
  expect(bench.asks).toMatchObject([{ permission: "grep", patterns: ["foo"], always: ["*"] }]);
});

test("include, a directory and a file as path", async () => {
  await using bench = await toolBench({
    "a.ts": "foo\n",
    "a.md": "foo\n",
    "d/[id].ts": "foo\n",
    "d/e/[id].ts": "foo\n",
  });
  const matches = async (input: object) => {
    const { output } = await bench.run(grepTool, { pattern: "foo", ...input });
    return output.match(/^\/.*(?=:$)/gm)?.map((path) => path.slice(bench.directory.length + 1));
  };
  expect(await matches({ include: "*.ts" })).toEqual(["a.ts", "d/[id].ts", "d/e/[id].ts"]);
  expect(await matches({ path: "d" })).toEqual(["d/[id].ts", "d/e/[id].ts"]);
  expect(await matches({ path: "d/[id].ts" })).toEqual(["d/[id].ts"]);
});

test("says when nothing is found, and when the pattern or the path is wrong", async () => {
  await using bench = await toolBench({ "a.ts": "foo\n" });
  expect((await bench.run(grepTool, { pattern: "zzz" })).output).toBe("No files found");
  expect(await bench.failure(grepTool, { pattern: "a(" })).toContain("unclosed group");
  expect(await bench.failure(grepTool, { pattern: "a", path: "nope" })).toBe(
    `Path not found: ${join(bench.directory, "nope")}`,
  );
});

test("shows a hundred matches and cuts long lines", async () => {
  await using bench = await toolBench({ "a.txt": `${"x".repeat(3_000)}\n`.repeat(150) });
  const result = await bench.run(grepTool, { pattern: "x" });
  expect(result.output).toStartWith("Found 100 matches (more matches available)\n");
  expect(result.output).toContain("  Line 100: ");
  expect(result.output).not.toContain("  Line 101: ");
  expect(result.output).toContain("(line truncated to 2000 chars)");
  expect(result.output).toEndWith("use a more specific path, include or pattern.)");
  expect(result.metadata).toEqual({ matches: 100, truncated: true });
});

test("leaves out files that may not be read, and says how many", async () => {
  await using bench = await toolBench(
    { ".env": "KEY=secret\n", "sub/.env.local": "KEY=other\n", "a.ts": "KEY\n" },
    { mayRead: (pattern) => !/(^|\/)\.env/.test(pattern) },
  );
  const result = await bench.run(grepTool, { pattern: "KEY" });
  expect(result.output).not.toContain("secret");
  expect(result.output).not.toContain("other");
  expect(result.output).toStartWith("Found 1 matches\n");
  expect(result.output).toEndWith("(2 files with matches left out: reading needs permission)");
  const only = await bench.run(grepTool, { pattern: "secret", path: ".env" });
  expect(only.output).toBe(
    "No files found\n\n(1 file with matches left out: reading needs permission)",
  );
});

test("outside the project asks for the directory first", async () => {
  await using bench = await toolBench();
  await bench.run(grepTool, { pattern: "x", path: bench.home });
  expect(bench.asks.map(({ permission, patterns }) => [permission, patterns])).toEqual([
    ["external_directory", [join(bench.home, "*")]],
    ["grep", ["x"]],
  ]);
});

test("an abort ends the search", async () => {
  await using bench = await toolBench({ "a.ts": "foo\n" });
  bench.abort.abort(new DOMException("stop", "AbortError"));
  expect(await bench.failure(grepTool, { pattern: "foo" })).toBe("stop");
});
