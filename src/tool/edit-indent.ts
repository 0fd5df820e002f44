// The replacement of a lenient match. The model quoted the old lines a little wrong; what it did
// not mean to change stays as the file has it, and what it wrote anew gets the file's indentation.
import { indentOf } from "./line-folding";

/** Where the old lines, as they were quoted, were found: as the file has them, equally many. */
export interface FoundLines {
  old: readonly string[];
  found: readonly string[];
  /** What the file indents by, as findBlank says. */
  blank: string | undefined;
}

/** How blanks were quoted, and what they are in the file; undefined where that differs. */
type Indents = ReadonlyMap<string, string | undefined>;

/**
 * The new lines as they belong into the file. Undefined when the indentation cannot be told for
 * certain.
 */
export function adaptLines(fresh: readonly string[], place: FoundLines): string[] | undefined {
  const { found, old } = place;
  const limit = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < limit && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < limit - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
  const middle = adaptNew(fresh.slice(head, fresh.length - tail), place);
  if (!middle) return undefined;
  return [...found.slice(0, head), ...middle, ...(tail > 0 ? found.slice(-tail) : [])];
}

/** The same for lines that are all new. */
export function adaptNew(lines: readonly string[], place: FoundLines): string[] | undefined {
  const { blank, found, old } = place;
  const kept = pairUp(old, found, (line) => line);
  const indents = pairUp(old, found, indentOf);
  const isAlike = [...indents].every(([quoted, own]) => quoted === own);
  const adapted: string[] = [];
  for (const line of lines) {
    const own = line.trim() === "" ? line : kept.get(line);
    const next =
      own ?? (isAlike && isOwn(indentOf(line), blank) ? line : reindent(line, indents, blank));
    if (next === undefined) return undefined;
    adapted.push(next);
  }
  return adapted;
}

/** The blank that all indented lines of a file begin with, where it is but one. */
export function findBlank(lines: readonly string[]): string | undefined {
  const blanks = new Set(lines.flatMap((line) => (line.trim() === "" ? [] : [...indentOf(line)])));
  const [only] = blanks;
  return blanks.size === 1 ? only : undefined;
}

/** Whether all lines behind the first are indented as the file is, as far as that is known. */
export function isIndentedBy(blank: string | undefined, text: string): boolean {
  const [, ...lines] = text.split("\n");
  return lines.every((line) => line.trim() === "" || isOwn(indentOf(line), blank));
}

function isOwn(blanks: string, blank: string | undefined): boolean {
  return blank === undefined || blanks === blank.repeat(blanks.length);
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

function reindent(line: string, indents: Indents, blank: string | undefined): string | undefined {
  const indent = indentOf(line);
  const known = [...indents.keys()]
    .filter((key) => indent.startsWith(key))
    .sort((a, b) => b.length - a.length)[0];
  // As the file has it already, though the old lines were quoted otherwise.
  if (known === undefined) return [...indents.values()].includes(indent) ? line : undefined;
  const base = indents.get(known);
  if (base === undefined) return undefined;
  const deeper = convertBlanks(indent.slice(known.length), indents, blank);
  return deeper === undefined ? undefined : base + deeper + line.slice(indent.length);
}

/** Blanks below the known depth, in the file's unit where the quoted lines tell the proportion. */
function convertBlanks(
  blanks: string,
  indents: Indents,
  blank: string | undefined,
): string | undefined {
  if (blanks === "") return "";
  for (const [from, to] of indents) {
    if (to === undefined || from === "" || to === "" || !isUniform(from) || !isUniform(to))
      continue;
    if (from[0] !== blanks[0] || from[0] === to[0] || !isUniform(blanks)) continue;
    const length = (blanks.length * to.length) / from.length;
    if (Number.isInteger(length)) return (to[0] ?? "").repeat(length);
  }
  return isOwn(blanks, blank) ? blanks : undefined;
}

function isUniform(blanks: string): boolean {
  return [...blanks].every((blank) => blank === blanks[0]);
}
