// JSON with comments and trailing commas: read into a record, with errors that show the place, and
// edited so that comments stay. The parser that knows places is loaded only when one is needed.
import type { ParseError } from "jsonc-parser";
import { AppError, errorMessage } from "@/base/error";
import { isRecord, type JSONRecord } from "./json";
import { setValue } from "./jsonc-edit";
import type { KeyPath } from "./key-path";

/** Lines of the file shown before the line of an error. */
const EXCERPT_LINES_BEFORE = 1;
const EXCERPT_MAX_COLUMNS = 120;
/** What is edited in goes no further to the right; the editor's table of indentations ends here. */
const INDENT_MAX_COLUMNS = 199;

export interface Place {
  /** Both from 1. */
  line: number;
  column: number;
}

/** One change: the value that shall stand at the path; undefined removes what is there. */
export interface Edit {
  path: KeyPath;
  value: unknown;
}

/**
 * The record that `text` holds; empty when there is nothing but space and comments. `origin` (a
 * file or a variable) begins the message of the AppError invalid, whose data names line and column.
 */
export async function parseJSONC(text: string, origin: string): Promise<JSONRecord> {
  if (isBlank(text)) return {};
  let value: unknown;
  try {
    value = Bun.JSONC.parse(text);
  } catch (error) {
    throw await syntaxError(text, origin, errorMessage(error));
  }
  if (isRecord(value)) return value;
  throw configError("ConfigJsonError", origin, "must hold an object: { ... }", {
    line: 1,
    column: 1,
  });
}

/** Where the value at the path stands, or the nearest thing above it that is there. */
export async function findPlace(text: string, path: KeyPath): Promise<Place | undefined> {
  const { findNodeAtLocation, parseTree } = await import("jsonc-parser");
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root === undefined) return undefined;
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node !== undefined) return placeAt(text, node.offset);
  }
  return placeAt(text, root.offset);
}

/**
 * `text` with the edits made one after the other; comments, order and indentation stay. Throws
 * AppError invalid when the text is no clean JSONC, nothing is ever made of half a file, and when
 * a value is nested so deep that nobody could read it.
 */
export async function editJSONC(text: string, edits: Edit[], origin: string): Promise<string> {
  const { parseTree, printParseErrorCode } = await import("jsonc-parser");
  let edited = isBlank(text) ? `${text.trimEnd()}\n{}\n`.trimStart() : text;
  const errors: ParseError[] = [];
  parseTree(edited, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const reason = inWords(printParseErrorCode(first.error));
    throw syntaxErrorAt(edited, origin, reason, placeAt(edited, first.offset));
  }
  const indent = /^([ \t]+)\S/m.exec(edited)?.[1] ?? "  ";
  const formattingOptions = {
    insertSpaces: !indent.startsWith("\t"),
    tabSize: indent.startsWith("\t") ? 1 : indent.length,
    eol: edited.includes("\r\n") ? "\r\n" : "\n",
  };
  for (const { path, value } of edits) {
    const depth = path.length + depthOf(value);
    if (depth * formattingOptions.tabSize > INDENT_MAX_COLUMNS) {
      throw configError(
        "ConfigInvalidError",
        origin,
        `${path.join(".")} is nested too deep`,
        undefined,
      );
    }
    edited = await setValue(edited, path, value, formattingOptions);
  }
  return edited;
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Object.values(value).reduce((most, item) => Math.max(most, depthOf(item)), 0);
}

/** `<origin>:<line>:<column>: message`, as AppError invalid that clients can take apart. */
export function configError(
  name: "ConfigJsonError" | "ConfigInvalidError",
  origin: string,
  message: string,
  place: Place | undefined,
  data: Record<string, unknown> = {},
): AppError {
  const where = place === undefined ? origin : `${origin}:${place.line}:${place.column}`;
  return new AppError("invalid", name, `${where}: ${message}`, { path: origin, ...place, ...data });
}

async function syntaxError(text: string, origin: string, fallback: string): Promise<AppError> {
  const { parseTree, printParseErrorCode } = await import("jsonc-parser");
  const errors: ParseError[] = [];
  parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return configError("ConfigJsonError", origin, fallback, undefined);
  const reason = inWords(printParseErrorCode(first.error));
  return syntaxErrorAt(text, origin, reason, placeAt(text, first.offset));
}

function syntaxErrorAt(text: string, origin: string, reason: string, place: Place): AppError {
  const message = `${reason}\n${excerpt(text, place)}`;
  return configError("ConfigJsonError", origin, message, place, { reason });
}

function isBlank(text: string): boolean {
  return text.replace(/^\uFEFF|\/\/.*|\/\*[\s\S]*?\*\//g, "").trim() === "";
}

function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

/** The line at fault with the one before it, and a mark below the column. */
function excerpt(text: string, place: Place): string {
  const lines = text.split(/\r?\n/);
  const first = Math.max(1, place.line - EXCERPT_LINES_BEFORE);
  const width = String(place.line).length;
  const shown: string[] = [];
  for (let number = first; number <= place.line; number++) {
    const mark = number === place.line ? ">" : " ";
    const line = (lines[number - 1] ?? "").replaceAll("\t", " ").slice(0, EXCERPT_MAX_COLUMNS);
    shown.push(`${mark} ${String(number).padStart(width)} | ${line}`);
  }
  if (place.column <= EXCERPT_MAX_COLUMNS) {
    shown.push(`  ${" ".repeat(width)} | ${" ".repeat(place.column - 1)}^`);
  }
  return shown.join("\n");
}

/** "CommaExpected" becomes "comma expected". */
function inWords(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
