// The lines of a file that are most like a text which is not in it: what a model needs to see why
// its edit failed, without reading the whole file again. Work is bounded whatever the file.
import { foldLine, similarity } from "./line-folding";

export interface NearestLines {
  /** 1-based. */
  first: number;
  /** As the file has them. */
  lines: string[];
  /** From 0 to 1. */
  similarity: number;
}

const LINES_MAX = 60_000;
const WANTED_MAX_LINES = 30;
const CANDIDATES_MAX = 40;
/** Below this, what is nearest is not near. */
const SIMILARITY_MIN = 0.35;
const SHOWN_MAX_LINES = 12;
const SHOWN_MAX_CHARACTERS = 300;
const FOLDED_MAX_CHARACTERS = 400;

/** The window of `text` most like `wanted`; undefined when nothing is alike. */
export function findNearest(text: string, wanted: string): NearestLines | undefined {
  const lines = text.split("\n", LINES_MAX);
  const needle = wanted.split("\n").map(fold);
  while (needle[0] === "") needle.shift();
  needle.splice(WANTED_MAX_LINES);
  while (needle.at(-1) === "") needle.pop();
  if (needle.length === 0) return undefined;
  const folded = lines.map(fold);
  const candidates = findCandidates(folded, needle);
  let best: { start: number; score: number } | undefined;
  for (const start of candidates) {
    const score = scoreWindow(folded, needle, start);
    if (!best || score > best.score) best = { start, score };
  }
  if (!best || best.score < SIMILARITY_MIN) return undefined;
  const shown = lines.slice(best.start, best.start + needle.length);
  return { first: best.start + 1, lines: shown, similarity: best.score };
}

/** As reading shows them: "12: text", long ones cut, at most twelve. */
export function formatNearest({ first, lines }: Omit<NearestLines, "similarity">): string {
  const shown = lines.slice(0, SHOWN_MAX_LINES).map((line, index) => {
    const cut =
      line.length > SHOWN_MAX_CHARACTERS ? `${line.slice(0, SHOWN_MAX_CHARACTERS)}...` : line;
    return `${first + index}: ${cut.replace(/\r$/, "")}`;
  });
  if (lines.length > shown.length) shown.push("...");
  return shown.join("\n");
}

function fold(line: string): string {
  return foldLine(line.slice(0, FOLDED_MAX_CHARACTERS)).toLowerCase();
}

/** Starts of windows that share the rarest words with the needle: one pass over the words. */
function findCandidates(folded: string[], needle: string[]): number[] {
  const wanted = new Set(needle.flatMap(wordsOf));
  const places = new Map<string, number>();
  const hits = folded.map((line) => {
    const words = [...new Set(wordsOf(line))].filter((word) => wanted.has(word));
    for (const word of words) places.set(word, (places.get(word) ?? 0) + 1);
    return words;
  });
  const weights = hits.map((words) => {
    return words.reduce((sum, word) => sum + 1 / (places.get(word) ?? 1), 0);
  });
  const scores: { start: number; score: number }[] = [];
  let sum = 0;
  for (let end = 0; end < weights.length; end++) {
    sum += weights[end] ?? 0;
    const start = end - needle.length + 1;
    if (start > 0) sum -= weights[start - 1] ?? 0;
    if (sum > 1e-9) scores.push({ start: Math.max(0, start), score: sum });
  }
  scores.sort((a, b) => b.score - a.score || a.start - b.start);
  return [...new Set(scores.slice(0, CANDIDATES_MAX).map(({ start }) => start))];
}

function wordsOf(line: string): string[] {
  return line.match(/[\p{L}\p{N}_]+/gu) ?? [];
}

function scoreWindow(folded: string[], needle: string[], start: number): number {
  let sum = 0;
  let weight = 0;
  for (const [index, line] of needle.entries()) {
    const size = Math.max(1, Math.min(line.length, 80));
    sum += size * similarity(line, folded[start + index] ?? "");
    weight += size;
  }
  return sum / weight;
}
