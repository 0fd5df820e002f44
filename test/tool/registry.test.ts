import { expect, test } from "bun:test";
import { toJSONSchema } from "@/base/schema";
import { builtinTools, toolsFor } from "@/tool/registry";

const ids = (model: string) => toolsFor({ id: model }).map(({ id }) => id);

/** What providers are sent for each tool. */
const sent = (tools: ReturnType<typeof builtinTools>) => {
  const functions = tools.map(({ id, description, parameters }) => ({
    type: "function",
    function: { name: id, description, parameters: toJSONSchema(parameters) },
  }));
  return JSON.stringify(functions);
};

test("models trained on patches get apply_patch for edit and write", () => {
  for (const model of ["gpt-5", "gpt-5.1-codex", "openai/gpt-5-mini", "GPT-5"]) {
    expect(ids(model)).toContain("apply_patch");
    expect(ids(model)).not.toContain("edit");
    expect(ids(model)).not.toContain("write");
  }
  for (const model of ["gpt-4o", "gpt-4.1", "gpt-oss-120b", "claude-sonnet", "gemini-3", "o3"]) {
    expect(ids(model)).not.toContain("apply_patch");
    expect(ids(model)).toContain("edit");
    expect(ids(model)).toContain("write");
  }
});

test("are offered in one order, without the tool for invalid calls", () => {
  expect(ids("m")).toEqual([...ids("m")].sort());
  expect(ids("m")).not.toContain("invalid");
  expect(builtinTools()).toHaveLength(14);
});

test("the description of task lists the subagents", () => {
  const subagents = [{ name: "explore", description: "Searches." }, { name: "general" }];
  const task = toolsFor({ id: "m" }, subagents).find(({ id }) => id === "task");
  expect(task?.description).toEndWith("subagent_type is one of:\n- explore: Searches.\n- general");
});

test("all tools together are sent in six and a half kilobytes", () => {
  const tools = builtinTools().filter(({ id }) => id !== "invalid");
  expect(tools).toHaveLength(13);
  expect(sent(tools).length).toBeLessThan(6.5 * 1024);
  expect(sent(toolsFor({ id: "claude" })).length).toBeLessThan(6 * 1024);
});

test("schemas have nothing that providers do not know", () => {
  expect(sent(builtinTools())).not.toMatch(/\$id|exclusive|patternProperties|anyOf/);
});
