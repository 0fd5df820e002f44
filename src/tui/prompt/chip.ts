// Chips: pieces of a prompt that stand for more than their text, such as an attached file or a long
// paste. What each is, and the label that a person sees; where it lies in the text is draft.ts,
// what becomes of it when the prompt is sent is parts.ts.
import { plural } from "@/base/text";

/** Lines of a file, from 1, both included; without `end` it is the one line. */
export interface ChipLines {
  start: number;
  end?: number;
}

/** `path` is relative to the project where the file lies in it; a directory's ends with a slash. */
export interface FileChip {
  type: "file";
  path: string;
  lines?: ChipLines;
}

export type Chip =
  | FileChip
  | { type: "agent"; name: string }
  | { type: "resource"; client: string; uri: string; name: string; mime?: string }
  | { type: "paste"; text: string }
  /** `url` is a `data:` URL, or a `file:` URL of an image that lies in a file. */
  | { type: "image"; number: number; mime: string; url: string; filename?: string };

/** The text that stands for the chip in the prompt: one line, whatever names are in it. */
export function chipLabel(chip: Chip): string {
  // oxlint-disable-next-line no-control-regex
  return labelOf(chip).replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "\ufffd");
}

function labelOf(chip: Chip): string {
  switch (chip.type) {
    case "file":
      return `@${chip.path}${formatLines(chip.lines)}`;
    case "agent":
      return `@${chip.name}`;
    case "resource":
      return `@${chip.client}:${chip.name}`;
    case "paste":
      return `[Pasted ~${plural(countPasted(chip.text), "line")}]`;
    case "image":
      return `[Image ${chip.number}]`;
  }
}

/** `#L3` and `#L3-9`; nothing without lines. */
export function formatLines(lines: ChipLines | undefined): string {
  if (!lines) return "";
  return lines.end === undefined ? `#L${lines.start}` : `#L${lines.start}-${lines.end}`;
}

/**
 * Takes `src/a.ts#12-40`, `#L12-L40` or `#12` apart; the lines are put in order. Undefined lines
 * where there are none; what follows a `#` that names no lines belongs to the path.
 */
export function splitLines(text: string): { path: string; lines?: ChipLines } {
  const match = /^(.*)#L?(\d{1,7})(?:-L?(\d{1,7}))?$/.exec(text);
  const [, path, first, last] = match ?? [];
  if (path === undefined || first === undefined || Number(first) < 1) return { path: text };
  if (last === undefined || last === first) return { path, lines: { start: Number(first) } };
  const [start, end] = [Number(first), Number(last)].sort((a, b) => a - b);
  if (start === undefined || start < 1) return { path, lines: { start: Number(first) } };
  return { path, lines: { start, end } };
}

function countPasted(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return text.endsWith("\n") && count > 1 ? count - 1 : count;
}
