// Places in a text: lines and offsets, and replacing spans of a text whose lines end with "\n" in
// the text it was made from, whose lines may end with "\r\n": outside the spans nothing changes.
import { assert } from "@/base/assert";
import { findEOL, type TextFormat, toEOL, toLF } from "./text-file";

/** Lines of a text, counted from 0. */
export interface LineMap {
  readonly lines: readonly string[];
  /** Offset of the line's first character, and behind its last (newline excluded). */
  start(line: number): number;
  end(line: number): number;
  /** The line that holds the offset. */
  lineAt(offset: number): number;
}

/** `text` has lines ended by "\n". */
export function mapLines(text: string): LineMap {
  const lines = text.split("\n");
  const starts: number[] = [];
  let offset = 0;
  for (const line of lines) {
    starts.push(offset);
    offset += line.length + 1;
  }
  const start = (line: number) => starts[line] ?? text.length;
  return {
    lines,
    start,
    end: (line) => start(line) + (lines[line]?.length ?? 0),
    lineAt: (at) => countUpTo(starts, at) - 1,
  };
}

/**
 * Replaces the spans, given as offsets into `original` with its "\r\n" read as "\n", in order and
 * apart. What a span and its replacement begin or end with alike stays as it is. New lines end as
 * those they replace do, or as the line they stand in, or else as most of the file's.
 */
export function replaceSpans(
  original: string,
  spans: readonly Span[],
  eol: TextFormat["eol"],
): string {
  const returns = findReturns(original);
  // An offset at a newline stands before the "\r" of its pair: that many were left out before it.
  const toOriginal = (offset: number) => offset + countUpTo(returns, offset - 1);
  const pieces: string[] = [];
  let done = 0;
  for (const span of spans) {
    const old = toLF(original.slice(toOriginal(span.start), toOriginal(span.end)));
    const { start, end, replacement } = withoutCommon(span, old);
    const from = toOriginal(start);
    const to = toOriginal(end);
    assert(from >= done, "spans are in order and apart");
    const style = findStyle(original, from, to) ?? eol;
    pieces.push(original.slice(done, from), toEOL(replacement, style));
    done = to;
  }
  return pieces.join("") + original.slice(done);
}

interface Span {
  start: number;
  end: number;
  replacement: string;
}

/** The part of the span, which reads `old`, that its replacement changes. */
function withoutCommon({ start, end, replacement }: Span, old: string): Span {
  const limit = Math.min(old.length, replacement.length);
  let head = 0;
  while (head < limit && old[head] === replacement[head]) head++;
  let tail = 0;
  while (tail < limit - head && old.at(-1 - tail) === replacement.at(-1 - tail)) tail++;
  const changed = replacement.slice(head, replacement.length - tail);
  return { start: start + head, end: end - tail, replacement: changed };
}

/** How the lines that are replaced end, or the line in which the place is. */
function findStyle(original: string, from: number, to: number): TextFormat["eol"] | undefined {
  const replaced = original.slice(from, to);
  if (replaced.includes("\n")) return findEOL(replaced);
  const newline = original.indexOf("\n", to);
  if (newline < 0) return undefined;
  return newline > 0 && original[newline - 1] === "\r" ? "\r\n" : "\n";
}

/** The offsets, with "\r\n" read as "\n", of the newlines that have a "\r". */
function findReturns(original: string): number[] {
  const returns: number[] = [];
  for (let at = original.indexOf("\r\n"); at >= 0; at = original.indexOf("\r\n", at + 2)) {
    returns.push(at - returns.length);
  }
  return returns;
}

/** How many of the ascending numbers are at most `limit`. */
export function countUpTo(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
