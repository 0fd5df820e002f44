// Keys that a schema does not know: no fault, but worth telling whoever has written them.
import {
  chooseMember,
  isRecord,
  joinPath,
  membersOf,
  restSchema,
  type SchemaNode,
  type TSchema,
} from "./schema";
import { editDistance } from "./text";

export interface UnknownKey {
  /** Where the key stands, as in SchemaIssue; with the key itself. */
  path: string;
  key: string;
  /** The keys that may stand in its place. */
  known: readonly string[];
  /** Any key may stand there, but this one is so like a known one that it may be meant. */
  isAllowed?: boolean;
}

const LONG_MIN = 7;
/** Of one value; nobody reads more. */
const KEYS_MAX = 50;

/**
 * The keys of `value`, a fit of `schema`, that stand where the schema names all that may; and those
 * that look mistyped where any may.
 */
export function findUnknownKeys(schema: TSchema, value: unknown): UnknownKey[] {
  const found: UnknownKey[] = [];
  visit(schema, value, "", found);
  return found.slice(0, KEYS_MAX);
}

function visit(node: SchemaNode, value: unknown, path: string, found: UnknownKey[]): void {
  if (found.length >= KEYS_MAX) return;
  if (membersOf(node) !== undefined) {
    const member = chooseMember(node, value);
    if (member !== undefined) visit(member, value, path, found);
  } else if (Array.isArray(value)) visitItems(node, value, path, found);
  else if (isRecord(value)) visitKeys(node, value, path, found);
}

function visitItems(node: SchemaNode, value: unknown[], path: string, found: UnknownKey[]): void {
  const { items } = node;
  for (const [index, item] of value.entries()) {
    const schema: SchemaNode | undefined = Array.isArray(items) ? items[index] : items;
    if (schema !== undefined) visit(schema, item, `${path}[${index}]`, found);
  }
}

function visitKeys(
  node: SchemaNode,
  value: Record<string, unknown>,
  path: string,
  found: UnknownKey[],
): void {
  const { properties, additionalProperties } = node;
  const rest = restSchema(node);
  for (const [key, item] of Object.entries(value)) {
    const own = properties && Object.hasOwn(properties, key) ? properties[key] : rest;
    const at = joinPath(path, key);
    if (own !== undefined) visit(own, item, at, found);
    else if (properties !== undefined) {
      const known = Object.keys(properties);
      if (additionalProperties !== true) found.push({ path: at, key, known });
      else if (isMistyped(key, known)) found.push({ path: at, key, known, isAllowed: true });
    }
  }
}

/** Of short keys another letter makes another word: `top_k` is no mistyped `top_p`. */
function isMistyped(key: string, known: readonly string[]): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/[-_]/g, "");
  if (known.some((name) => plain(name) === plain(key))) return true;
  const letters = (name: string) => [...name].sort().join("");
  return known.some(
    (name) =>
      editDistance(name, key) === 1 && (key.length >= LONG_MIN || letters(name) === letters(key)),
  );
}
