import { expect, test } from "bun:test";
import { findIssues, type TSchema, toJSONSchema } from "@/base/schema";
import { cleanInputSchema } from "@/mcp/input-schema";

test("a schema is taken as it is but for what nobody needs", () => {
  const schema = {
    type: "object",
    properties: {
      path: { type: "string", description: "Where", minLength: 1, pattern: "^/" },
      tags: { type: "array", items: { $ref: "#/$defs/tag" }, default: [] },
    },
    required: ["path"],
    additionalProperties: false,
    $defs: { tag: { type: "string", enum: ["a", "b"] } },
  };
  const $schema = "http://json-schema.org/draft-07/schema#";
  expect(cleanInputSchema({ ...schema, $schema, $id: "x" })).toEqual(schema);
  expect(cleanInputSchema(undefined)).toEqual({ type: "object", properties: {} });
});

test("what is no schema of an object is refused", () => {
  let deep: Record<string, unknown> = {};
  for (let at = 0; at < 10_000; at++) deep = { properties: deep };
  const large = { type: "object", description: "x".repeat(100_000) };
  for (const value of ["x", 5, [], { type: "array" }, { ...deep, type: "object" }, large]) {
    expect(cleanInputSchema(value)).toBeUndefined();
  }
});

test("several types are told in the way that every reader knows", () => {
  const type = ["string", "null", "nonsense"];
  const a = { type, description: "A", minLength: 2 };
  const cleaned = cleanInputSchema({ properties: { a } });
  expect(cleaned?.["properties"]).toEqual({
    a: { description: "A", anyOf: [{ type: "string", minLength: 2 }, { type: "null" }] },
  });
  const schema = cleaned as unknown as TSchema;
  expect(findIssues(schema, { a: null })).toEqual([]);
  expect(findIssues(schema, { a: "ab" })).toEqual([]);
  expect(findIssues(schema, { a: "a" })).toHaveLength(1);
});

test("a small schema stays small", () => {
  let node: Record<string, unknown> = {};
  const type = ["object", "array", "string"];
  for (let at = 0; at < 14; at++) node = { type, properties: { a: node }, items: { type } };
  const cleaned = cleanInputSchema({ properties: { node } });
  expect(JSON.stringify(cleaned).length).toBeLessThan(10_000);
});

test("names that do not exist are not required, patterns that may hang are not matched", () => {
  const properties = {
    a: { type: "string", pattern: "(a+)+$" },
    b: { type: "string", pattern: "(?<" },
  };
  expect(cleanInputSchema({ properties, required: ["a", "gone", 5] })).toEqual({
    type: "object",
    properties: { a: { type: "string" }, b: { type: "string" } },
    required: ["a"],
  });
});

test("a schema from outside this one is not followed", () => {
  const properties = { a: { $ref: "https://example.com/schema" }, b: { $ref: "#/$defs/x" } };
  expect(cleanInputSchema({ properties })?.["properties"]).toEqual({
    a: {},
    b: { $ref: "#/$defs/x" },
  });
});

test("hostile shapes are readable afterwards, for all who read schemas", () => {
  const keywords = ["anyOf", "allOf", "oneOf", "items", "properties", "patternProperties"];
  const more = ["enum", "required", "additionalProperties", "pattern", "type", "const", "$ref"];
  const hostile = [null, 5, "x", [], [null], [5], {}, { a: null }, { a: "x" }, true, false];
  for (const keyword of [...keywords, ...more]) {
    for (const value of hostile) {
      const cleaned = cleanInputSchema({ properties: { inner: { [keyword]: value } } });
      const schema = cleaned as unknown as TSchema;
      toJSONSchema(schema);
      for (const inner of [null, "x", 5, [1], { a: 1 }]) findIssues(schema, { inner });
    }
  }
});
