// The replacement of a lenient match. The model quoted the old lines a little wrong; what it did
// not mean to change stays as the file has it, and what it wrote anew gets the file's indentation.
import { indentOf } from "./line-folding";

/**
 * The new lines as they belong into the file, where `old` (as quoted) was found at `found` (as the
 * file has it, equally many lines). Undefined when the indentation cannot be told for certain.
 */
export function adaptLines(
  old: readonly string[],
  fresh: readonly string[],
  found: readonly string[],
): string[] | undefined {
  const limit = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < limit && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < limit - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
  const kept = pairUp(old, found, (line) => line);
  const indents = pairUp(old, found, indentOf);
  const middle: string[] = [];
  for (const line of fresh.slice(head, fresh.length - tail)) {
    const adapted = line.trim() === "" ? line : (kept.get(line) ?? reindent(line, indents));
    if (adapted === undefined) return undefined;
    middle.push(adapted);
  }
  return [...found.slice(0, head), ...middle, ...(tail > 0 ? found.slice(-tail) : [])];
}

/** What became of each line (or its indentation) in the file; undefined where that differs. */
function pairUp(
  old: readonly string[],
  found: readonly string[],
  read: (line: string) => string,
): Map<string, string | undefined> {
  const pairs = new Map<string, string | undefined>();
  for (const [index, line] of old.entries()) {
    if (line.trim() === "") continue;
    const key = read(line);
    const value = read(found[index] ?? "");
    pairs.set(key, !pairs.has(key) || pairs.get(key) === value ? value : undefined);
  }
  return pairs;
}

function reindent(
  line: string,
  indents: ReadonlyMap<string, string | undefined>,
): string | undefined {
  const indent = indentOf(line);
  const known = [...indents.keys()]
    .filter((key) => indent.startsWith(key))
    .sort((a, b) => b.length - a.length)[0];
  if (known === undefined) return indents.size === 0 ? line : undefined;
  const base = indents.get(known);
  if (base === undefined) return undefined;
  const deeper = indent.slice(known.length);
  return base + convertBlanks(deeper, indents) + line.slice(indent.length);
}

/** Blanks below the known depth, in the file's unit where the quoted lines tell the proportion. */
function convertBlanks(blanks: string, indents: ReadonlyMap<string, string | undefined>): string {
  if (blanks === "") return "";
  for (const [from, to] of indents) {
    if (to === undefined || from === "" || to === "" || !isUniform(from) || !isUniform(to))
      continue;
    if (from[0] !== blanks[0] || from[0] === to[0] || !isUniform(blanks)) continue;
    const length = (blanks.length * to.length) / from.length;
    if (Number.isInteger(length)) return (to[0] ?? "").repeat(length);
  }
  return blanks;
}

function isUniform(blanks: string): boolean {
  return [...blanks].every((blank) => blank === blanks[0]);
}
