// Diff lines: which rows of a file's patch are shown, in one column or in two, and what stands in
// for those that are not. Pure.
import { plural } from "@/base/text";
import { findChangedWords, type Stretch } from "./changed-words";
import type { DiffRow, FilePatch } from "./patch-rows";

/** A line on the screen: a row of the diff, a remark such as `┆ 3 unchanged lines`, or nothing. */
export type DiffLine =
  | { type: "row"; row: DiffRow; changed: readonly Stretch[]; hunk: number }
  | { type: "note"; text: string };

/** Beyond, words are not compared. */
const COMPARED_ROWS_MAX = 2_000;

/** All of a file, one line below the other; what lies between hunks is counted. */
export function unifiedLines(file: FilePatch): DiffLine[] {
  const isLong = file.additions + file.deletions > COMPARED_ROWS_MAX;
  if (file.isBinary) return [{ type: "note", text: "Binary file" }];
  return file.hunks.flatMap(({ skipped, rows }, index) => {
    const changed = isLong ? new Map<DiffRow, Stretch[]>() : findChangedWords(rows);
    const lines: DiffLine[] = rows.map((row) => {
      return { type: "row", row, changed: changed.get(row) ?? [], hunk: index };
    });
    return index > 0 && skipped > 0 ? [skippedLine(skipped), ...lines] : lines;
  });
}

export interface SplitLines {
  before: DiffLine[];
  after: DiffLine[];
}

/** The two sides beside each other: what was replaced stands beside what replaced it. */
export function splitLines(lines: readonly DiffLine[]): SplitLines {
  const before: DiffLine[] = [];
  const after: DiffLine[] = [];
  const even = () => {
    const length = Math.max(before.length, after.length);
    while (before.length < length) before.push({ type: "note", text: "" });
    while (after.length < length) after.push({ type: "note", text: "" });
  };
  for (const line of lines) {
    if (line.type === "row" && line.row.kind === "removed") before.push(line);
    else if (line.type === "row" && line.row.kind === "added") after.push(line);
    else {
      even();
      before.push(line);
      after.push(line);
    }
  }
  even();
  return { before, after };
}

/** The first lines, and how many changes and other lines come after them. */
export function foldLines(lines: readonly DiffLine[], max: number) {
  if (lines.length <= max + 1) return { lines, hidden: 0 };
  return { lines: lines.slice(0, max), hidden: lines.length - max };
}

function skippedLine(count: number): DiffLine {
  return { type: "note", text: `┆ ${plural(count, "unchanged line")}` };
}
