// Applies the hunks of one file to its text. Each hunk is looked for behind the one before it, or
// else in the whole file: exactly, then without trailing blanks, then without any at the ends, then
// with unicode folded. A lenient reading must have one place only, and what it adds gets the file's
// indentation. Lines that a hunk keeps stay as the file has them.
import { invalid } from "@/base/error";
import { adaptNew, findBlank } from "./edit-indent";
import { LinePlaces, LOOSEST } from "./line-places";
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
  /** The old lines are not in the file as they were given. */
  isLoose: boolean;
}

/** `isLoose`: some old lines are not in the file as the patch has them. */
export interface PatchedText {
  text: string;
  isLoose: boolean;
}

interface Search {
  path: string;
  texts: readonly string[];
  places: LinePlaces;
  hunk: PatchHunk;
}

/**
 * The file after all hunks. Line endings of kept lines stay, new lines end as those they replace
 * do, or else as most of the file's, and whether the file ends with a newline does not change.
 * `path` is for the errors: AppError invalid when a hunk's lines are not found, or not for certain.
 */
export function applyHunks(path: string, text: string, hunks: readonly PatchHunk[]): PatchedText {
  const lines = splitLines(text);
  const texts = lines.map((line) => line.text);
  const places = new LinePlaces(texts);
  const splices: Splice[] = [];
  let from = 0;
  for (const hunk of hunks) {
    const splice = locate({ path, texts, places, hunk }, from);
    splices.push(splice);
    from = splice.start + oldTexts(splice.lines).length;
  }
  const joined = joinLines(splice(lines, inOrder(path, splices), findEOL(text)), text);
  return { text: joined, isLoose: splices.some(({ isLoose }) => isLoose) };
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
    const old = oldTexts(lines);
    // What stands there exactly, wherever, is meant rather than what is only like it.
    for (let most = 0; most <= LOOSEST; most++) {
      const start = findStart(search, old, from, most) ?? findStart(search, old, 0, most);
      if (start !== undefined) return toSplice(search, start, lines);
    }
  }
  throw hunkNotFound(search, oldTexts(hunk.lines));
}

/** `most` is the loosest reading to try. */
function findStart(
  search: Search,
  wanted: string[],
  from: number,
  most: number,
): number | undefined {
  const { hunk, places, texts } = search;
  const [outer, ...inner] = hunk.contexts.map((line) => [line]);
  if (outer === undefined) {
    // Only additions: at the end.
    if (wanted.length === 0) return texts.length;
    return choose(search, places.find(wanted, from, most), wanted);
  }
  // The line of context may be repeated as the hunk's first.
  const repeats = wanted[0]?.trim() === hunk.contexts.at(-1)?.trim() ? 1 : 0;
  const starts = new Set<number>();
  for (const place of places.find(outer, from, most)) {
    // The lines may follow each place of the outermost context; the inner ones lead to one.
    const begin = findBehind(search, inner, place + 1, most);
    if (begin === undefined) break;
    const start = wanted.length === 0 ? begin : firstOf(search, wanted, begin - repeats, most);
    if (start !== undefined) starts.add(start);
  }
  return choose(search, [...starts], wanted);
}

/** Behind the contexts, one inside the other, from `from` on; undefined when one is missing. */
function findBehind(
  { places }: Search,
  contexts: readonly string[][],
  from: number,
  most: number,
): number | undefined {
  let begin = from;
  for (const context of contexts) {
    const place = places.first(context, begin, most);
    if (place === undefined) return undefined;
    begin = place + 1;
  }
  return begin;
}

function firstOf(
  { hunk, places, texts }: Search,
  wanted: string[],
  from: number,
  most: number,
): number | undefined {
  const end = texts.length - wanted.length;
  const isAtEnd = hunk.endOfFile && end >= from && places.first(wanted, end, most) === end;
  return isAtEnd ? end : places.first(wanted, from, most);
}

function choose(search: Search, found: readonly number[], wanted: string[]): number | undefined {
  const end = search.texts.length - wanted.length;
  if (search.hunk.endOfFile && found.includes(end)) return end;
  if (found.length > 1) throw ambiguousHunk(search, found);
  return found[0];
}

/** What is added where the old lines differ gets the indentation that the file has there. */
function toSplice(search: Search, start: number, lines: readonly PatchLine[]): Splice {
  const { hunk, path, texts } = search;
  const old = oldTexts(lines);
  const found = texts.slice(start, start + old.length);
  if (found.every((text, index) => text === old[index])) return { start, lines, isLoose: false };
  const added = lines.filter((line) => line.type === "add").map((line) => line.text);
  const adapted = adaptNew(added, { old, found, blank: findBlank(texts) });
  if (!adapted) {
    throw invalid(
      `The hunk at line ${hunk.line} of the patch differs from ${path} in whitespace, so the ` +
        `indentation of its new lines is uncertain. The lines there are:\n` +
        formatNearest({ first: start + 1, lines: found }),
    );
  }
  const next = adapted.values();
  const fitted = lines.map((line) =>
    line.type === "add" ? { ...line, text: next.next().value ?? line.text } : line,
  );
  return { start, lines: fitted, isLoose: true };
}

function ambiguousHunk({ path, hunk }: Search, places: readonly number[]): Error {
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

/** Lines that are kept, and what is removed and added behind them. */
interface ChangeRun {
  kept: number;
  removed: number;
  added: string[];
}

function toRuns(changes: readonly PatchLine[]): ChangeRun[] {
  const runs: ChangeRun[] = [];
  let run: ChangeRun | undefined;
  for (const { type, text } of changes) {
    if (!run || (type === "keep" && run.removed + run.added.length > 0)) {
      run = { kept: 0, removed: 0, added: [] };
      runs.push(run);
    }
    if (type === "keep") run.kept++;
    else if (type === "remove") run.removed++;
    else run.added.push(text);
  }
  return runs;
}

function splice(lines: FileLine[], splices: readonly Splice[], eol: string): FileLine[] {
  const result: FileLine[] = [];
  let at = 0;
  for (const { start, lines: changes } of splices) {
    result.push(...lines.slice(at, start));
    at = start;
    for (const { kept, removed, added } of toRuns(changes)) {
      result.push(...lines.slice(at, at + kept));
      const old = lines.slice(at + kept, at + kept + removed);
      at += kept + removed;
      for (const [index, text] of added.entries()) {
        result.push({ text, eol: (old[index] ?? old.at(-1))?.eol || eol });
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
