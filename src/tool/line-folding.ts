// Lines made comparable: what two spellings of the same code may differ in is folded away, step by
// step. Pure functions shared by edit matching, patch application and the search for near lines.

/** Unicode spellings of ASCII punctuation and blanks, composed letters, nothing invisible. */
export function foldUnicode(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text;
  return text
    .normalize("NFC")
    .replaceAll(/[\u2018\u2019\u201A\u201B\u2032]/g, "'")
    .replaceAll(/[\u201C\u201D\u201E\u201F\u2033]/g, '"')
    .replaceAll(/[\u2010-\u2015\u2212\uFE58\uFF0D]/g, "-")
    .replaceAll("\u2026", "...")
    .replaceAll(/[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g, " ")
    .replaceAll(/[\u200B-\u200D\u2060\uFEFF]/g, "");
}

/** Unicode folded, each run of blanks one space, none at the ends. */
export function foldLine(line: string): string {
  return foldUnicode(line).trim().replaceAll(/\s+/g, " ");
}

/** The blanks before the first other character. */
export function indentOf(line: string): string {
  return line.slice(0, line.length - line.trimStart().length);
}

/** All positions where `needle` stands in `lines`, overlapping ones too (Knuth, Morris, Pratt). */
export function findLines(lines: readonly string[], needle: readonly string[]): number[] {
  if (needle.length === 0 || needle.length > lines.length) return [];
  const fallback = [0];
  for (let i = 1, k = 0; i < needle.length; i++) {
    while (k > 0 && needle[i] !== needle[k]) k = fallback[k - 1] ?? 0;
    if (needle[i] === needle[k]) k++;
    fallback.push(k);
  }
  const found: number[] = [];
  for (let i = 0, k = 0; i < lines.length; i++) {
    while (k > 0 && lines[i] !== needle[k]) k = fallback[k - 1] ?? 0;
    if (lines[i] === needle[k]) k++;
    if (k < needle.length) continue;
    found.push(i - needle.length + 1);
    k = fallback[k - 1] ?? 0;
  }
  return found;
}

const COMPARED_MAX_CHARACTERS = 160;

/** How alike two lines are, from 0 to 1, by their common pairs of characters; quick and bounded. */
export function similarity(a: string, b: string): number {
  if (a === b) return 1;
  const left = a.slice(0, COMPARED_MAX_CHARACTERS);
  const right = b.slice(0, COMPARED_MAX_CHARACTERS);
  if (left.length < 2 || right.length < 2) return 0;
  const pairs = new Map<string, number>();
  for (let i = 0; i < left.length - 1; i++) {
    const pair = left.slice(i, i + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let common = 0;
  for (let i = 0; i < right.length - 1; i++) {
    const pair = right.slice(i, i + 2);
    const count = pairs.get(pair) ?? 0;
    if (count === 0) continue;
    pairs.set(pair, count - 1);
    common++;
  }
  return (2 * common) / (left.length + right.length - 2);
}
