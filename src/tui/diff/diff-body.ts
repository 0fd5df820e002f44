// Diff body: the lines of a diff in one column, or in two where there is room for them.
import { BoxRenderable, type Renderable } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import { type DiffLine, splitLines } from "./diff-lines";
import { diffText } from "./diff-text";

/** From this width on the two sides stand beside each other. */
export const SPLIT_COLUMNS = 120;

export function diffBody(ui: Ui, lines: readonly DiffLine[], columns: number): Renderable {
  const isSplit = ui.settings.diffStyle === "auto" && columns >= SPLIT_COLUMNS;
  return isSplit ? splitBody(ui, lines) : diffText(ui, lines);
}

/** Rows of the two sides stay level: what is too long is cut, not wrapped. */
export function splitBody(ui: Ui, lines: readonly DiffLine[]): Renderable {
  const { before, after } = splitLines(lines);
  const body = new BoxRenderable(ui.renderer, { flexDirection: "row", gap: 1, flexShrink: 0 });
  for (const [side, shown] of [
    ["before", before],
    ["after", after],
  ] as const) {
    const column = new BoxRenderable(ui.renderer, { flexGrow: 1, flexBasis: 0, minWidth: 0 });
    column.add(diffText(ui, shown, { side, wraps: false }));
    body.add(column);
  }
  return body;
}
