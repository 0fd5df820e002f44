// Requests of an operation for random tests: half of them valid by what the document says, the
// others with faults in their path, query or body; and some near to one that succeeds.

import fc from "fast-check";
import { type Call, fillPath, nodeOf, type Operation } from "@test/support/contract";
import { hostileTexts, mutate, mutation, rawBody } from "./hostile";
import { arbitraryValue, type ValueSource } from "./schema-values";

export interface FuzzRequest {
  method: string;
  /** With the query, as it is sent. */
  path: string;
  body?: string;
  /** It has to succeed. */
  isRecipe?: boolean;
}

/** What comes instead of a value in a path; without what a URL would take for a way up. */
const RAW_SEGMENTS = [
  ...["%00", "%ff", "%E0%A4%A", "%", "%2F", "%25", "ses_%00", "msg_%F0%9F%92%A5", "a%20b", "*"],
  ...["ses_" + "a".repeat(4_000), "null", "undefined", "__proto__", ":sessionID", "0", "-1"],
] as const;

const RAW_QUERIES = [
  ...["&", "a=b", "=", "limit=-1", "limit=1.5", "limit=NaN", "limit=1e400", "limit=", "%=%"],
  ...[
    "__proto__[x]=1",
    "a[b][c]=1",
    "limit=1&limit=2",
    "q=%FF%FE",
    "start=true",
    "x=" + "y".repeat(4_000),
  ],
] as const;

/** The request of `recipe` as it is sent. */
export function recipeRequest(operation: Operation, recipe: Call): FuzzRequest {
  const { params = {}, query = {}, body } = recipe;
  return {
    method: operation.method.toUpperCase(),
    path: withQuery(fillPath(operation.path, params), queryOf(query)),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isRecipe: true,
  };
}

/** Any request of the operation, or one with a few faults beside `recipe`. */
export function arbitraryRequest(
  operation: Operation,
  body: unknown,
  { source, recipe }: { source: ValueSource; recipe: Call },
): fc.Arbitrary<FuzzRequest> {
  const text = body === undefined ? fc.constant(undefined) : arbitraryBody(body, source);
  const any = assemble(operation, source, {
    path: arbitraryPath(operation, source, false),
    query: arbitraryQuery(operation, source),
    body: text,
  });
  const near = assemble(operation, source, {
    path: fc.constant(fillPath(operation.path, recipe.params ?? {})),
    query: fc.constant(queryOf(recipe.query ?? {})),
    body: body === undefined ? fc.constant(undefined) : bodyNear(recipe.body ?? {}),
  });
  return fc.oneof({ weight: 3, arbitrary: any }, { weight: 1, arbitrary: near });
}

interface Pieces {
  path: fc.Arbitrary<string>;
  query: fc.Arbitrary<string>;
  body: fc.Arbitrary<string | undefined>;
}

/** A request of these pieces, now and then with a fault in its path or query instead. */
function assemble(operation: Operation, source: ValueSource, pieces: Pieces) {
  const path = fc.oneof(
    { weight: 5, arbitrary: pieces.path },
    {
      weight: operation.path.includes("{") ? 1 : 0,
      arbitrary: arbitraryPath(operation, source, true),
    },
  );
  const query = fc.oneof(
    { weight: 3, arbitrary: pieces.query },
    { weight: 1, arbitrary: arbitraryBadQuery(operation, source) },
  );
  const method = operation.method.toUpperCase();
  return fc.tuple(path, query, pieces.body).map(([to, search, text]) => ({
    method,
    path: withQuery(to, search),
    ...(text !== undefined && { body: text }),
  }));
}

function withQuery(path: string, query: string): string {
  return query === "" ? path : `${path}?${query}`;
}

function bodyNear(value: unknown): fc.Arbitrary<string> {
  return fc
    .array(mutation, { maxLength: 2 })
    .map((mutations) => JSON.stringify(mutations.reduce(mutate, value)));
}

function arbitraryPath(operation: Operation, source: ValueSource, isHostile: boolean) {
  const parameters = operation.parameters.filter((parameter) => parameter.in === "path");
  const segments = parameters.map(({ name, schema }) => {
    return isHostile
      ? fc.constantFrom(...RAW_SEGMENTS)
      : arbitraryParameter(name, schema, source).map(encodeSegment);
  });
  return fc.tuple(...segments).map((values) => {
    return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
      return values[parameters.findIndex((parameter) => parameter.name === name)] ?? "none";
    });
  });
}

/** Of the things that there are, when the name says which; else of the schema. */
function arbitraryParameter(name: string, schema: unknown, source: ValueSource) {
  const pool = source.ids[name];
  return pool ? fc.constantFrom(...pool) : arbitraryValue(source, schema);
}

/** Nothing and dots would make another path of it. */
function encodeSegment(value: unknown): string {
  const text = String(value).toWellFormed();
  return /^\.*$/.test(text) ? "none" : encodeURIComponent(text);
}

function arbitraryQuery(operation: Operation, source: ValueSource): fc.Arbitrary<string> {
  const parameters = operation.parameters.filter((parameter) => parameter.in === "query");
  const required = parameters.filter((parameter) => parameter.required);
  const values = Object.fromEntries(
    parameters.map(({ name, schema }) => [
      name,
      name === "directory" ? arbitraryDirectory(source) : arbitraryParameter(name, schema, source),
    ]),
  );
  return fc
    .record(values, { requiredKeys: required.map(({ name }) => name) })
    .map((record) => queryOf(record));
}

/** Always below the root: some operations write where it leads. */
function arbitraryDirectory({ root }: ValueSource): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("", `${root}/project`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...[`${root}/plain`, `${root}/absent/deep`, `${root}/project/src`, `${root}/project/a.txt`],
        ...[
          `${root}/\u0000`,
          `${root}/${"d".repeat(5_000)}`,
          `${root}/💥 %`,
          `${root}/project/../plain`,
        ],
      ),
    },
  );
}

function arbitraryBadQuery(operation: Operation, source: ValueSource): fc.Arbitrary<string> {
  const names = operation.parameters
    .filter((parameter) => parameter.in === "query" && parameter.name !== "directory")
    .map(({ name }) => name);
  const hostile = fc
    .tuple(fc.constantFrom(...(names.length > 0 ? names : ["x"])), fc.constantFrom(...hostileTexts))
    .map(([name, text]) => queryOf({ [name]: text }));
  return fc
    .tuple(arbitraryQuery(operation, source), fc.oneof(hostile, fc.constantFrom(...RAW_QUERIES)))
    .map((parts) => parts.filter((part) => part !== "").join("&"));
}

function queryOf(record: Record<string, unknown>): string {
  return Object.entries(record)
    .map(([key, value]) => {
      return `${encodeURIComponent(key)}=${encodeURIComponent(String(value).toWellFormed())}`;
    })
    .join("&");
}

function arbitraryBody(schema: unknown, source: ValueSource): fc.Arbitrary<string | undefined> {
  const valid = arbitraryValue(source, nodeOf(schema));
  const faulty = fc
    .tuple(valid, fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([value, mutations]) => JSON.stringify(mutations.reduce(mutate, value)));
  return fc.oneof(
    { weight: 5, arbitrary: valid.map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: faulty },
    { weight: 1, arbitrary: rawBody },
  );
}
