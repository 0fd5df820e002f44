// The rows of a list, and how they are found by what is typed.

import fuzzysort from "fuzzysort";
import type { Slot } from "@/tui/theme/slots";

export interface ListRow<T> {
  value: T;
  /** What it is known by when rows are read again; its label unless given. */
  key?: string;
  label: string;
  /**
   * Rows of one group that follow each other stand beneath its name, each line of it; an empty name
   * is an empty line, and none at all no line.
   */
  group?: string;
  /** A sign before the label, such as `●`, and its colour. */
  mark?: string;
  markColor?: Slot;
  labelColor?: Slot;
  /** A second column, muted. */
  detail?: string;
  /** At the right edge. */
  right?: string;
  rightColor?: Slot;
  /** Another line beneath, muted. */
  below?: string;
  /** What else it is found by. */
  search?: string;
}

export type Line<T> =
  | { type: "group"; text: string }
  | { type: "row"; row: ListRow<T>; index: number }
  | { type: "below"; text: string; index: number };

/** Ends a group without a line of its own. */
export const NO_LINE = "\u200b";
const MIN_SCORE = 0.2;
const MAX_ROWS = 5_000;

/** Those that what is typed stands for, the best first; all in their order without it. */
export function filterRows<T>(rows: readonly ListRow<T>[], query: string): ListRow<T>[] {
  const typed = query.trim();
  if (typed === "") return [...rows];
  const found = fuzzysort.go(typed, rows.slice(0, MAX_ROWS), {
    keys: [(row) => row.label, (row) => row.search ?? "", (row) => row.group ?? ""],
    threshold: MIN_SCORE,
    limit: 0,
    // What is found by its name comes before what is found by anything else.
    scoreFn: ([label, search, group]) =>
      Math.max(label?.score ?? 0, (search?.score ?? 0) * 0.8, (group?.score ?? 0) * 0.6),
  });
  return found.map(({ obj: { group: _, ...row } }) => row);
}

/** What is drawn: names of groups, rows, and lines beneath them. */
export function toLines<T>(rows: readonly ListRow<T>[]): Line<T>[] {
  let group: string | undefined;
  return rows.flatMap((row, index) => {
    const lines: Line<T>[] = [];
    if (row.group !== undefined && row.group !== group && row.group !== NO_LINE) {
      lines.push(...row.group.split("\n").map((text) => ({ type: "group" as const, text })));
    }
    group = row.group;
    lines.push({ type: "row", row, index });
    if (row.below !== undefined) lines.push({ type: "below", text: row.below, index });
    return lines;
  });
}
