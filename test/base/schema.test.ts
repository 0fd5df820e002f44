// Issues name the path and say in plain words what is expected; unions report the member meant.

import { describe, expect, test } from "bun:test";
import { AppError } from "@/base/error";
import {
  findIssues,
  formatIssue,
  isValid,
  parse,
  stringEnum,
  t,
  toJSONSchema,
  type TSchema,
} from "@/base/schema";

const Text = t.Object({ type: t.Literal("text"), text: t.String() });
const Link = t.Object({ type: t.Literal("link"), url: t.String(), size: t.Optional(t.Integer()) });
const Input = t.Object({
  title: t.Optional(t.String()),
  level: stringEnum(["low", "high"]),
  parts: t.Array(t.Union([Text, Link])),
});

function explain(schema: TSchema, value: unknown): string[] {
  return findIssues(schema, value).map(formatIssue);
}

describe("findIssues", () => {
  test("finds none in a value that fits, unknown keys and absent options included", () => {
    const parts = [
      { type: "text", text: "a", more: 1 },
      { type: "link", url: "u" },
    ];
    expect(explain(Input, { level: "low", parts, other: true, title: undefined })).toEqual([]);
  });

  test("names the path of every fault", () => {
    const parts = [{ type: "text", text: 5 }, { type: "link", url: "u", size: 1.5 }, 7];
    expect(explain(Input, { title: null, parts })).toEqual([
      "title: expected string, got null",
      'level: is required, one of "low", "high"',
      "parts[0].text: expected string, got number",
      "parts[1].size: expected integer, got number",
      "parts[2]: expected object, got number",
    ]);
  });

  test("says which discriminators are allowed when it is absent or unknown", () => {
    expect(explain(Input, { level: "low", parts: [{ text: "a" }, { type: "txt" }] })).toEqual([
      'parts[0].type: is required, one of "text", "link"',
      'parts[1].type: expected one of "text", "link", got "txt"',
    ]);
  });

  test("looks into unions inside unions", () => {
    const schema = t.Union([t.Union([Text, Link]), t.Object({ type: t.Literal("none") })]);
    expect(explain(schema, { type: "link" })).toEqual(["url: is required"]);
    expect(explain(schema, { type: "none" })).toEqual([]);
  });

  test("picks the member meant where not all members have a discriminator", () => {
    const schema = t.Union([Text, Link, t.Object({ enabled: t.Boolean() })]);
    expect(explain(schema, { type: "link" })).toEqual(["url: is required"]);
    expect(explain(schema, { enabled: "yes" })).toEqual(["enabled: expected boolean, got string"]);
    expect(explain(schema, { type: "lnk" })).toEqual([
      'type: expected one of "text", "link", got "lnk"',
    ]);
  });

  test("lists literals and types of a mixed union", () => {
    const schema = t.Union([t.Boolean(), t.Literal("notify")]);
    expect(explain(schema, "never")).toEqual(['expected one of boolean, "notify", got "never"']);
    expect(explain(t.Union([t.Literal("a"), t.Literal("b")]), "c")).toEqual([
      'expected one of "a", "b", got "c"',
    ]);
    expect(explain(t.Union([t.String(), t.Null()]), 4)).toEqual([
      "expected one of string, null, got number",
    ]);
    expect(explain(t.Union([t.Integer({ minimum: 1 }), t.Literal(false)]), 0)).toEqual([
      "must be at least 1, got 0",
    ]);
  });

  test("explains limits and patterns", () => {
    expect(explain(t.Integer({ exclusiveMinimum: 0 }), 0)).toEqual([
      "must be greater than 0, got 0",
    ]);
    expect(explain(t.Integer({ maximum: 9 }), 10)).toEqual(["must be at most 9, got 10"]);
    expect(explain(t.Number(), Number.NaN)).toEqual(["expected a finite number"]);
    expect(explain(t.String({ minLength: 1 }), "")).toEqual(["must not be empty"]);
    expect(explain(t.String({ pattern: "^ses" }), "abc")).toEqual([
      'must begin with "ses", got "abc"',
    ]);
    expect(explain(t.Array(t.String(), { minItems: 1 }), [])).toEqual([
      "must have at least 1 items, got 0",
    ]);
    expect(explain(t.Tuple([t.String(), t.Number()]), ["a", "b"])).toEqual([
      "[1]: expected number, got string",
    ]);
  });

  test("does not accept a number written as text", () => {
    expect(explain(t.Integer(), "5")).toEqual(["expected integer, got string"]);
  });

  test("quotes keys of records that are no plain words, and reads no inherited property", () => {
    const schema = t.Record(t.String(), t.Object({ constructor: t.String() }));
    expect(explain(schema, { "a.b/c": {}, "my-key": { constructor: 1 } })).toEqual([
      '["a.b/c"].constructor: is required',
      "my-key.constructor: expected string, got number",
    ]);
  });

  test("bounds the number of issues and the length of what it quotes", () => {
    const many = findIssues(
      t.Array(t.String()),
      Array.from({ length: 1000 }, () => 1),
    );
    expect(many).toHaveLength(20);
    const [issue] = findIssues(stringEnum(["a"]), "x".repeat(10_000));
    expect(issue?.message.length).toBeLessThan(120);
  });
});

describe("parse", () => {
  test("returns the very value when it fits", () => {
    const value = { type: "text", text: "a", extra: 1 };
    expect(Object.is(parse(Text, value, "part"), value)).toBe(true);
    expect(isValid(Text, value)).toBe(true);
  });

  test("throws AppError invalid naming what, the first path and all issues", () => {
    let thrown: unknown;
    try {
      parse(Input, { level: "mid" }, "Configuration of app.json");
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({
      kind: "invalid",
      message: 'Configuration of app.json: level: expected one of "low", "high", got "mid"',
      data: {
        path: "level",
        issues: [{ path: "level" }, { path: "parts", message: "is required" }],
      },
    });
  });
});

test("foreign schemas may list types, and say oneOf", () => {
  const schema = t.Unsafe({
    type: "object",
    properties: {
      age: { type: ["integer", "null"] },
      id: { oneOf: [{ type: "string" }, { type: "number" }] },
    },
  });
  expect(findIssues(schema, { age: null, id: 1 })).toEqual([]);
  expect(findIssues(schema, { age: 1, id: "a" })).toEqual([]);
  expect(findIssues(schema, { age: 1.5, id: true })).toEqual([
    { path: "age", message: "expected integer or null, got number" },
    { path: "id", message: "expected one of string, number, got boolean" },
  ]);
});

test("stringEnum matches whole values only, special characters included", () => {
  const schema = stringEnum(["a.b", "c"]);
  expect(["a.b", "c", "axb", "cc", "c\n"].map((value) => isValid(schema, value))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("toJSONSchema gives a plain schema: no symbols, no $id, enums and records folded", () => {
  const schema = t.Object(
    {
      kind: t.Union([t.Literal("a"), t.Literal("b")], { description: "which" }),
      level: stringEnum(["low"]),
      extra: t.Optional(t.Record(t.String(), t.Unknown())),
      list: t.Array(Text, { maxItems: 3 }),
      $id: t.Union([t.String({ pattern: "^x" }), t.Null()]),
    },
    { $id: "Outer" },
  );
  const plain = toJSONSchema(schema);
  expect(plain).toStrictEqual({
    type: "object",
    required: ["kind", "level", "list", "$id"],
    properties: {
      kind: { type: "string", enum: ["a", "b"], description: "which" },
      level: { type: "string", enum: ["low"] },
      extra: { type: "object", additionalProperties: {} },
      list: {
        type: "array",
        maxItems: 3,
        items: {
          type: "object",
          required: ["type", "text"],
          properties: { type: { type: "string", const: "text" }, text: { type: "string" } },
        },
      },
      $id: { anyOf: [{ type: "string", pattern: "^x" }, { type: "null" }] },
    },
  });
  expect(Object.getOwnPropertySymbols(plain)).toEqual([]);
});
