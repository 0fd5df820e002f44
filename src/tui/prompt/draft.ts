// Draft: the text of a prompt with its chips, as a value. Every change gives a new one, in which
// each chip still lies on its label: a change that touches a part of a chip takes all of it.
// Offsets are UTF-16 units. Cursor and selection are edit.ts.
import { type Chip, chipLabel } from "./chip";

export interface PlacedChip {
  start: number;
  end: number;
  chip: Chip;
}

/** `chips` are in the order of the text and do not overlap; each covers exactly its label. */
export interface Draft {
  text: string;
  chips: PlacedChip[];
}

export function plainDraft(text: string): Draft {
  return { text, chips: [] };
}

export function chipDraft(chip: Chip): Draft {
  const label = chipLabel(chip);
  return { text: label, chips: [{ start: 0, end: label.length, chip }] };
}

export function isBlank(draft: Draft): boolean {
  return draft.chips.length === 0 && draft.text.trim() === "";
}

export function isSameDraft(a: Draft, b: Draft): boolean {
  if (a.text !== b.text || a.chips.length !== b.chips.length) return false;
  return a.chips.every((placed, index) => {
    const other = b.chips[index];
    return placed === other || JSON.stringify(placed) === JSON.stringify(other);
  });
}

/** The range grown to whole chips. An insertion inside a chip replaces the chip. */
export function wholeRange(draft: Draft, start: number, end: number): [number, number] {
  let from = start;
  let to = end;
  for (const chip of draft.chips) {
    if (chip.start < to && chip.end > from) {
      from = Math.min(from, chip.start);
      to = Math.max(to, chip.end);
    }
  }
  return [from, to];
}

/** Replaces a range, grown to whole chips, by another draft. */
export function replaceRange(draft: Draft, start: number, end: number, by: Draft): Draft {
  const [from, to] = wholeRange(draft, start, end);
  const shift = by.text.length - (to - from);
  const chips = draft.chips.flatMap((placed) => {
    if (placed.end <= from) return [placed];
    return placed.start >= to ? [move(placed, shift)] : [];
  });
  const added = by.chips.map((placed) => move(placed, from));
  return {
    text: draft.text.slice(0, from) + by.text + draft.text.slice(to),
    chips: [...chips, ...added].sort((a, b) => a.start - b.start),
  };
}

/** A part of the draft, grown to whole chips. */
export function sliceDraft(draft: Draft, start: number, end: number): Draft {
  const [from, to] = wholeRange(draft, start, end);
  const chips = draft.chips.filter((placed) => placed.start >= from && placed.end <= to);
  return { text: draft.text.slice(from, to), chips: chips.map((placed) => move(placed, -from)) };
}

/** Drafts one after the other with `between`; blank ones leave no trace. */
export function joinDrafts(drafts: readonly Draft[], between = "\n\n"): Draft {
  const said = drafts.filter((draft) => !isBlank(draft));
  const joined = said.reduce((all, draft, index) => {
    const apart = index === 0 ? all : append(all, plainDraft(between));
    return append(apart, draft);
  }, plainDraft(""));
  return numberImages(joined);
}

/** The draft without blank space at its ends. */
export function trimDraft(draft: Draft): Draft {
  const start = draft.text.length - draft.text.trimStart().length;
  const end = draft.text.trimEnd().length;
  return start < end ? sliceDraft(draft, start, end) : plainDraft("");
}

/** Images counted from 1 in the order of the text, as their labels show. */
export function numberImages(draft: Draft): Draft {
  let result = draft;
  let number = 0;
  for (let index = 0; index < result.chips.length; index++) {
    const placed = result.chips[index];
    if (placed?.chip.type !== "image") continue;
    number++;
    if (placed.chip.number === number) continue;
    const renamed = chipDraft({ ...placed.chip, number });
    result = replaceRange(result, placed.start, placed.end, renamed);
  }
  return result;
}

/** The text as a person would have written it: pasted text in full, other chips by their labels. */
export function draftText(draft: Draft): string {
  return pieces(draft)
    .map((piece) => {
      if (typeof piece === "string") return piece;
      return piece.type === "paste" ? piece.text : chipLabel(piece);
    })
    .join("");
}

/** How many characters it takes to keep the draft. */
export function draftSize({ text, chips }: Draft): number {
  return chips.reduce((size, { chip }) => {
    const held = chip.type === "paste" ? chip.text : chip.type === "image" ? chip.url : "";
    return size + held.length;
  }, text.length);
}

/** Text and chips in order. */
export function pieces(draft: Draft): (string | Chip)[] {
  const all: (string | Chip)[] = [];
  let at = 0;
  for (const { start, end, chip } of draft.chips) {
    if (start > at) all.push(draft.text.slice(at, start));
    all.push(chip);
    at = end;
  }
  if (at < draft.text.length) all.push(draft.text.slice(at));
  return all;
}

/** Whether a parsed draft keeps its promise about chips and labels. */
export function isSound(draft: Draft): boolean {
  let at = 0;
  return draft.chips.every(({ start, end, chip }) => {
    const fits = start >= at && draft.text.slice(start, end) === chipLabel(chip);
    at = end;
    return fits;
  });
}

function append(draft: Draft, more: Draft): Draft {
  const end = draft.text.length;
  return replaceRange(draft, end, end, more);
}

function move(placed: PlacedChip, by: number): PlacedChip {
  return by === 0 ? placed : { ...placed, start: placed.start + by, end: placed.end + by };
}
