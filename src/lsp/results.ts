// What servers answer, in one shape each: places, symbols, texts. What does not fit is left out.
import { isValid } from "@/base/schema";
import type { Range, Symbol as FileSymbol } from "@/schema/file";
import {
  DocumentSymbol,
  Hover,
  Location,
  LocationLink,
  readList,
  SymbolInformation,
} from "./protocol";

const PLACES_MAX = 1_000;
const SYMBOLS_MAX = 2_000;
const DEPTH_MAX = 32;
const HOVER_MAX_CHARACTERS = 20_000;

/** The places of a definition, of implementations or references, each once. */
export function readLocations(answer: unknown): Location[] {
  const plain = readList(Location, answer, PLACES_MAX);
  const links = readList(LocationLink, answer, PLACES_MAX).map((link) => {
    return { uri: link.targetUri, range: link.targetSelectionRange };
  });
  return [...plain, ...links].map(({ uri, range }) => ({ uri, range: plainRange(range) }));
}

/** The text that is shown for a place; undefined when there is none. */
export function readHover(answer: unknown): string | undefined {
  if (!isValid(Hover, answer)) return undefined;
  const parts = Array.isArray(answer.contents) ? answer.contents : [answer.contents];
  const text = parts.map((part) => (typeof part === "string" ? part : part.value)).join("\n\n");
  return text.trim().slice(0, HOVER_MAX_CHARACTERS) || undefined;
}

/** Symbols of the workspace; those without a place of their own yet are left out. */
export function readSymbols(answer: unknown): FileSymbol[] {
  return readList(SymbolInformation, answer, SYMBOLS_MAX).map(({ name, kind, location }) => {
    return { name, kind, location: { uri: location.uri, range: plainRange(location.range) } };
  });
}

/** A symbol of a document, with what it holds. */
export interface OutlineSymbol {
  name: string;
  kind: number;
  range: Range;
  detail?: string;
  children?: OutlineSymbol[];
}

/** The symbols of a document, in either of the protocol's forms. */
export function readOutline(answer: unknown, depth = 0): OutlineSymbol[] {
  const nested = readList(DocumentSymbol, answer, SYMBOLS_MAX).map((symbol) => {
    const { name, kind, range, detail } = symbol;
    const children = depth < DEPTH_MAX ? readOutline(symbol.children, depth + 1) : [];
    return {
      name,
      kind,
      range: plainRange(range),
      ...(detail ? { detail } : {}),
      ...(children.length > 0 ? { children } : {}),
    };
  });
  if (nested.length > 0) return nested;
  return readSymbols(answer).map(({ name, kind, location: { range } }) => ({ name, kind, range }));
}

/** Without what a server may have added. */
function plainRange({ start, end }: Range): Range {
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}
