// Applies the hunks of one file to its text. Each hunk is looked for behind the one before it:
// exactly, then without trailing blanks, then without any at the ends, then with unicode folded. A
// lenient reading must have one place only. Lines that a hunk keeps stay as the file has them.
import { invalid } from "@/base/error";
import { findLines, foldUnicode } from "./line-folding";
import { findNearest, formatNearest } from "./nearest-lines";
import type { PatchHunk, PatchLine } from "./patch";
import { findEOL, toLF } from "./text-file";

/** A line and what ends it: "\n", "\r\n", or "" for the last line of a file without one. */
interface FileLine {
  text: string;
  eol: string;
}

interface Splice {
  start: number;
  lines: readonly PatchLine[];
}

interface Search {
  path: string;
  texts: string[];
  hunk: PatchHunk;
}

type Fold = (line: string) => string;

const READINGS: readonly Fold[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
  (line) => foldUnicode(line).trim(),
];

/**
 * The text after all hunks. Line endings of kept lines stay, new lines end as most of the file's,
 * and whether the file ends with a newline does not change. `path` is for the errors: AppError
 * invalid when a hunk's lines are not found, or not for certain.
 */
export function applyHunks(path: string, text: string, hunks: readonly PatchHunk[]): string {
  const lines = splitLines(text);
  const texts = lines.map((line) => line.text);
  const splices: Splice[] = [];
  let from = 0;
  for (const hunk of hunks) {
    const splice = locate({ path, texts, hunk }, from);
    splices.push(splice);
    from = splice.start + oldTexts(splice.lines).length;
  }
  return joinLines(splice(lines, inOrder(path, splices), findEOL(text)), text);
}

function splitLines(text: string): FileLine[] {
  const pieces = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return pieces.map((piece) => {
    const eol = piece.endsWith("\r\n") ? "\r\n" : piece.endsWith("\n") ? "\n" : "";
    return { text: piece.slice(0, piece.length - eol.length), eol };
  });
}

function oldTexts(lines: readonly PatchLine[]): string[] {
  return lines.filter((line) => line.type !== "add").map((line) => line.text);
}

/** Behind the hunk before, as the grammar has it, or else at the only place in the whole file. */
function locate(search: Search, from: number): Splice {
  const { hunk } = search;
  const candidates = [hunk.lines];
  const last = hunk.lines.at(-1);
  // Models close a hunk with a blank line that the file does not have.
  if (last?.type === "keep" && last.text === "") candidates.push(hunk.lines.slice(0, -1));
  for (const lines of candidates) {
    const start = findStart(search, oldTexts(lines), from) ?? findStart(search, oldTexts(lines), 0);
    if (start !== undefined) return { start, lines };
  }
  throw hunkNotFound(search, oldTexts(hunk.lines));
}

function findStart(search: Search, wanted: string[], from: number): number | undefined {
  const { texts, hunk } = search;
  let begin = from;
  for (const context of hunk.contexts) {
    const places = findPlaces(texts, [context], begin);
    const [place] = places;
    if (place === undefined) return undefined;
    begin = place + 1;
  }
  // Only additions: behind the line that was named, or else at the end.
  if (wanted.length === 0) return hunk.contexts.length > 0 ? begin : texts.length;
  // The line of context may be repeated as the hunk's first.
  const repeats = hunk.contexts.length > 0 && wanted[0]?.trim() === hunk.contexts.at(-1)?.trim();
  const places = findPlaces(texts, wanted, repeats ? begin - 1 : begin);
  const end = texts.length - wanted.length;
  if (hunk.endOfFile && places.includes(end)) return end;
  if (places.length > 1 && hunk.contexts.length === 0) throw ambiguousHunk(search, places);
  return places[0];
}

/** All places from `from` on by the strictest reading that has one; a lenient one has just one. */
function findPlaces(texts: string[], wanted: string[], from: number): number[] {
  for (const [index, fold] of READINGS.entries()) {
    const found = findLines(texts.slice(from).map(fold), wanted.map(fold));
    if (found.length === 0) continue;
    return index > 0 && found.length > 1 ? [] : found.map((place) => place + from);
  }
  return [];
}

function ambiguousHunk({ path, hunk }: Search, places: number[]): Error {
  const lines = places.slice(0, 10).map((place) => place + 1);
  return invalid(
    `The lines of the hunk at line ${hunk.line} of the patch stand ${places.length} times in ` +
      `${path} (at lines ${lines.join(", ")}): add context lines or an "@@ line" above it`,
  );
}

function hunkNotFound({ path, texts, hunk }: Search, old: string[]): Error {
  const wanted = old.length > 0 ? old : hunk.contexts;
  const nearest = findNearest(texts.join("\n"), wanted.join("\n"));
  const near = nearest ? `\nThe nearest lines of the file are:\n${formatNearest(nearest)}` : "";
  const context = hunk.contexts.map((line) => `@@ ${line}\n`).join("");
  return invalid(
    `Failed to find expected lines in ${path} (hunk at line ${hunk.line} of the patch):\n` +
      `${context}${old.slice(0, 12).join("\n")}${old.length > 12 ? "\n..." : ""}${near}`,
  );
}

function inOrder(path: string, splices: Splice[]): Splice[] {
  const sorted = splices.toSorted((a, b) => a.start - b.start);
  let end = 0;
  for (const { start, lines } of sorted) {
    if (start < end) throw invalid(`Two hunks change the same lines of ${path}, near ${start + 1}`);
    end = start + oldTexts(lines).length;
  }
  return sorted;
}

function splice(lines: FileLine[], splices: readonly Splice[], eol: string): FileLine[] {
  const result: FileLine[] = [];
  let at = 0;
  for (const { start, lines: changes } of splices) {
    result.push(...lines.slice(at, start));
    at = start;
    for (const line of changes) {
      const old = lines[at];
      if (line.type === "add") result.push({ text: line.text, eol });
      else if (line.type === "remove" || !old) at++;
      else {
        result.push(old);
        at++;
      }
    }
  }
  // Not spread into push: a long file has more lines than a call may have arguments.
  return result.concat(lines.slice(at)).map((line) => ({ ...line, eol: line.eol || eol }));
}

/** Ends as the text before did; a file that was empty gets a newline at its end. */
function joinLines(lines: FileLine[], before: string): string {
  const joined = lines.map((line) => line.text + line.eol).join("");
  const bare = before !== "" && !toLF(before).endsWith("\n");
  return bare ? joined.replace(/\r?\n$/, "") : joined;
}
