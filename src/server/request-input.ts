// What comes with a request, as values: the query, with numbers and switches read from their texts
// as the schema wants them, and the JSON body, whatever its content type says. Whether they fit is
// said with the path of the fault. Keys that are not known are no fault, and go no further.
import type { ParseError } from "jsonc-parser";
import { type AppError, invalid, limitReached } from "@/base/error";
import { REQUEST_BODY_MAX_BYTES } from "@/base/limits";
import { findIssues, formatIssue, isValid, type Static, type TSchema } from "@/base/schema";
import { formatBytes } from "@/base/text";

/** Where an input stands in a request; clients read it as the `kind` of the fault. */
export type InputKind = "Params" | "Query" | "Payload";

/** Recursion over a body, here and wherever it is kept and shown, ends well before the stack. */
const BODY_MAX_DEPTH = 500;
const NUMBER = /^-?\d{1,20}(\.\d{1,20})?$/;

/**
 * A copy of `value` with the keys that `schema` knows, when it fits; otherwise throws AppError
 * invalid with the fault's path.
 */
export function checkInput<S extends TSchema>(
  schema: S,
  value: unknown,
  kind: InputKind,
): Static<S> {
  const issues = findIssues(schema, value);
  const first = issues[0];
  if (first === undefined) return keepKnown(schema, value) as Static<S>;
  throw invalid(formatIssue(first), { kind, path: first.path, issues });
}

/**
 * Services lay inputs over what they have stored: a key that was not asked for must not come that
 * far, or a request for a new title could bring a new id as well.
 */
function keepKnown(schema: TSchema, value: unknown): unknown {
  const members: TSchema[] | undefined = schema["anyOf"];
  const meant = members ? members.find((member) => isValid(member, value)) : schema;
  if (meant === undefined || typeof value !== "object" || value === null) return value;
  if (meant !== schema) return keepKnown(meant, value);
  const { items, properties, patternProperties, additionalProperties } = schema;
  if (Array.isArray(value)) {
    const isList = items !== undefined && !Array.isArray(items);
    return isList ? value.map((item) => keepKnown(items, item)) : value;
  }
  const [others]: (TSchema | undefined)[] = Object.values(patternProperties ?? {});
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const known = properties && Object.hasOwn(properties, key) ? properties[key] : others;
    if (known) return [[key, keepKnown(known, item)]];
    return properties && additionalProperties !== true ? [] : [[key, item]];
  });
  return Object.fromEntries(entries);
}

/** The query of `url`; a key that is given more than once is a list, and fits no schema. */
export function readQuery(schema: TSchema, url: string): Record<string, unknown> {
  const query: Record<string, unknown> = {};
  const parameters = new URL(url).searchParams;
  for (const key of new Set(parameters.keys())) {
    const texts = parameters.getAll(key);
    query[key] = texts.length > 1 ? texts : readText(schema["properties"]?.[key], texts[0] ?? "");
  }
  return query;
}

function readText(schema: { type?: unknown; anyOf?: unknown } | undefined, text: string): unknown {
  const members = Array.isArray(schema?.anyOf) ? schema.anyOf : [schema];
  const types = members.map((member) => member?.type);
  if (types.includes("boolean") && /^(true|false)$/.test(text)) return text === "true";
  const isNumber = types.includes("integer") || types.includes("number");
  return isNumber && NUMBER.test(text) ? Number(text) : text;
}

/**
 * The JSON body; none is an empty object. AppError invalid says where it is malformed, or that it
 * is nested too deep; AppError limit that it is larger than REQUEST_BODY_MAX_BYTES, and no more
 * than that is read.
 */
export async function readBody(request: Request): Promise<unknown> {
  const text = await readBodyText(request);
  if (text.trim() === "") return {};
  if (isTooDeep(text)) {
    const message = `The body is nested deeper than ${BODY_MAX_DEPTH} levels`;
    throw invalid(message, { kind: "Payload", limit: BODY_MAX_DEPTH });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw await malformed(text, error);
  }
}

/** By its text, which is several times quicker than to visit all that was read from it. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth > BODY_MAX_DEPTH) return true;
  }
  return false;
}

/** Where the string that begins at `start` ends; the text's end when it does not. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text[start - 1] === "\\") start--;
  return (at - start) % 2 === 1;
}

async function readBodyText(request: Request): Promise<string> {
  if (!request.body) return "";
  const length = request.headers.get("content-length");
  if (length === null) return readStream(request.body);
  if (Number(length) > REQUEST_BODY_MAX_BYTES) throw tooLarge();
  return request.text();
}

/** A body of unknown length, up to the limit. */
async function readStream(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > REQUEST_BODY_MAX_BYTES) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function tooLarge(): AppError {
  const limit = formatBytes(REQUEST_BODY_MAX_BYTES);
  return limitReached(`The body is larger than ${limit}`, { limit: REQUEST_BODY_MAX_BYTES });
}

/** JSON.parse does not say where; a parser that does is asked only now. */
async function malformed(text: string, cause: unknown): Promise<AppError> {
  const { parse, printParseErrorCode } = await import("jsonc-parser");
  const faults: ParseError[] = [];
  try {
    parse(text, faults, { disallowComments: true });
  } catch {
    // Nested deeper than its recursion goes: the fault is told without its place.
  }
  const fault = faults[0];
  if (!fault) return invalid("The body is not JSON", { kind: "Payload" }, cause);
  const before = text.slice(0, fault.offset).split("\n");
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const what = printParseErrorCode(fault.error)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  const message = `The body is not JSON: ${what} at line ${line}, column ${column}`;
  return invalid(message, { kind: "Payload", line, column }, cause);
}
