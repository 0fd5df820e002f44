// Values of JSON schemas for random tests: what fits, from the plain to the odd. Keys that could
// make the program run something or reach somewhere get values that do no harm.

import fc from "fast-check";

type Node = Record<string, unknown>;

/** Ids that exist and some that do not, by their prefix: "ses", "msg". */
export type IDPools = Readonly<Record<string, readonly string[]>>;

export interface ValueSource {
  /** Where references of the schemas lead. */
  schemas: Readonly<Record<string, unknown>>;
  ids: IDPools;
  /** Below it everything that is named may be written or run in. */
  root: string;
}

/** Below this, optional keys are left out and lists are empty: schemas may hold themselves. */
const DEPTH_MAX = 5;
const ITEMS_MAX = 3;

/** Nobody listens on the discard port. */
const NOWHERE = "http://127.0.0.1:9/nothing";

export function arbitraryValue(
  source: ValueSource,
  schema: unknown,
  depth = 0,
): fc.Arbitrary<unknown> {
  const node = follow(source, nodeOf(schema));
  const members = node["anyOf"] ?? node["oneOf"];
  if (Array.isArray(members)) {
    return fc.oneof(...members.map((member) => arbitraryValue(source, member, depth)));
  }
  if ("const" in node) return fc.constant(node["const"]);
  if (Array.isArray(node["enum"])) return fc.constantFrom(...node["enum"]);
  switch (node["type"]) {
    case "string":
      return arbitraryText(source, node);
    case "integer":
      return arbitraryInteger(node);
    case "number":
      return fc.oneof(
        arbitraryInteger(node),
        fc.double({ noNaN: true, noDefaultInfinity: true, ...rangeOf(node) }),
      );
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return arbitraryList(source, node, depth);
    case "object":
      return arbitraryObject(source, node, depth);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** The value of a property: of its schema, unless its name asks for care. */
function arbitraryProperty(source: ValueSource, key: string, schema: unknown, depth: number) {
  const careful = carefulValue(source, key, follow(source, nodeOf(schema)));
  return careful ?? arbitraryValue(source, schema, depth);
}

/**
 * What would run a program, write a file or open a connection: harmless programs, places below the
 * root, an address where nobody is.
 */
function carefulValue(
  source: ValueSource,
  key: string,
  node: Node,
): fc.Arbitrary<unknown> | undefined {
  const isText = node["type"] === "string";
  const isList = node["type"] === "array";
  if (key === "plugin") return fc.constant([]);
  if (key === "command" && isList) return fc.constantFrom(["true"], ["false"], ["no-such-program"]);
  if (!isText) return undefined;
  if (["command", "start", "startCommand"].includes(key)) {
    return fc.constantFrom("true", "/bin/true", "no-such-program", "hello", "session.new");
  }
  if (key === "shell") return fc.constantFrom("/bin/sh", "no-such-shell");
  if (["cwd", "directory"].includes(key)) {
    return fc.constantFrom(source.root, `${source.root}/project`, `${source.root}/absent`, "src");
  }
  if (/^(url|baseurl|endpoint|api)$/i.test(key)) {
    return fc.constantFrom(
      NOWHERE,
      "data:text/plain;base64,aGVsbG8=",
      `file://${source.root}/project/a.txt`,
      "",
    );
  }
  return undefined;
}

function arbitraryText(source: ValueSource, node: Node): fc.Arbitrary<string> {
  const pattern = node["pattern"];
  if (typeof pattern === "string") {
    const ids = source.ids[/^\^(\w+?)_?$/.exec(pattern)?.[1] ?? ""];
    return ids ? fc.constantFrom(...ids) : fc.stringMatching(new RegExp(pattern));
  }
  const { minLength = 0, maxLength = 40 } = node as { minLength?: number; maxLength?: number };
  const bounds = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) };
  const words = fc.constantFrom("a.txt", "src", "build", "scripted", "main", "scripted/main", "x");
  // No backquotes: in a template of a command they would run what is between them.
  const odd = fc.string({ ...bounds, unit: "grapheme" }).map((text) => text.replaceAll("`", "'"));
  return minLength === 0 ? fc.oneof(words, odd) : odd;
}

function arbitraryInteger(node: Node): fc.Arbitrary<number> {
  const { min = -1_000, max = 1_000_000 } = rangeOf(node);
  const isAbove = typeof node["exclusiveMinimum"] === "number";
  const least = isAbove ? min + 1 : min;
  return fc.oneof(fc.integer({ min: least, max }), fc.constant(least));
}

function rangeOf(node: Node): { min?: number; max?: number } {
  const min = node["minimum"] ?? node["exclusiveMinimum"];
  const max = node["maximum"] ?? node["exclusiveMaximum"];
  return {
    ...(typeof min === "number" && { min }),
    ...(typeof max === "number" && { max }),
  };
}

function arbitraryList(source: ValueSource, node: Node, depth: number): fc.Arbitrary<unknown> {
  const { items, minItems = 0 } = node as { items?: unknown; minItems?: number };
  if (Array.isArray(items)) {
    return fc.tuple(...items.map((item) => arbitraryValue(source, item, depth + 1)));
  }
  const maxLength = depth >= DEPTH_MAX ? minItems : Math.max(minItems, ITEMS_MAX);
  const item = arbitraryValue(source, items ?? {}, depth + 1);
  return maxLength === 0 ? fc.constant([]) : fc.array(item, { minLength: minItems, maxLength });
}

function arbitraryObject(source: ValueSource, node: Node, depth: number): fc.Arbitrary<unknown> {
  const required = (node["required"] ?? []) as string[];
  const properties = Object.entries(nodeOf(node["properties"] ?? {}));
  const kept = properties.filter(([key]) => depth < DEPTH_MAX || required.includes(key));
  const known = fc.record(
    Object.fromEntries(
      kept.map(([key, value]) => [key, arbitraryProperty(source, key, value, depth + 1)]),
    ),
    { requiredKeys: required },
  );
  const others = node["additionalProperties"];
  if (typeof others !== "object" || others === null || depth >= DEPTH_MAX) return known;
  const keys = fc.constantFrom("a", "bash", "scripted", "main", "*", "ключ", "x y", "toString");
  const rest = fc.dictionary(keys, arbitraryValue(source, others, depth + 1), { maxKeys: 2 });
  return fc.tuple(known, rest).map(([a, b]) => ({ ...b, ...a }));
}

function follow(source: ValueSource, node: Node): Node {
  const ref = node["$ref"];
  if (typeof ref !== "string") return node;
  return follow(source, nodeOf(source.schemas[ref.replace("#/components/schemas/", "")]));
}

function nodeOf(value: unknown): Node {
  return typeof value === "object" && value !== null ? (value as Node) : {};
}
