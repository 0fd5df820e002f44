import { expect, test } from "bun:test";
import { invalidTool } from "@/tool/invalid";
import { toolBench } from "@test/support/tool-context";

test("tells the model what was wrong", async () => {
  await using bench = await toolBench();
  const result = await bench.run(invalidTool, { tool: "nope", error: "no such tool" });
  expect(result.output).toBe("The arguments provided to the tool are invalid: no such tool");
});
