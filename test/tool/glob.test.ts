import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { globTool } from "@/tool/glob";
import { toolBench } from "@test/support/tool-context";

test("gives absolute paths, newest first", async () => {
  await using bench = await toolBench({ "a.ts": "", "b/c.ts": "", "d.md": "", "skip/e.ts": "" });
  await bench.run(globTool, { pattern: "*" });
  await utimes(join(bench.directory, "a.ts"), 1_000, 1_000);
  await utimes(join(bench.directory, "b/c.ts"), 3_000, 3_000);
  await utimes(join(bench.directory, "skip/e.ts"), 2_000, 2_000);
  const result = await bench.run(globTool, { pattern: "**/*.ts" });
  const paths = ["b/c.ts", "skip/e.ts", "a.ts"].map((name) => join(bench.directory, name));
  expect(result.output).toBe(paths.join("\n"));
  expect(result.metadata).toEqual({ count: 3, truncated: false });
  expect(bench.asks.at(-1)).toMatchObject({ permission: "glob", patterns: ["**/*.ts"] });
});

test("respects ignore files, a directory as path and absolute patterns", async () => {
  await using bench = await toolBench({ ".gitignore": "out\n", "out/a.ts": "", "in/a.ts": "" });
  const path = join(bench.directory, "in/a.ts");
  expect((await bench.run(globTool, { pattern: "**/*.ts" })).output).toBe(path);
  expect((await bench.run(globTool, { pattern: "*.ts", path: "in" })).output).toBe(path);
  const absolute = join(bench.directory, "in/*.ts");
  expect((await bench.run(globTool, { pattern: absolute })).output).toBe(path);
});

test("shows a hundred files at most", async () => {
  const tree = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`f${i}.txt`, ""]));
  await using bench = await toolBench(tree);
  const result = await bench.run(globTool, { pattern: "*.txt" });
  expect(result.output.split("\n").filter((line) => line.startsWith("/"))).toHaveLength(100);
  expect(result.output).toContain("(Only 100 files are shown");
  expect(result.metadata).toEqual({ count: 100, truncated: true });
});

test("nothing found, a file as path, a missing path", async () => {
  await using bench = await toolBench({ "a.ts": "" });
  expect((await bench.run(globTool, { pattern: "*.md" })).output).toBe("No files found");
  const path = join(bench.directory, "a.ts");
  expect(await bench.failure(globTool, { pattern: "*", path: "a.ts" })).toBe(
    `glob path must be a directory: ${path}`,
  );
  expect(await bench.failure(globTool, { pattern: "*", path: "nope" })).toContain("not found");
});
