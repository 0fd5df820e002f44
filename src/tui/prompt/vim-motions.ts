// Vim motions: where `w`, `$`, `fx` and their like lead from a place in a draft. A motion covers
// whole lines, up to its target, or its target as well, which is what an operator acts on. Pure.
import type { Draft } from "./draft";
import type { EditState, Rows } from "./edit";
import { lineEnd, lineStart, nextCluster, previousCluster } from "./segments";

export interface VimMotion {
  target: number;
  kind: "exclusive" | "inclusive" | "lines";
}

/** The motion that `keys` name, `count` times; "part" while more keys must come. */
export function vimMotion(
  keys: string,
  count: number | undefined,
  state: EditState,
  rows: Rows,
): VimMotion | "part" | undefined {
  if (keys === "g") return "part";
  if (/^[fFtT]$/.test(keys)) return "part";
  const { draft, cursor } = state;
  const times = count ?? 1;
  const repeat = (step: (at: number) => number) => {
    let at = cursor;
    for (let round = 0; round < Math.min(times, draft.text.length + 1); round++) at = step(at);
    return at;
  };
  const { text } = draft;
  switch (keys) {
    case "h":
    case "left":
    case "backspace":
      return exclusive(repeat((at) => Math.max(lineStart(text, at), previousCluster(text, at))));
    case "l":
    case "right":
    case "space":
      return exclusive(repeat((at) => Math.min(lineEnd(text, at), nextCluster(text, at))));
    case "j":
    case "down":
      return { target: repeat((at) => rows.down(at)), kind: "lines" };
    case "k":
    case "up":
      return { target: repeat((at) => rows.up(at)), kind: "lines" };
    case "w":
    case "W":
      return exclusive(repeat((at) => wordStart(text, at, keys === "W")));
    case "b":
    case "B":
      return exclusive(repeat((at) => wordBack(text, at, keys === "B")));
    case "e":
    case "E":
      return { target: repeat((at) => wordEnd(text, at, keys === "E")), kind: "inclusive" };
    case "0":
    case "home":
      return exclusive(lineStart(text, cursor));
    case "^":
      return exclusive(firstLetter(text, cursor));
    case "$":
    case "end":
      return exclusive(lineEnd(text, cursor));
    case "gg":
      return { target: lineNumber(text, times), kind: "lines" };
    case "G":
      return {
        target: count === undefined ? lineStart(text, text.length) : lineNumber(text, count),
        kind: "lines",
      };
    default:
      return findMotion(keys, times, draft, cursor);
  }
}

/** The first place of the line that is no blank. */
export function firstLetter(text: string, offset: number): number {
  const start = lineStart(text, offset);
  const blank = /^[^\S\n]*/.exec(text.slice(start, lineEnd(text, start)));
  return start + (blank?.[0].length ?? 0);
}

function exclusive(target: number): VimMotion {
  return { target, kind: "exclusive" };
}

function findMotion(
  keys: string,
  times: number,
  { text }: Draft,
  cursor: number,
): VimMotion | undefined {
  const [, how = "", wanted = ""] = /^([fFtT])(.+)$/su.exec(keys) ?? [];
  if (wanted === "") return undefined;
  const letter = wanted === "space" ? " " : wanted;
  const [start, end] = [lineStart(text, cursor), lineEnd(text, cursor)];
  const isForward = how === "f" || how === "t";
  let at = cursor;
  for (let round = 0; round < times; round++) {
    const next = isForward ? text.indexOf(letter, at + 1) : text.lastIndexOf(letter, at - 1);
    if (next < start || next >= end || (at === 0 && !isForward)) return undefined;
    at = next;
  }
  if (how === "f") return { target: at, kind: "inclusive" };
  if (how === "t") return { target: previousCluster(text, at), kind: "inclusive" };
  return exclusive(how === "F" ? at : nextCluster(text, at));
}

type Kind = "blank" | "word" | "mark";

function kindAt(text: string, at: number, isBig: boolean): Kind {
  const letter = String.fromCodePoint(text.codePointAt(at) ?? 32);
  if (/\s/.test(letter)) return "blank";
  return isBig || /[\p{L}\p{N}\p{M}_]/u.test(letter) ? "word" : "mark";
}

function wordStart(text: string, from: number, isBig: boolean): number {
  let at = from;
  const kind = kindAt(text, at, isBig);
  if (kind !== "blank") {
    while (at < text.length && kindAt(text, at, isBig) === kind) at = nextCluster(text, at);
  }
  while (at < text.length && kindAt(text, at, isBig) === "blank") at = nextCluster(text, at);
  return at;
}

function wordBack(text: string, from: number, isBig: boolean): number {
  let at = previousCluster(text, from);
  while (at > 0 && kindAt(text, at, isBig) === "blank") at = previousCluster(text, at);
  const kind = kindAt(text, at, isBig);
  for (let before = at; before > 0; at = before) {
    before = previousCluster(text, at);
    if (kindAt(text, before, isBig) !== kind) break;
    if (before === 0) return 0;
  }
  return at;
}

/** On the last letter of the word. */
function wordEnd(text: string, from: number, isBig: boolean): number {
  let at = nextCluster(text, from);
  while (at < text.length && kindAt(text, at, isBig) === "blank") at = nextCluster(text, at);
  const kind = kindAt(text, at, isBig);
  for (let next = nextCluster(text, at); next < text.length; next = nextCluster(text, at)) {
    if (kindAt(text, next, isBig) !== kind) break;
    at = next;
  }
  return Math.min(at, previousCluster(text, text.length));
}

function lineNumber(text: string, number: number): number {
  let at = 0;
  for (let line = 1; line < number; line++) {
    const end = lineEnd(text, at);
    if (end === text.length) break;
    at = end + 1;
  }
  return at;
}
