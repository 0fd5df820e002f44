import { expect, test } from "bun:test";
import { t } from "@/base/schema";
import { findUnknownKeys } from "@/base/unknown-keys";

const Inner = t.Object({ name: t.Optional(t.String()) });
const Schema = t.Object({
  inner: t.Optional(Inner),
  open: t.Optional(
    t.Object(
      { a: t.Optional(t.String()), top_p: t.Optional(t.Number()), temperature: t.Optional(Inner) },
      { additionalProperties: true },
    ),
  ),
  map: t.Optional(t.Record(t.String(), Inner)),
  list: t.Optional(t.Array(Inner)),
  any: t.Optional(t.Unknown()),
  either: t.Optional(
    t.Union([
      t.Boolean(),
      t.Object({ type: t.Literal("a"), x: t.Optional(t.String()) }),
      t.Object({ type: t.Literal("b"), y: t.Optional(t.String()) }),
    ]),
  ),
});

test.each([
  [{ inner: { name: "x" }, either: true }, []],
  [{ other: 1 }, ["other"]],
  [{ inner: { nam: 1 } }, ["inner.nam"]],
  [{ open: { b: { c: 1 } }, any: { d: 1 } }, []],
  [{ open: { top_k: 1, b: 1, temper: 1 } }, []],
  [
    { open: { topP: 1, temprature: 1, Temperature: 1 } },
    ["open.topP", "open.temprature", "open.Temperature"],
  ],
  [{ open: { tpo_p: 1, a_: "x" } }, ["open.tpo_p", "open.a_"]],
  [{ map: { "a.b": { nam: 1 } } }, ['map["a.b"].nam']],
  [{ list: [{}, { nam: 1 }] }, ["list[1].nam"]],
  [{ either: { type: "b", x: "of the other" } }, ["either.x"]],
  [{ constructor: 1 }, ["constructor"]],
])("of %j: %j", (value, expected) => {
  expect(findUnknownKeys(Schema, value).map(({ path }) => path)).toEqual(expected);
});

test("the keys that may stand there are told", () => {
  expect(findUnknownKeys(Schema, { inner: { nam: 1 } })).toEqual([
    { path: "inner.nam", key: "nam", known: ["name"] },
  ]);
});
