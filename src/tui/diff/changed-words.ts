// Changed words: which part of a line that was replaced is really another, so that a person sees
// the one word and not the whole line. Pure; the longest common subsequence of words.
import type { DiffRow } from "./patch-rows";

/** A stretch of a row's text, in UTF-16 units; `end` is not part of it. */
export interface Stretch {
  start: number;
  end: number;
}

const LINE_MAX_LENGTH = 2_000;
const WORDS_MAX = 400;
/** Lines that have less in common than this share are simply others. */
const COMMON_SHARE_MIN = 0.4;
const WORD = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;

/** The changed stretches of each row of a hunk that replaces another row. */
export function findChangedWords(rows: readonly DiffRow[]): Map<DiffRow, Stretch[]> {
  const found = new Map<DiffRow, Stretch[]>();
  for (let at = 0; at < rows.length;) {
    const removed = runOf(rows, at, "removed");
    const added = runOf(rows, at + removed.length, "added");
    // Of runs of different lengths nobody knows which line became which.
    if (removed.length === added.length) {
      removed.forEach((before, index) => compare(before, added[index], found));
    }
    at += Math.max(1, removed.length + added.length);
  }
  return found;
}

function runOf(rows: readonly DiffRow[], start: number, kind: DiffRow["kind"]): DiffRow[] {
  let end = start;
  while (rows[end]?.kind === kind) end++;
  return rows.slice(start, end);
}

function compare(
  before: DiffRow,
  after: DiffRow | undefined,
  found: Map<DiffRow, Stretch[]>,
): void {
  if (!after) return;
  if (Math.max(before.text.length, after.text.length) > LINE_MAX_LENGTH) return;
  const [a, b] = [before.text.match(WORD) ?? [], after.text.match(WORD) ?? []];
  if (a.length > WORDS_MAX || b.length > WORDS_MAX) return;
  const { inA, inB, letters } = commonWords(a, b);
  const length = Math.max(before.text.trim().length, after.text.trim().length);
  if (length === 0 || letters / length < COMMON_SHARE_MIN) return;
  found.set(before, stretchesOf(a, inA));
  found.set(after, stretchesOf(b, inB));
}

/** For each word whether it belongs to the longest common subsequence. */
function commonWords(a: readonly string[], b: readonly string[]) {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] =
        a[i] === b[j]
          ? (lengths[at + width + 1] ?? 0) + 1
          : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  const [inA, inB] = [new Set<number>(), new Set<number>()];
  let letters = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const at = i * width + j;
    if (a[i] === b[j]) {
      letters += (a[i] ?? "").trim().length;
      inA.add(i++);
      inB.add(j++);
    } else if ((lengths[at + width] ?? 0) >= (lengths[at + 1] ?? 0)) i++;
    else j++;
  }
  return { inA, inB, letters };
}

/** What is not common, neighbours as one. */
function stretchesOf(words: readonly string[], common: ReadonlySet<number>): Stretch[] {
  const stretches: Stretch[] = [];
  let start = 0;
  words.forEach((word, index) => {
    const end = start + word.length;
    const last = stretches.at(-1);
    if (!common.has(index)) {
      if (last?.end === start) last.end = end;
      else stretches.push({ start, end });
    }
    start = end;
  });
  return stretches;
}
