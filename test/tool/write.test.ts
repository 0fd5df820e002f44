import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { readTool } from "@/tool/read";
import { writeTool } from "@/tool/write";
import { readTree } from "@test/support/temp";
import { toolBench } from "@test/support/tool-context";

test("creates a file and its directories with the umask's modes", async () => {
  await using bench = await toolBench();
  const result = await bench.run(writeTool, { filePath: "a/b/c.txt", content: "hi\n" });
  expect(result).toMatchObject({
    title: "a/b/c.txt",
    output: "Wrote file successfully.",
    metadata: { filepath: join(bench.directory, "a/b/c.txt"), exists: false, diagnostics: {} },
  });
  expect(await readTree(bench.directory, "a/b/c.txt")).toBe("hi\n");
  expect((await stat(join(bench.directory, "a/b"))).mode & 0o777).toBe(0o777 & ~process.umask());
  expect(bench.edited).toEqual([join(bench.directory, "a/b/c.txt")]);
});

test("an existing file must have been read", async () => {
  await using bench = await toolBench({ "a.txt": "old\n" });
  const input = { filePath: "a.txt", content: "new\n" };
  expect(await bench.failure(writeTool, input)).toMatch(/already exists.*read it first/);
  expect(bench.asks).toEqual([]);
  await bench.run(readTool, { filePath: "a.txt" });
  const result = await bench.run(writeTool, input);
  expect(result.metadata["exists"]).toBe(true);
  expect(await readTree(bench.directory, "a.txt")).toBe("new\n");
});

test("what the model wrote itself it may replace", async () => {
  await using bench = await toolBench();
  await bench.run(writeTool, { filePath: "a.txt", content: "1\n" });
  await bench.run(writeTool, { filePath: "a.txt", content: "2\n" });
  expect(await readTree(bench.directory, "a.txt")).toBe("2\n");
});

test("a change since the read is shown, not overwritten", async () => {
  await using bench = await toolBench({ "a.txt": "one\ntwo\n" });
  await bench.run(readTool, { filePath: "a.txt" });
  await writeFile(join(bench.directory, "a.txt"), "one\nmine\n");
  const message = await bench.failure(writeTool, { filePath: "a.txt", content: "x\n" });
  expect(message).toContain("has changed since it was read");
  expect(message).toContain("-two\n+mine");
  expect(await readTree(bench.directory, "a.txt")).toBe("one\nmine\n");
});

test("a change while permission is waited for is not overwritten", async () => {
  await using bench = await toolBench(
    { "a.txt": "one\n" },
    {
      onAsk: async ({ permission }) => {
        if (permission === "edit") await writeFile(join(bench.directory, "a.txt"), "mine\n");
      },
    },
  );
  await bench.run(readTool, { filePath: "a.txt" });
  const message = await bench.failure(writeTool, { filePath: "a.txt", content: "x\n" });
  expect(message).toContain("changed while permission was waited for");
  expect(await readTree(bench.directory, "a.txt")).toBe("mine\n");
});

test("an empty file has nothing to lose", async () => {
  await using bench = await toolBench({ "a.txt": "" });
  await bench.run(writeTool, { filePath: "a.txt", content: "x\n" });
  expect(await readTree(bench.directory, "a.txt")).toBe("x\n");
});

test("mark, mode and line endings stay", async () => {
  await using bench = await toolBench({ "a.txt": "\uFEFFa\r\nb\r\n" });
  await chmod(join(bench.directory, "a.txt"), 0o755);
  await bench.run(readTool, { filePath: "a.txt" });
  const result = await bench.run(writeTool, { filePath: "a.txt", content: "x\ny\n" });
  expect(result.output).toBe("Wrote file successfully. (CRLF line endings kept)");
  expect(await readTree(bench.directory, "a.txt")).toBe("\uFEFFx\r\ny\r\n");
  expect((await stat(join(bench.directory, "a.txt"))).mode & 0o777).toBe(0o755);
});

test("a directory is an error", async () => {
  await using bench = await toolBench({ "dir/": "" });
  expect(await bench.failure(writeTool, { filePath: "dir", content: "x" })).toContain("directory");
});
