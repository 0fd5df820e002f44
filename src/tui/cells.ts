// Cells: text measured, cut and filled in columns of the screen. What is cut ends with an ellipsis;
// what is shown is one line without control characters, whatever it came from.
import { harmless } from "./views/words";

export function columns(text: string): number {
  return Bun.stringWidth(text);
}

/** At most so many columns of one line. */
export function cut(text: string, width: number): string {
  const line = harmless(text).replaceAll(/\s/g, " ");
  if (columns(line) <= width) return line;
  if (width < 1) return "";
  let kept = "";
  let taken = 0;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    taken += columns(segment);
    if (taken > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Exactly so many columns: cut, or filled with spaces. */
export function pad(text: string, width: number): string {
  const fitting = cut(text, width);
  return fitting + " ".repeat(Math.max(0, width - columns(fitting)));
}
