// Plain schemas: a tool's parameters in the part of JSON schema that every grammar compiler knows.
// Servers that make a grammar of the tools (llama.cpp, vLLM, SGLang, LM Studio, Gemini, Groq)
// refuse the whole request for one reference, pattern, format or union of one tool.

import { asRecord, type JSONRecord as Schema } from "./json-record";

/** Deeper than this an object is any object: no grammar is made of what has no end. */
const DEPTH_MAX = 12;

/**
 * The same parameters, of types, properties, required ones, items and enums alone. It takes more
 * than the schema does: calls are checked against that one all the same.
 */
export function toPlainSchema(schema: Schema): Schema {
  const definitions = { ...asRecord(schema["definitions"]), ...asRecord(schema["$defs"]) };
  const plain = simplify(schema, { definitions, depth: DEPTH_MAX });
  return { ...plain, type: "object", properties: asRecord(plain["properties"]) ?? {} };
}

interface Place {
  definitions: Schema;
  depth: number;
}

function simplify(given: unknown, place: Place): Schema {
  const schema = resolve(given, place);
  if (!schema || place.depth === 0) return {};
  const inner = { ...place, depth: place.depth - 1 };
  const union = [schema["anyOf"], schema["oneOf"]].find(Array.isArray);
  const described = text(schema["description"]) ? { description: schema["description"] } : {};
  if (union) return { ...joinUnion(union, inner), ...described };
  const whole = mergeAll(schema, inner);
  const values = enumOf(whole);
  const type = typeOf(whole, values);
  if (type === "object") return { type, ...objectKeys(whole, inner), ...described };
  if (type === "array") return { type, items: simplify(whole["items"] ?? {}, inner), ...described };
  return { ...(type && { type }), ...(values && { enum: values }), ...described };
}

function resolve(given: unknown, { definitions }: Place): Schema | undefined {
  let schema = asRecord(given);
  for (let hops = 0; schema && text(schema["$ref"]) && hops < DEPTH_MAX; hops++) {
    const { $ref, ...beside } = schema;
    const target = asRecord(definitions[String($ref).split("/").at(-1) ?? ""]);
    schema = { ...target, ...beside };
  }
  return schema;
}

function mergeAll(schema: Schema, place: Place): Schema {
  const parts = Array.isArray(schema["allOf"]) ? schema["allOf"] : [];
  return parts.reduce<Schema>((merged, part) => {
    const other = resolve(part, place) ?? {};
    return {
      ...other,
      ...merged,
      properties: { ...asRecord(other["properties"]), ...asRecord(merged["properties"]) },
      required: [...names(merged["required"]), ...names(other["required"])],
    };
  }, schema);
}

/** The values of them all, or the first that is more than nothing. */
function joinUnion(union: readonly unknown[], place: Place): Schema {
  const members = union.map((member) => simplify(member, place));
  const filled = members.filter(({ type }) => type !== "null");
  const values = filled.flatMap((member) => (Array.isArray(member["enum"]) ? member["enum"] : []));
  const [first = {}] = filled;
  if (filled.every((member) => "enum" in member)) return { ...first, enum: values };
  const isOneType = filled.every(({ type }) => type === first["type"]);
  return isOneType ? first : {};
}

function objectKeys(schema: Schema, place: Place): Schema {
  const properties = Object.entries(asRecord(schema["properties"]) ?? {});
  const known = properties.map(([name]) => name);
  const required = [...new Set(names(schema["required"]))].filter((name) => known.includes(name));
  return {
    properties: Object.fromEntries(
      properties.map(([name, property]) => [name, simplify(property, place)]),
    ),
    ...(required.length > 0 && { required }),
  };
}

function enumOf(schema: Schema): unknown[] | undefined {
  const values = "const" in schema ? [schema["const"]] : schema["enum"];
  const texts = Array.isArray(values) ? values.filter(text) : [];
  return texts.length > 0 ? texts : undefined;
}

function typeOf(schema: Schema, values: unknown[] | undefined): string | undefined {
  const { type } = schema;
  const named = Array.isArray(type) ? type.find((one) => one !== "null") : type;
  if (text(named)) return named;
  if (values) return "string";
  if (asRecord(schema["properties"])) return "object";
  return schema["items"] === undefined ? undefined : "array";
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(text) : [];
}

function text(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
