// Where an edit belongs. First the old text as it stands; if it is nowhere, ever more lenient
// readings of it, in a fixed order. The first reading that is found decides: found twice, it is
// ambiguous, and no looser reading is tried. It is better to refuse than to edit the wrong place.
// Texts here have lines ended by "\n"; mapping back to the file's own endings is text-span.ts's.
import { adaptLines, findBlank, isIndentedBy } from "./edit-indent";
import { findLines, foldLine, foldUnicode, similarity } from "./line-folding";
import { type LineMap, mapLines } from "./text-span";

/** Offsets into the text, end exclusive, and what comes in their place. */
interface EditSpan {
  start: number;
  end: number;
  replacement: string;
}

/** `lines` are 1-based. `how` says in what a lenient match differs, "" for an exact one. */
export type EditMatch =
  | { type: "found"; how: string; spans: EditSpan[]; lines: [first: number, last: number][] }
  | { type: "ambiguous"; how: string; lines: number[] }
  | { type: "none" };

interface Search {
  text: string;
  map: LineMap;
  old: string;
  fresh: string;
}

/** The place is found, but not what the new text is to be there: no looser reading may try. */
const UNCERTAIN = "uncertain";

type Found = EditSpan[] | typeof UNCERTAIN;

/** A reading gives all places where it finds the old text. */
interface Reading {
  how: string;
  find(search: Search): Found;
}

const READINGS: readonly Reading[] = [
  { how: "line numbers", find: findWithoutNumbers },
  { how: "trailing whitespace", find: (search) => findByLine(search, (l) => l.trimEnd()) },
  { how: "indentation", find: (search) => findByLine(search, (line) => line.trim()) },
  { how: "unicode characters", find: (s) => findByLine(s, (line) => foldUnicode(line).trim()) },
  { how: "whitespace", find: (search) => findByLine(search, foldLine) },
  { how: "blank lines at its ends", find: findWithoutBlankEnds },
  { how: "whitespace", find: findInLine },
  { how: "escapes", find: findUnescaped },
  { how: "whitespace at its ends", find: findTrimmed },
  { how: "some of its inner lines", find: findByAnchors },
];

/** A lenient match may be this much larger than the old text: factor, and characters besides. */
const GROWTH_FACTOR = 2;
const GROWTH_CHARACTERS = 200;

/** Finds where `old` stands in `text` and what replaces it. */
export function matchEdit(
  text: string,
  old: string,
  fresh: string,
  replaceAll: boolean,
): EditMatch {
  const map = mapLines(text);
  const exact = findExact(text, old, fresh, replaceAll);
  if (exact.length === 1 || (replaceAll && exact.length > 0)) return found("", exact, map);
  if (exact.length > 1) return ambiguous("", exact, map);
  // Punctuation alone says too little for a lenient reading.
  if (!/[\p{L}\p{N}_]/u.test(old)) return { type: "none" };
  for (const { how, find } of READINGS) {
    const spans = find({ text, map, old, fresh });
    if (spans === UNCERTAIN) return { type: "none" };
    if (spans.length > 1) return ambiguous(how, spans, map);
    const [span] = spans;
    if (span && fitsSize(span, old)) return found(how, [span], map);
  }
  return { type: "none" };
}

function found(how: string, spans: EditSpan[], map: LineMap): EditMatch {
  const lines = spans.map(({ start, end }): [number, number] => [
    map.lineAt(start) + 1,
    map.lineAt(Math.max(start, end - 1)) + 1,
  ]);
  return { type: "found", how, spans, lines };
}

function ambiguous(how: string, spans: EditSpan[], map: LineMap): EditMatch {
  return { type: "ambiguous", how, lines: spans.map(({ start }) => map.lineAt(start) + 1) };
}

function fitsSize(span: EditSpan, old: string): boolean {
  return span.end - span.start <= old.length * GROWTH_FACTOR + GROWTH_CHARACTERS;
}

/** All places; overlapping ones count too, unless all are to be replaced. */
function findExact(text: string, old: string, fresh: string, apart: boolean): EditSpan[] {
  const spans: EditSpan[] = [];
  if (old === "") return spans;
  const step = apart ? old.length : 1;
  for (let at = text.indexOf(old); at >= 0; at = text.indexOf(old, at + step)) {
    spans.push({ start: at, end: at + old.length, replacement: fresh });
  }
  return spans;
}

/** The old text, mended as a whole, with a new one that is taken as it is. */
function findMended({ map, text }: Search, old: string, fresh: string): Found {
  const spans = findExact(text, old, fresh, false);
  return spans.length === 0 || isIndentedBy(findBlank(map.lines), fresh) ? spans : UNCERTAIN;
}

/** The old text was copied with the "12: " that reading puts before each line. */
function findWithoutNumbers(search: Search): Found {
  const { fresh, old } = search;
  const bare = stripNumbers(old);
  return bare === undefined ? [] : findMended(search, bare, stripNumbers(fresh) ?? fresh);
}

function stripNumbers(text: string): string | undefined {
  const lines = text.split("\n");
  const end = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  const first = Number.parseInt(lines[0] ?? "", 10);
  const numbered = lines.slice(0, end).every((line, index) => {
    return line.match(/^\s*(\d+):(?: |$)/)?.[1] === String(first + index);
  });
  if (!numbered || end === 0) return undefined;
  return lines.map((line) => line.replace(/^\s*\d+:(?: |$)/, "")).join("\n");
}

/** Whole lines that are the same once both are folded. */
function findByLine(search: Search, fold: (line: string) => string): Found {
  const { old, last } = splitOld(search.old);
  const starts = findLines(search.map.lines.map(fold), old.map(fold));
  const [first] = starts;
  if (first === undefined) return [];
  // Counted before the replacement is made: a second place is one, whether it could be replaced.
  if (starts.length > 1) {
    return starts.map((line) => ({ start: search.map.start(line), end: 0, replacement: "" }));
  }
  return spanOfLines(search, first, old, last);
}

/** The lines of the quoted text; `last` tells that a newline ended it. */
function splitOld(text: string): { old: string[]; last: boolean } {
  const old = text.split("\n");
  const last = old.length > 1 && old.at(-1) === "";
  return { old: last ? old.slice(0, -1) : old, last };
}

function spanOfLines(search: Search, first: number, old: string[], last: boolean): Found {
  const { map, text, fresh } = search;
  const fileLines = map.lines.slice(first, first + old.length);
  const newline = last && map.end(first + old.length - 1) < text.length;
  const start = map.start(first);
  const end = map.end(first + old.length - 1) + (newline ? 1 : 0);
  if (fresh === "") return [{ start, end, replacement: "" }];
  const freshLines = fresh.split("\n");
  if (last && freshLines.length > 1 && freshLines.at(-1) === "") freshLines.pop();
  const place = { old, found: fileLines, blank: findBlank(map.lines) };
  const adapted = adaptLines(freshLines, place);
  if (!adapted) return UNCERTAIN;
  // A newline that only the new text lacks was forgotten: the next line is nobody's to join.
  return [{ start, end, replacement: adapted.join("\n") + (newline ? "\n" : "") }];
}

/** Blank lines that the quoted text begins or ends with, and the file does not have there. */
function findWithoutBlankEnds(search: Search): Found {
  const old = trimBlankEnds(search.old);
  if (old.text === search.old) return [];
  // The new text loses as many blank lines, so that it does not gain what the file lacked.
  const fresh = trimBlankEnds(search.fresh, old);
  return findByLine({ ...search, old: old.text, fresh: fresh.text }, foldLine);
}

/** Without the blank lines at its ends, or so many of them; and how many that were. */
function trimBlankEnds(text: string, most = { before: Infinity, after: Infinity }) {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  const last = lines.findLastIndex((line) => line.trim() !== "");
  const before = Math.min(most.before, Math.max(0, first));
  const after = Math.min(most.after, lines.length - 1 - last);
  return { text: lines.slice(before, lines.length - after).join("\n"), before, after };
}

/** A piece of one line, its runs of blanks of any length. */
function findInLine({ text, old, fresh }: Search): EditSpan[] {
  const words = old.trim().split(/\s+/);
  if (old.includes("\n") || words.length < 2) return [];
  const pattern = words.map((word) => RegExp.escape(word)).join("[^\\S\\n]+");
  const spans = [...text.matchAll(new RegExp(pattern, "g"))].map((match) => {
    return { start: match.index, end: match.index + match[0].length, replacement: fresh.trim() };
  });
  return spans.filter((span) => hasBoundaries(text, span));
}

/** The old text was escaped once too often: `\n`, `\t`, `\"` written out. */
function findUnescaped(search: Search): Found {
  const { fresh, old } = search;
  const plain = unescape(old);
  if (plain === old) return [];
  return findMended(search, plain, isEscapedLike(fresh, old) ? unescape(fresh) : fresh);
}

/** What is escaped in `old` stands nowhere in `text` without that. */
function isEscapedLike(text: string, old: string): boolean {
  const bare = text.replaceAll(ESCAPE, "");
  return ![...old.matchAll(ESCAPE)].some(([, letter = ""]) => bare.includes(plainOf(letter)));
}

const ESCAPE = /\\([ntr'"`\\$])/g;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

function unescape(text: string): string {
  return text.replaceAll(ESCAPE, (_, letter: string) => (letter === "r" ? "" : plainOf(letter)));
}

function plainOf(letter: string): string {
  return ESCAPES[letter] ?? letter;
}

/** Blanks at the ends of the quoted text that are others, or none, in the file. */
function findTrimmed(search: Search): Found {
  const { fresh, old, text } = search;
  const trimmed = old.trim();
  if (trimmed === old) return [];
  const head = old.slice(0, old.indexOf(trimmed));
  const tail = old.slice(head.length + trimmed.length);
  const body = fresh.slice(
    fresh.startsWith(head) ? head.length : 0,
    tail !== "" && fresh.endsWith(tail) ? -tail.length : undefined,
  );
  const spans = findMended(search, trimmed, body);
  if (spans === UNCERTAIN) return spans;
  // Where blanks were quoted there are some, though others.
  const isBlank = (at: number) => (text[at] ?? " ").trim() === "";
  return spans.filter((span) => {
    const fits = (head === "" || isBlank(span.start - 1)) && (tail === "" || isBlank(span.end));
    return fits && hasBoundaries(text, span);
  });
}

/** A match must not begin or end inside a word. */
function hasBoundaries(text: string, { start, end }: EditSpan): boolean {
  const inWord = (at: number) => /^[\p{L}\p{N}_]{2}$/u.test(text.slice(at - 1, at + 1));
  return !(start > 0 && inWord(start)) && !(end < text.length && inWord(end));
}

const ANCHORED_MIN_LINES = 3;
const ANCHORED_MAX_LINES = 400;
const ANCHORS_MAX = 50;
/** The inner lines must be this alike on the whole, each this alike, and any other place less. */
const MEAN_SIMILARITY = 0.85;
const LINE_SIMILARITY = 0.5;
const RIVAL_SIMILARITY = 0.6;

/** First and last line agree, and the inner ones almost: as many lines, nothing left out. */
function findByAnchors(search: Search): Found {
  const { old, last } = splitOld(search.old);
  if (old.length < ANCHORED_MIN_LINES || old.length > ANCHORED_MAX_LINES) return [];
  const wanted = old.map(foldLine);
  if (wanted[0] === "" || wanted.at(-1) === "") return [];
  const lines = search.map.lines.map(foldLine);
  const starts = findLines(lines, wanted.slice(0, 1)).filter(
    (start) => lines[start + old.length - 1] === wanted.at(-1),
  );
  if (starts.length > ANCHORS_MAX) return [];
  const scored = starts.map((start) => ({ start, score: scoreLines(lines, wanted, start) }));
  const rivals = scored.filter(({ score }) => score.mean >= RIVAL_SIMILARITY);
  const [best] = rivals;
  if (!best || rivals.length > 1) return [];
  if (best.score.mean < MEAN_SIMILARITY || best.score.least < LINE_SIMILARITY) return [];
  return spanOfLines(search, best.start, old, last);
}

function scoreLines(lines: string[], wanted: string[], start: number) {
  const scores = wanted.slice(1, -1).map((line, i) => similarity(line, lines[start + 1 + i] ?? ""));
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return { mean, least: Math.min(...scores) };
}
