// The row that says how much is hidden, and which key shows it.
import type { Renderable } from "@opentui/core";
import { plural } from "@/base/text";
import type { Ui } from "@/tui/ui";
import { row } from "./style";

export function moreText(ui: Ui, hidden: number): string {
  const key = ui.keymap.label("session.expand.all");
  const more = `… ${plural(hidden, "more line")}`;
  return key === undefined ? more : `${more}  ${key} expand`;
}

/** Nothing when nothing is hidden. */
export function moreLines(ui: Ui, hidden: number): Renderable[] {
  if (hidden <= 0) return [];
  const more = row(ui);
  more.content = moreText(ui, hidden);
  return [more];
}
