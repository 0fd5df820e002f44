// Taking a change out of a file that has changed since: a three-way merge by lines, pure. Where the
// later change touches the same lines there is no answer, rather than a guess.
// Lines are cut from bytes (one character each), so that every encoding and line ending survives.

interface Hunk {
  /** Lines of the base, `end` not included. */
  start: number;
  end: number;
  lines: string[];
}

const DIFF_TIMEOUT_MS = 2_000;

/**
 * `ours` with what changed from `base` to `theirs`; undefined when that is ambiguous, for binary
 * contents, and for texts that differ too much to compare in time.
 */
export async function mergeChange(
  base: Buffer,
  ours: Buffer,
  theirs: Buffer,
): Promise<Buffer | undefined> {
  if (ours.equals(base)) return theirs;
  if (theirs.equals(base) || ours.equals(theirs)) return ours;
  if ([base, ours, theirs].some((bytes) => bytes.includes(0))) return undefined;
  const lines = splitLines(base);
  const [ourHunks, theirHunks] = await Promise.all([
    diffLines(lines, splitLines(ours)),
    diffLines(lines, splitLines(theirs)),
  ]);
  const hunks = ourHunks && theirHunks && combine(ourHunks, theirHunks);
  return hunks && Buffer.from(applyHunks(lines, hunks).join(""), "latin1");
}

/** Each line with its ending. */
function splitLines(bytes: Buffer): string[] {
  return bytes.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

async function diffLines(before: string[], after: string[]): Promise<Hunk[] | undefined> {
  const { diffArrays } = await import("diff");
  const runs = diffArrays(before, after, { timeout: DIFF_TIMEOUT_MS });
  if (!runs) return undefined;
  const hunks: Hunk[] = [];
  let at = 0;
  let open: Hunk | undefined;
  for (const { added, removed, value } of runs) {
    if (!added && !removed) {
      at += value.length;
      open = undefined;
      continue;
    }
    if (!open) hunks.push((open = { start: at, end: at, lines: [] }));
    if (added) open.lines.push(...value);
    else at = open.end += value.length;
  }
  return hunks;
}

/** All hunks in order; undefined when two of them are about the same lines. */
function combine(ours: readonly Hunk[], theirs: readonly Hunk[]): Hunk[] | undefined {
  const added = theirs.filter((hunk) => !ours.some((other) => isSameHunk(hunk, other)));
  const all = [...ours, ...added].sort((a, b) => a.start - b.start || a.end - b.end);
  const isClear = all.every((hunk, index) => {
    const next = all[index + 1];
    return !next || isApart(hunk, next) || (ours.includes(hunk) && ours.includes(next));
  });
  return isClear ? all : undefined;
}

/**
 * Neighbouring lines are apart; an insertion beside a changed line belongs to it or not: unclear.
 */
function isApart(first: Hunk, second: Hunk): boolean {
  if (first.end < second.start) return true;
  const isInsertion = first.start === first.end || second.start === second.end;
  return first.end === second.start && !isInsertion;
}

function isSameHunk(a: Hunk, b: Hunk): boolean {
  if (a.start !== b.start || a.end !== b.end || a.lines.length !== b.lines.length) return false;
  return a.lines.every((line, index) => line === b.lines[index]);
}

function applyHunks(lines: readonly string[], hunks: readonly Hunk[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const { start, end, lines: inserted } of hunks) {
    result.push(...lines.slice(at, start), ...inserted);
    at = end;
  }
  return [...result, ...lines.slice(at)];
}
