import { expect, test } from "bun:test";
import { REQUEST_BODY_MAX_BYTES } from "@/base/limits";
import { t } from "@/base/schema";
import { checkInput, readBody, readQuery } from "@/server/request-input";

const Query = t.Object({
  count: t.Optional(t.Integer()),
  size: t.Optional(t.Number()),
  isOn: t.Optional(t.Boolean()),
  either: t.Optional(t.Union([t.Boolean(), t.Integer()])),
  text: t.Optional(t.String()),
});

function read(query: string): Record<string, unknown> {
  return readQuery(Query, `http://localhost/?${query}`);
}

test("query values are read as their schema has them, and texts as they are", () => {
  expect(read("count=5&size=-1.5&isOn=true")).toEqual({ count: 5, size: -1.5, isOn: true });
  expect(read("either=false")).toEqual({ either: false });
  expect(read("either=12")).toEqual({ either: 12 });
  expect(read("text=5&other=5")).toEqual({ text: "5", other: "5" });
  for (const text of ["a,b", "[1]", '{"a":1}', "true", "", "a b+c", "ü"]) {
    expect(read(`text=${encodeURIComponent(text)}`)).toEqual({ text });
  }
});

test("what is no number or switch stays text, for the check to refuse", () => {
  for (const text of ["", "x", "0x10", "1e9", "Infinity", " 1"]) {
    const query = read(`count=${encodeURIComponent(text)}`);
    expect(query).toEqual({ count: text });
    expect(() => checkInput(Query, query, "Query")).toThrow("count");
  }
  expect(() => checkInput(Query, read("isOn=yes"), "Query")).toThrow("isOn");
  expect(() => checkInput(Query, read("text=a&text=b"), "Query")).toThrow("text");
});

test("keys that are not known go no further, at any depth", () => {
  const Schema = t.Object({
    title: t.String(),
    time: t.Object({ archived: t.Number() }),
    list: t.Array(t.Union([t.Object({ a: t.Literal(1) }), t.Object({ b: t.Literal(2) })])),
    map: t.Record(t.String(), t.Object({ on: t.Boolean() })),
    free: t.Object({ known: t.Number() }, { additionalProperties: true }),
    any: t.Unknown(),
  });
  const known = {
    title: "x",
    time: { archived: 1 },
    list: [{ a: 1 }, { b: 2 }],
    map: { key: { on: true } },
    free: { known: 1, more: 2 },
    any: { deep: { x: 1 } },
  };
  const value = {
    ...known,
    id: "mine",
    time: { archived: 1, created: 2 },
    list: [
      { a: 1, c: 3 },
      { b: 2, a: "x" },
    ],
    map: { key: { on: true, off: 1 } },
  };
  expect(checkInput(Schema, value, "Payload")).toEqual(known as never);
});

function post(body: RequestInit["body"]): Request {
  return new Request("http://localhost/", { method: "POST", body });
}

test("no body is an empty object, and JSON is read whatever it is called", async () => {
  expect(await readBody(new Request("http://localhost/", { method: "POST" }))).toEqual({});
  expect(await readBody(post(" \n"))).toEqual({});
  expect(await readBody(post('{"a":[1,"ü"]}'))).toEqual({ a: [1, "ü"] });
  expect(await readBody(post(new Blob(['{"a":1}'], { type: "image/png" })))).toEqual({ a: 1 });
});

test("malformed JSON is refused with its place", async () => {
  const faults: [string, string][] = [
    ["{", "line 1, column 2"],
    ['{\n  "a": 1,\n}', "line 3, column 1"],
    ['{"a": 1} x', "line 1, column 10"],
    ["{'a': 1}", "line 1, column 2"],
    ['{"a": 1} // no', "line 1, column 10"],
    ["nope", "line 1, column 1"],
  ];
  for (const [text, place] of faults) {
    await expect(readBody(post(text)), text).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining(place),
    });
  }
});

test("nesting without end is refused, not crashed on", async () => {
  await expect(readBody(post("[".repeat(500_000)))).rejects.toMatchObject({ kind: "invalid" });
  const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${"}]".repeat(depth / 2)}`;
  expect(JSON.stringify(await readBody(post(nested(500))))).toBe(nested(500));
  const brackets = JSON.stringify({ a: "[".repeat(600), b: `\\"${"[{".repeat(600)}\\`, c: [] });
  expect(JSON.stringify(await readBody(post(brackets)))).toBe(brackets);
  for (const depth of [502, 200_000]) {
    await expect(readBody(post(nested(depth)))).rejects.toMatchObject({
      kind: "invalid",
      message: "The body is nested deeper than 500 levels",
    });
  }
});

test("a body of unknown length is read up to the limit only", async () => {
  let sent = 0;
  const chunk = new Uint8Array(1024 * 1024).fill(32);
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += chunk.length;
      controller.enqueue(chunk);
    },
  });
  await expect(readBody(post(endless))).rejects.toMatchObject({ kind: "limit" });
  expect(sent).toBeLessThan(REQUEST_BODY_MAX_BYTES + 4 * chunk.length);
});
