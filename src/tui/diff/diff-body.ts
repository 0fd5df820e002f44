// Diff body: the lines of a diff in one column, or in two where there is room for them.
import { BoxRenderable, type Renderable } from "@opentui/core";
import type { Ui } from "@/tui/ui";
import { type DiffLine, splitLines } from "./diff-lines";
import { type DiffText, diffText, type DiffTextOptions } from "./diff-text";

/** From this width on the two sides stand beside each other. */
export const SPLIT_COLUMNS = 120;

export function diffBody(ui: Ui, lines: readonly DiffLine[], columns: number): Renderable {
  const isSplit = ui.settings.diffStyle === "auto" && columns >= SPLIT_COLUMNS;
  return isSplit ? splitText(ui, lines).root : diffText(ui, lines).root;
}

/** Rows of the two sides stay level: what is too long is cut, not wrapped. */
export function splitText(
  ui: Ui,
  lines: readonly DiffLine[],
  { hasCursor = false }: Pick<DiffTextOptions, "hasCursor"> = {},
): Omit<DiffText, "root"> & { root: Renderable } {
  const sides = splitLines(lines);
  const options = { wraps: false, hasCursor };
  const before = diffText(ui, sides.before, { ...options, side: "before" });
  const after = diffText(ui, sides.after, { ...options, side: "after" });
  const root = new BoxRenderable(ui.renderer, { flexDirection: "row", gap: 1, flexShrink: 0 });
  for (const { root: side } of [before, after]) {
    const column = new BoxRenderable(ui.renderer, { flexGrow: 1, flexBasis: 0, minWidth: 0 });
    column.add(side);
    root.add(column);
  }
  const places = (line: number) => {
    const wanted = lines[line];
    if (!wanted) return { left: -1, right: -1 };
    return { left: sides.before.indexOf(wanted), right: sides.after.indexOf(wanted) };
  };
  return {
    root,
    rowOf(line) {
      const { left, right } = places(line);
      return Math.max(0, left, right);
    },
    setCursor(line) {
      const { left, right } = line === undefined ? { left: -1, right: -1 } : places(line);
      before.setCursor(left);
      after.setCursor(right);
    },
  };
}
