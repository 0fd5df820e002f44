import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, test } from "bun:test";
import { limitOutput } from "@/tool/limit-output";
import { toolBench } from "@test/support/tool-context";

const result = (output: string, metadata: Record<string, unknown> = {}) => {
  return { title: "t", output, metadata };
};

test("a short output stays, marked as whole", async () => {
  await using bench = await toolBench();
  expect(await limitOutput(result("short", { a: 1 }), bench.context)).toEqual({
    title: "t",
    output: "short",
    metadata: { a: 1, truncated: false },
  });
});

test("what has limited itself stays as it is", async () => {
  await using bench = await toolBench();
  const own = result("x\n".repeat(5_000), { truncated: true });
  expect(await limitOutput(own, bench.context)).toBe(own);
});

test("a long output keeps its beginning and is saved privately", async () => {
  await using bench = await toolBench();
  const text = Array.from({ length: 2_500 }, (_, index) => `line ${index}`).join("\n");
  const limited = await limitOutput(result(text), bench.context);
  const path = String(limited.metadata["outputPath"]);
  expect(limited.output).toStartWith("line 0\n");
  expect(limited.output).toContain("line 1999\n\n...output truncated");
  expect(limited.output).not.toContain("line 2000");
  expect(limited.output).toContain(`Full output saved to: ${path}`);
  expect(await readFile(path, "utf8")).toBe(text);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("bytes are limited too", async () => {
  await using bench = await toolBench();
  const limited = await limitOutput(result("é".repeat(50_000)), bench.context);
  expect(Buffer.byteLength(limited.output)).toBeLessThan(52_000);
});

test("when it cannot be saved it says so", async () => {
  await using bench = await toolBench();
  await mkdir(dirname(bench.paths.toolOutput), { recursive: true });
  await writeFile(bench.paths.toolOutput, "a file in the way");
  const limited = await limitOutput(result("x\n".repeat(5_000)), bench.context);
  expect(limited.output).toContain("The full output could not be saved");
  expect(limited.metadata).toEqual({ truncated: true });
});
