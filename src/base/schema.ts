// Schemas: the one place that chooses the schema library. A schema is a TypeBox schema, which is
// also a JSON schema; HTTP routes, configuration files, tool parameters and stored rows share them.
// Explains in plain words why a value does not fit, for people and for models: of a union it
// reports the member that was meant. Unknown keys are never a fault; `$ref` is not followed.
//
// `t` is TypeBox's own, not Elysia's variant of it: the two make the same objects, but Elysia's
// Integer accepts the text "5", compiles itself when it is made, and needs all of Elysia loaded.

import { Type as t, type Static, type TSchema, type TUnsafe } from "@sinclair/typebox";
import { invalid } from "./error";

export { t, type Static, type TSchema };

/** Why a value does not fit. `path` is like `parts[0].text`, empty for the value itself. */
export interface SchemaIssue {
  path: string;
  message: string;
}

/** At most this many issues are gathered for one value: nobody reads more. */
const MAX_ISSUES = 20;
/** Values quoted in a message are cut to this many characters. */
const MAX_QUOTE = 60;

/** The JSON schema keywords that are understood; a TypeBox schema is one of these. */
export interface SchemaNode {
  $id?: string;
  /** A list in foreign schemas alone: TypeBox writes unions. */
  type?: string | readonly string[];
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly SchemaNode[];
  /** In foreign schemas alone, and taken for anyOf: of several members one fits best. */
  oneOf?: readonly SchemaNode[];
  allOf?: readonly SchemaNode[];
  properties?: Record<string, SchemaNode>;
  required?: readonly string[];
  patternProperties?: Record<string, SchemaNode>;
  additionalProperties?: boolean | SchemaNode;
  items?: SchemaNode | readonly SchemaNode[];
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

/**
 * A string out of a fixed list. One schema instead of a union of literals: quicker to compile,
 * and a plain `enum` in a document. The pattern is for validators that do not read `enum`.
 */
export function stringEnum<const V extends readonly [string, ...string[]]>(
  values: V,
  options: { $id?: string; description?: string } = {},
): TUnsafe<V[number]> {
  const pattern = `^(${values.map(escapePattern).join("|")})$`;
  return t.Unsafe<V[number]>(t.String({ ...options, enum: [...values], pattern }));
}

/**
 * All reasons why `value` does not fit `schema`, in the order of the schema, at most twenty; none
 * when it fits. Never throws on a hostile value; never changes it.
 */
export function findIssues(schema: TSchema, value: unknown): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  visit(schema, value, "", issues);
  return issues;
}

/** Whether `value` fits `schema`. */
export function isValid<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  return findIssues(schema, value).length === 0;
}

/**
 * Returns `value` typed, unchanged and with its unknown keys, when it fits `schema`.
 * Otherwise throws AppError invalid, whose message begins with `what` and the path of the first
 * fault, and whose data holds `path` (of the first) and all `issues`.
 */
export function parse<S extends TSchema>(schema: S, value: unknown, what: string): Static<S> {
  const issues = findIssues(schema, value);
  const first = issues[0];
  if (first === undefined) return value as Static<S>;
  const message = `${what}: ${formatIssue(first)}`;
  throw invalid(message, { path: first.path, issues });
}

/** `path: message`, or the message alone for a fault of the whole value. */
export function formatIssue(issue: SchemaIssue): string {
  return issue.path === "" ? issue.message : `${issue.path}: ${issue.message}`;
}

/**
 * A plain copy of `schema` for a model or a document: no symbols, no `$id`, literals of a union
 * folded into `enum`, and records written with `additionalProperties` instead of a pattern.
 */
export function toJSONSchema(schema: TSchema): Record<string, unknown> {
  return plainNode(schema);
}

function visit(node: SchemaNode, value: unknown, path: string, issues: SchemaIssue[]): void {
  if (issues.length >= MAX_ISSUES) return;
  if (membersOf(node) !== undefined) return visitUnion(flatten(node), value, path, issues);
  for (const member of node.allOf ?? []) visit(member, value, path, issues);
  const fault = findFault(node, value);
  if (fault !== undefined) {
    issues.push({ path, message: fault });
    return;
  }
  if (Array.isArray(value)) visitItems(node, value, path, issues);
  else if (isRecord(value)) visitProperties(node, value, path, issues);
}

function visitItems(node: SchemaNode, value: unknown[], path: string, issues: SchemaIssue[]): void {
  const { items } = node;
  if (items === undefined) return;
  for (const [index, item] of value.entries()) {
    if (issues.length >= MAX_ISSUES) return;
    const schema = isTuple(items) ? items[index] : items;
    if (schema !== undefined) visit(schema, item, `${path}[${index}]`, issues);
  }
}

function visitProperties(
  node: SchemaNode,
  value: Record<string, unknown>,
  path: string,
  issues: SchemaIssue[],
): void {
  const { properties = {}, required = [] } = node;
  for (const [key, schema] of Object.entries(properties)) {
    const found = Object.hasOwn(value, key) ? value[key] : undefined;
    if (found !== undefined) visit(schema, found, joinPath(path, key), issues);
    else if (required.includes(key)) {
      issues.push({ path: joinPath(path, key), message: describeAbsence(schema) });
    }
  }
  const rest = restSchema(node);
  if (rest === undefined) return;
  for (const [key, item] of Object.entries(value)) {
    if (issues.length >= MAX_ISSUES) return;
    if (item === undefined || Object.hasOwn(properties, key)) continue;
    visit(rest, item, joinPath(path, key), issues);
  }
}

/** The schema of the keys that have no name of their own. */
export function restSchema(node: SchemaNode): SchemaNode | undefined {
  if (typeof node.additionalProperties === "object") return node.additionalProperties;
  return node.patternProperties && Object.values(node.patternProperties)[0];
}

function visitUnion(
  members: SchemaNode[],
  value: unknown,
  path: string,
  issues: SchemaIssue[],
): void {
  const best = decide(members, value);
  if (typeof best === "string") {
    issues.push({ path, message: best });
  } else if ("key" in best) {
    const found = isRecord(value) ? value[best.key] : undefined;
    const message =
      found === undefined
        ? `is required, one of ${quoteList(best.allowed)}`
        : `expected one of ${quoteList(best.allowed)}, got ${quote(found)}`;
    issues.push({ path: joinPath(path, best.key), message });
  } else {
    visit(best, value, path, issues);
  }
}

interface Undecided {
  /** The property that tells the members apart, and the values that it may have. */
  key: string;
  allowed: unknown[];
}

/** The member of a union that `value` was meant to be, or undefined when that cannot be known. */
export function chooseMember(union: SchemaNode, value: unknown): SchemaNode | undefined {
  const meant = decide(flatten(union), value);
  return typeof meant === "string" || "allowed" in meant ? undefined : meant;
}

/** The member that `value` was meant to be, or what to say when that cannot be known. */
function decide(members: SchemaNode[], value: unknown): SchemaNode | Undecided | string {
  const likely = members.filter((member) => typeFits(member, value));
  const key = isRecord(value) ? findDiscriminator(likely, value) : undefined;
  if (isRecord(value) && key !== undefined) {
    const literals = likely.map((member) => member.properties?.[key]?.const);
    const meant = likely[literals.indexOf(value[key])];
    return meant ?? { key, allowed: literals.filter((literal) => literal !== undefined) };
  }
  const best = closest(likely, value);
  if (best === undefined) return describeMembers(members, value);
  const isSimple = typeof value !== "object" || value === null;
  const isVague = isSimple && (likely.length > 1 || isFixed(best.member));
  return isVague && best.score > 0 ? describeMembers(members, value) : best.member;
}

/**
 * The property that tells the members apart: a literal in each of them, or, when the value has it,
 * in two of them.
 */
function findDiscriminator(
  members: SchemaNode[],
  value: Record<string, unknown>,
): string | undefined {
  const keys = new Set(members.flatMap((member) => member.required ?? []));
  return [...keys].find((key) => {
    const found = members.filter((member) => member.properties?.[key]?.const !== undefined);
    return found.length === members.length || (found.length > 1 && value[key] !== undefined);
  });
}

/** The member whose literals fit best, of those the one with the fewest faults; none is a fit. */
function closest(
  members: SchemaNode[],
  value: unknown,
): { member: SchemaNode; score: number } | undefined {
  let best: { member: SchemaNode; score: number } | undefined;
  for (const member of members) {
    const issues: SchemaIssue[] = [];
    visit(member, value, "", issues);
    const score = issues.length + (contradicts(member, value) ? MAX_ISSUES : 0);
    if (best === undefined || score < best.score) best = { member, score };
    if (score === 0) return best;
  }
  return best;
}

function contradicts(member: SchemaNode, value: unknown): boolean {
  if (!isRecord(value)) return false;
  return Object.entries(member.properties ?? {}).some(
    ([key, { const: wanted }]) =>
      wanted !== undefined && value[key] !== undefined && value[key] !== wanted,
  );
}

/** A union's members, those of unions inside it included. */
function flatten(node: SchemaNode): SchemaNode[] {
  return membersOf(node)?.flatMap(flatten) ?? [node];
}

/** Of a union; undefined for any other schema. */
export function membersOf(node: SchemaNode): readonly SchemaNode[] | undefined {
  return node.anyOf ?? node.oneOf;
}

/** What is wrong with the value itself, its items and properties aside. */
function findFault(node: SchemaNode, value: unknown): string | undefined {
  if (node.const !== undefined) {
    return value === node.const ? undefined : `expected ${quote(node.const)}, got ${quote(value)}`;
  }
  if (!typeFits(node, value)) {
    return `expected ${typesOf(node).join(" or ")}, got ${typeName(value)}`;
  }
  if (node.enum !== undefined) {
    if (node.enum.includes(value)) return undefined;
    return `expected one of ${quoteList(node.enum)}, got ${quote(value)}`;
  }
  if (typeof value === "string") return findStringFault(node, value);
  if (typeof value === "number") return findNumberFault(node, value);
  if (Array.isArray(value)) return findLengthFault(node, value.length);
  return undefined;
}

function findStringFault(node: SchemaNode, value: string): string | undefined {
  const { minLength = 0, maxLength = Infinity, pattern } = node;
  if (value.length < minLength) {
    return minLength === 1 ? "must not be empty" : `must have at least ${minLength} characters`;
  }
  if (value.length > maxLength) return `must have at most ${maxLength} characters`;
  if (pattern === undefined || new RegExp(pattern).test(value)) return undefined;
  const prefix = /^\^([\w-]+)$/.exec(pattern)?.[1];
  if (prefix !== undefined) return `must begin with ${quote(prefix)}, got ${quote(value)}`;
  return `must match ${pattern}, got ${quote(value)}`;
}

function findNumberFault(node: SchemaNode, value: number): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = node;
  if (!Number.isFinite(value)) return "expected a finite number";
  if (minimum !== undefined && value < minimum) return `must be at least ${minimum}, got ${value}`;
  if (maximum !== undefined && value > maximum) return `must be at most ${maximum}, got ${value}`;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return `must be greater than ${exclusiveMinimum}, got ${value}`;
  }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    return `must be less than ${exclusiveMaximum}, got ${value}`;
  }
  return undefined;
}

function findLengthFault(node: SchemaNode, length: number): string | undefined {
  const { minItems = 0, maxItems = Infinity } = node;
  if (length < minItems) return `must have at least ${minItems} items, got ${length}`;
  return length > maxItems ? `must have at most ${maxItems} items, got ${length}` : undefined;
}

function typeFits(node: SchemaNode, value: unknown): boolean {
  if (node.type === undefined) return true;
  return typesOf(node).some((type) =>
    type === "integer" ? Number.isInteger(value) : typeName(value) === type,
  );
}

function typesOf({ type }: SchemaNode): readonly string[] {
  return typeof type === "string" ? [type] : (type ?? []);
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function describeAbsence(node: SchemaNode): string {
  if (node.const !== undefined) return `is required, ${quote(node.const)}`;
  return node.enum === undefined ? "is required" : `is required, one of ${quoteList(node.enum)}`;
}

function describeMembers(members: SchemaNode[], value: unknown): string {
  const wanted = [...new Set(members.flatMap(describeMember))];
  const got = members.some(isFixed) ? quote(value) : typeName(value);
  return `expected ${wanted.length > 1 ? "one of " : ""}${wanted.join(", ")}, got ${got}`;
}

function describeMember(node: SchemaNode): string[] {
  if (node.const !== undefined) return [quote(node.const)];
  if (node.enum !== undefined) return node.enum.map(quote);
  if (node.pattern !== undefined) return [`text matching ${node.pattern}`];
  return node.type === undefined ? ["any"] : [...typesOf(node)];
}

/** Only certain values fit, whatever their type. */
function isFixed(node: SchemaNode): boolean {
  return node.const !== undefined || node.enum !== undefined;
}

function quote(value: unknown): string {
  if (typeof value === "object" && value !== null) return typeName(value);
  if (typeof value !== "string") return String(value);
  const isLong = value.length > MAX_QUOTE;
  return isLong ? `${JSON.stringify(value.slice(0, MAX_QUOTE))}...` : JSON.stringify(value);
}

function quoteList(values: readonly unknown[]): string {
  return values.map(quote).join(", ");
}

export function joinPath(path: string, key: string): string {
  if (!/^[\w$-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeName(value) === "object";
}

function isTuple(items: SchemaNode | readonly SchemaNode[]): items is readonly SchemaNode[] {
  return Array.isArray(items);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

function plainNode(node: SchemaNode): Record<string, unknown> {
  const { $id: _, anyOf, allOf, properties, patternProperties, pattern, items, ...rest } = node;
  const plain: Record<string, unknown> = { ...JSON.parse(JSON.stringify(rest)) };
  if (pattern !== undefined && node.enum === undefined) plain["pattern"] = pattern;
  if (anyOf !== undefined) Object.assign(plain, plainUnion(anyOf));
  if (allOf !== undefined) plain["allOf"] = allOf.map(plainNode);
  if (properties !== undefined) {
    const entries = Object.entries(properties).map(([key, value]) => [key, plainNode(value)]);
    plain["properties"] = Object.fromEntries(entries);
  }
  if (items !== undefined) {
    plain["items"] = isTuple(items) ? items.map(plainNode) : plainNode(items);
  }
  const others = restSchema(node);
  if (others !== undefined) plain["additionalProperties"] = plainNode(others);
  return plain;
}

function plainUnion(members: readonly SchemaNode[]): Record<string, unknown> {
  const literals = members.map((member) => member.const);
  if (literals.includes(undefined)) return { anyOf: members.map(plainNode) };
  const types = [...new Set(literals.map(typeName))];
  return types.length === 1 ? { type: types[0], enum: literals } : { enum: literals };
}
