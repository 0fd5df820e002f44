// Reversed hunk: a patch that takes one hunk of a change back. Pure.
import type { DiffRow, FilePatch } from "./patch-rows";

/** Undefined where there is no such hunk, or the change is of another kind than lines. */
export function reversedHunk(file: FilePatch, index: number): string | undefined {
  const hunk = file.hunks[index];
  if (!hunk || hunk.rows.length === 0 || file.isBinary) return undefined;
  const count = (kind: DiffRow["kind"]) => hunk.rows.filter((row) => row.kind !== kind).length;
  const [from, to] = [count("removed"), count("added")];
  const first = hunk.rows[0];
  // A side without lines is counted from the line before it.
  const start = (side: "before" | "after", lines: number) => {
    const other = side === "before" ? "after" : "before";
    const number = hunk.rows.find((row) => row[side] !== undefined)?.[side];
    return lines === 0 ? Math.max(0, (first?.[other] ?? 1) - 1) : (number ?? 1);
  };
  const header = `@@ -${start("after", from)},${from} +${start("before", to)},${to} @@`;
  const rows = hunk.rows.flatMap(({ kind, text, isUnended }) => {
    const sign = kind === "added" ? "-" : kind === "removed" ? "+" : " ";
    return [`${sign}${text}`, ...(isUnended ? ["\\ No newline at end of file"] : [])];
  });
  const isWhole = file.hunks.length === 1;
  const before = file.status === "deleted" && isWhole ? "/dev/null" : `a/${file.path}`;
  const after = file.status === "added" && isWhole ? "/dev/null" : `b/${file.path}`;
  return [`--- ${before}`, `+++ ${after}`, header, ...rows, ""].join("\n");
}
