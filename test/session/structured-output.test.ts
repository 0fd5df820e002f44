// What the schema that a caller sends becomes for a model, and how a step is judged by it.
import { describe, expect, test } from "bun:test";
import type { OutputFormatJsonSchema } from "@/schema/message";
import type { Part, ToolPart } from "@/schema/part";
import {
  checkFormat,
  describeTool,
  judgeStructured,
  structuredTool,
} from "@/session/structured-output";
import { toolBench } from "@test/support/tool-context";

const person = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };

function format(schema: Record<string, unknown>, retryCount?: number): OutputFormatJsonSchema {
  return { type: "json_schema", schema, ...(retryCount === undefined ? {} : { retryCount }) };
}

function call(tool: string, state: Partial<ToolPart["state"]>): ToolPart {
  const time = { start: 1, end: 1 };
  const whole = { input: {}, output: "", title: "", metadata: {}, error: "", time, ...state };
  const place = { id: "prt_1", sessionID: "ses_1", messageID: "msg_1" };
  return { ...place, type: "tool", tool, callID: "c", state: whole as ToolPart["state"] };
}

const text: Part = {
  id: "prt_0",
  sessionID: "ses_1",
  messageID: "msg_1",
  type: "text",
  text: "Ada",
};

describe("the tool", () => {
  test("has the caller's own schema when that is of an object", () => {
    const given = { $schema: "x", ...person, $defs: { a: { type: "string" } } };
    const { $schema: _, ...own } = given;
    expect(describeTool(format(given)).parameters).toEqual(own);
    expect(describeTool(format({ properties: {} })).parameters).toMatchObject({ type: "object" });
  });

  test.each([[{ type: "string" }], [{ anyOf: [person] }], [{}]])("wraps %j", (schema) => {
    expect(describeTool(format(schema)).parameters).toEqual({
      type: "object",
      properties: { value: schema },
      required: ["value"],
    });
  });

  test("refuses what does not fit, and takes all where the schema cannot be followed", async () => {
    await using bench = await toolBench();
    const run = (schema: Record<string, unknown>, input: unknown) =>
      structuredTool(format(schema)).run(input, bench.context);
    await expect(run(person, { name: 1 })).rejects.toThrow("name: expected string, got number");
    await expect(run({ type: "string" }, { value: 1 })).rejects.toThrow("expected string");
    await run({ type: "string" }, { value: "a" });
    await run(person, { name: "Ada", more: true });
    await run(
      { type: "object", properties: { name: { type: "string", pattern: "(" } } },
      {
        name: "Ada",
      },
    );
    await run({ type: "object", required: 5 }, { name: "Ada" });
  });
});

test("a schema too large to be sent with every request is refused", () => {
  expect(() => checkFormat(format({ description: "x".repeat(300_000) }))).toThrow("format.schema");
  checkFormat(format(person));
  checkFormat({ type: "text" });
  checkFormat(undefined);
});

describe("a step", () => {
  const given = call("StructuredOutput", { status: "completed", input: { name: "Ada" } });
  const failed = call("StructuredOutput", { status: "error" });
  const broken = call("invalid", { status: "completed", input: { tool: "StructuredOutput" } });
  const other = call("read", { status: "completed" });

  test("without a schema is judged by its calls alone", () => {
    expect(judgeStructured(undefined, [text], { structuredMisses: 0 })).toEqual({});
    expect(judgeStructured({ type: "text" }, [text], { structuredMisses: 0 })).toEqual({});
  });

  test("with the answer ends the turn, whatever else it called", () => {
    const turn = { structuredMisses: 5 };
    const judged = judgeStructured(format(person), [text, failed, other, given], turn);
    expect(judged).toEqual({ value: { name: "Ada" }, outcome: "stop" });
    const wrapped = call("StructuredOutput", { status: "completed", input: { value: 0 } });
    expect(judgeStructured(format({ type: "number" }), [wrapped], turn).value).toBe(0);
  });

  test("that still works with other tools is no miss", () => {
    const turn = { structuredMisses: 0 };
    expect(judgeStructured(format(person), [text, other], turn)).toEqual({});
    expect(turn.structuredMisses).toBe(0);
  });

  test.each([
    ["only talks", [text], { outcome: "go-on" }],
    ["does not fit", [failed], {}],
    ["is no JSON", [broken], {}],
  ])("that %s is a miss, and one too many an error", (_, parts, judged) => {
    const turn = { structuredMisses: 0 };
    expect(judgeStructured(format(person, 1), parts, turn)).toEqual(judged as object);
    expect(judgeStructured(format(person, 1), parts, turn)).toMatchObject({
      error: { name: "StructuredOutputError", data: { retries: 1 } },
    });
  });
});
