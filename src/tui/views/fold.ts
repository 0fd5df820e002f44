// The row that says how much is hidden, and at its right which key shows it.
import { BoxRenderable, type Renderable } from "@opentui/core";
import { plural } from "@/base/text";
import type { Ui } from "@/tui/ui";
import { remark } from "./style";

/** Nothing when nothing is hidden. */
export function moreLines(ui: Ui, hidden: number): Renderable[] {
  if (hidden <= 0) return [];
  const line = new BoxRenderable(ui.renderer, {
    flexDirection: "row",
    justifyContent: "space-between",
    gap: 2,
  });
  const more = remark(ui);
  more.content = `… ${plural(hidden, "more line")}`;
  line.add(more);
  const key = ui.keymap.label("session.expand.all");
  if (key !== undefined) {
    const hint = remark(ui);
    hint.content = `${key} expand`;
    line.add(hint);
  }
  return [line];
}
