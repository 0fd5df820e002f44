// Input schemas of tools, made safe, pure: what a server calls a JSON schema becomes one whose
// every keyword has the shape it should have, so that whoever reads it, checks by it or compiles it
// to a grammar meets no surprise. What cannot be understood is left out: the server checks itself.
import { isFields } from "./plain-text";

const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 32;
const PATTERN_MAX_LENGTH = 200;

/** Keywords that hold a schema, several, or one for each name. */
const NODES: readonly string[] = [
  ...["items", "additionalProperties", "additionalItems", "contains", "propertyNames"],
  ...["not", "if", "then", "else", "unevaluatedItems", "unevaluatedProperties"],
];
const LISTS: readonly string[] = ["anyOf", "allOf", "oneOf", "prefixItems"];
const MAPS: readonly string[] = [
  ...["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"],
];
const TYPES: readonly unknown[] = [
  ...["string", "number", "integer", "boolean", "object", "array", "null"],
];
/** What is said of a value whatever its type is. */
const ANNOTATIONS: readonly string[] = [
  ...["title", "description", "default", "examples", "$defs", "definitions"],
];
/** What is said of values of one type alone. */
const LIMITS: Readonly<Record<string, readonly string[]>> = {
  object: [
    ...["properties", "patternProperties", "additionalProperties", "required", "propertyNames"],
    ...["minProperties", "maxProperties"],
  ],
  array: ["items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems"],
  string: ["minLength", "maxLength", "pattern", "format", "enum"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "enum"],
  integer: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "enum"],
};

type Fields = Record<string, unknown>;

/** A schema of type object; undefined when it is none, too deep, or too large. */
export function cleanInputSchema(value: unknown): Fields | undefined {
  if (value === undefined || value === null) return { type: "object", properties: {} };
  if (!isFields(value) || (value["type"] !== undefined && value["type"] !== "object")) {
    return undefined;
  }
  if (depthOf(value) > MAX_DEPTH) return undefined;
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_BYTES) return undefined;
  const { $schema: _, $id: __, ...rest } = value;
  return { properties: {}, ...cleanNode(rest), type: "object" };
}

function cleanNode(node: Fields): Fields {
  const entries = Object.entries(node).flatMap(([key, value]): [string, unknown][] => {
    const cleaned = cleanKeyword(key, value, node);
    return cleaned === undefined ? [] : [[key, cleaned]];
  });
  return splitTypes(Object.fromEntries(entries));
}

/** The keyword's value in the shape it should have; undefined leaves it out. */
function cleanKeyword(key: string, value: unknown, node: Fields): unknown {
  if (key === "type") return cleanType(value);
  if (key === "enum") return Array.isArray(value) && value.length > 0 ? value : undefined;
  if (key === "required") return cleanRequired(value, node["properties"]);
  if (key === "pattern") return isPlainPattern(value) ? value : undefined;
  if (key === "$ref") return typeof value === "string" && value.startsWith("#") ? value : undefined;
  if (MAPS.includes(key)) return isFields(value) ? cleanMap(value) : undefined;
  if (LISTS.includes(key)) return Array.isArray(value) ? value.map(cleanInner) : undefined;
  if (key === "items" && Array.isArray(value)) return value.map(cleanInner);
  if (NODES.includes(key)) return typeof value === "boolean" ? value : cleanInner(value);
  return value;
}

function cleanMap(map: Fields): Fields {
  return Object.fromEntries(Object.entries(map).map(([name, node]) => [name, cleanInner(node)]));
}

/** A schema may be a mere yes or no, which few readers expect. */
function cleanInner(value: unknown): Fields {
  if (value === false) return { not: {} };
  return isFields(value) ? cleanNode(value) : {};
}

function cleanType(value: unknown): unknown {
  if (!Array.isArray(value)) return TYPES.includes(value) ? value : undefined;
  const known = value.filter((type) => TYPES.includes(type));
  return known.length > 1 ? known : known[0];
}

/** Names of properties that exist. */
function cleanRequired(value: unknown, properties: unknown): string[] | undefined {
  if (!Array.isArray(value) || !isFields(properties)) return undefined;
  const names = value.filter((name) => typeof name === "string" && Object.hasOwn(properties, name));
  return names.length > 0 ? names : undefined;
}

/** A repeated group can take for ever to match. */
function isPlainPattern(value: unknown): boolean {
  if (typeof value !== "string" || value.length > PATTERN_MAX_LENGTH) return false;
  if (/\)[*+{]/.test(value)) return false;
  try {
    return new RegExp(value) instanceof RegExp;
  } catch {
    return false; // of another dialect
  }
}

/**
 * One of several types is said with `anyOf`, which every reader knows. No schema inside is said
 * twice: copies of copies would grow without bound.
 */
function splitTypes(node: Fields): Fields {
  const { type: types, ...rest } = node;
  if (!Array.isArray(types)) return node;
  const pick = (keys: readonly string[]) =>
    Object.fromEntries(Object.entries(rest).filter(([key]) => keys.includes(key)));
  if (Object.keys(pick(LISTS)).length > 0) return rest;
  const members = types.map((type: string) => ({ type, ...pick(LIMITS[type] ?? []) }));
  return { ...pick(ANNOTATIONS), anyOf: members };
}

/** Stops counting where it is too deep anyway. */
function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return depth;
  return Object.values(value).reduce<number>(
    (deepest, inner) => Math.max(deepest, depthOf(inner, depth + 1)),
    depth,
  );
}
