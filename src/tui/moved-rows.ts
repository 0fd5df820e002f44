// Moved rows: what moves up or down the screen as a whole, as an answer does that grows at its end,
// is moved by the terminal itself. Two short sequences then stand for all its cells, and the frame
// holds the rest. Which rows to move is a guess that costs nothing when wrong but bytes: the frame
// is made of what differs from what the terminal shows, and that is kept true here.
import { type CliRenderer, type OptimizedBuffer, resolveRenderLib, RGBA } from "@opentui/core";

/** Farther than this a frame has little in common with the one before it. */
const DISTANCE_MAX = 8;
/** Rows full of cells that have to be spared. */
const GAIN_ROWS_MIN = 2;
/** In a cell, what is more is a number that stands for a cluster, or for a link. */
const CHARACTER_MAX = 0x10_ffff;
const ATTRIBUTES_MAX = 0xff;
/** No cell of a frame holds it: what comes into rows that have been freed differs from it. */
const UNKNOWN = 0x10_ffff;
const BLANK = RGBA.fromInts(0, 0, 0, 0);

/** Rows from `top` to before `end` move by `distance`, up when that is negative. */
export interface Move {
  top: number;
  end: number;
  distance: number;
}

/** Looks at each frame before it is written. */
export function moveRows(renderer: CliRenderer): void {
  renderer.addPostProcessFn((next) => {
    const { currentRenderBuffer: shown, rendererPtr } = renderer;
    if (shown.width !== next.width || shown.height !== next.height) return;
    const move = findMove(shown.buffers.char, next.buffers.char, next.width);
    if (!move) return;
    moveCells(shown, move);
    resolveRenderLib().writeOut(rendererPtr, sequence(move));
  });
}

/** What spares most cells, when that is worth it. Cells are compared by what they hold alone. */
export function findMove(shown: Uint32Array, next: Uint32Array, width: number): Move | undefined {
  const rows = Math.floor(next.length / width);
  const same = Array.from({ length: rows }, (_, row) => countSame(shown, row, next, row, width));
  const changed = same.reduce((sum, count) => sum + width - count, 0);
  let best: Move | undefined;
  let most = width * GAIN_ROWS_MIN;
  if (changed < most) return undefined;
  for (let distance = -DISTANCE_MAX; distance <= DISTANCE_MAX; distance++) {
    if (distance === 0) continue;
    let gain = 0;
    let from = 0;
    // Against the direction of the move: the rows that it frees come last.
    for (let n = 0; n < rows; n++) {
      const row = distance < 0 ? n : rows - 1 - n;
      const source = row - distance;
      if (source < 0 || source >= rows) break;
      if (gain <= 0) {
        gain = 0;
        from = row;
      }
      gain += countSame(shown, source, next, row, width) - (same[row] ?? 0);
      if (gain <= most) continue;
      const total = gain - lost(same, row, source);
      if (total <= most) continue;
      most = total;
      best = { top: Math.min(from, source), end: Math.max(from, source) + 1, distance };
    }
  }
  return best;
}

/** Cells of the rows that a move up to `row` frees, which are right as they are. */
function lost(same: readonly number[], row: number, source: number): number {
  const freed = row < source ? same.slice(row + 1, source + 1) : same.slice(source, row);
  return freed.reduce((sum, count) => sum + count, 0);
}

function countSame(
  shown: Uint32Array,
  source: number,
  next: Uint32Array,
  row: number,
  width: number,
): number {
  let count = 0;
  for (let x = 0; x < width; x++) {
    if (shown[source * width + x] === next[row * width + x]) count++;
  }
  return count;
}

/** In what the renderer takes for shown, as `sequence` does it on the terminal. */
function moveCells(shown: OptimizedBuffer, { top, end, distance }: Move): void {
  const { width } = shown;
  const count = Math.abs(distance);
  const isUp = distance < 0;
  // Clusters and links are counted: those that go are taken out, the others only move.
  forget(shown, isUp ? top : end - count, count);
  const { char, fg, bg, attributes } = shown.buffers;
  const freed = isUp ? end - count : top;
  for (const cells of [char, fg, bg, attributes]) {
    const row = width * (cells.length / char.length);
    const from = isUp ? top + count : top;
    cells.copyWithin((from + distance) * row, from * row, (from + end - top - count) * row);
  }
  char.fill(UNKNOWN, freed * width, (freed + count) * width);
  attributes.fill(0, freed * width, (freed + count) * width);
}

function forget(shown: OptimizedBuffer, top: number, count: number): void {
  const { char, attributes } = shown.buffers;
  for (let at = top * shown.width; at < (top + count) * shown.width; at++) {
    const isPlain = (char[at] ?? 0) <= CHARACTER_MAX && (attributes[at] ?? 0) <= ATTRIBUTES_MAX;
    if (isPlain) continue;
    shown.setCell(at % shown.width, Math.floor(at / shown.width), " ", BLANK, BLANK, 0);
  }
}

/**
 * A region in which lines are taken out or put in: every terminal knows that. With the mark of a
 * frame before it, so that nobody sees it without the frame that follows.
 */
function sequence({ top, end, distance }: Move): string {
  const lines = `${Math.abs(distance)}${distance < 0 ? "M" : "L"}`;
  const region = `\u001b[${top + 1};${end}r\u001b[${top + 1};1H`;
  return `\u001b[?2026h\u001b[?25l\u001b[0m${region}\u001b[${lines}\u001b[r`;
}
